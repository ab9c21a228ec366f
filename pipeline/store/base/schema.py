"""Which revision of the schema a database has, and which one is the newest. Alembic is not needed for that."""

from __future__ import annotations

from functools import cache
from pkgutil import iter_modules

from sqlalchemy import Connection, column, inspect, select, table

from pipeline.store.migrations import versions

_RECORD = table("alembic_version", column("version_num"))  # Alembic's own: the revision that the database has


def is_current(connection: Connection) -> bool:
    """Return whether the database has the newest revision."""
    return revision(connection) == newest()


def revision(connection: Connection) -> str | None:
    """Return the revision that the database has, None for one without a schema."""
    if not inspect(connection).has_table(_RECORD.name):
        return None
    return connection.execute(select(_RECORD.c.version_num)).scalar_one_or_none()


@cache
def newest() -> str:
    """Return the newest revision: the greatest number among the migrations, which are named ``r<revision>_<slug>``."""
    return max(module.name.removeprefix("r").partition("_")[0] for module in iter_modules(versions.__path__))
