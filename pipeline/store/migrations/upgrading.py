"""Bring a database to the newest schema, with the migrations inside this package.

Alembic is imported here and by the migrations only: a database at the newest revision is opened without it.
"""

from __future__ import annotations

import threading

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select

_LOCK_NUMBER = 0x6B616269  # the advisory lock of PostgreSQL that upgrades take; any number of our own
_one_at_a_time = threading.Lock()  # Alembic keeps the running environment in a global of the process


def upgrade(connection: Connection) -> None:
    """Run what is missing inside the caller's transaction; concurrent callers wait for each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK_NUMBER)))
    with _one_at_a_time:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for ``connection``. For a new step of the schema, in a database at the newest one:

    ``alembic.command.revision(alembic_config(connection), "what and why", autogenerate=True)``
    """
    config = Config()
    config.set_main_option("script_location", "pipeline.store:migrations")
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
