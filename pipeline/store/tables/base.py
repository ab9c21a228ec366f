"""The base of all tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from pipeline.store.tables.columns import UtcInstant


class Base(DeclarativeBase):
    """Root of the tables: names of constraints are fixed, so that both databases and all migrations agree on them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: UtcInstant,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def login_key() -> ForeignKey:
    """Return the reference to a login; it follows a corrected code."""
    return ForeignKey("logins.code", onupdate="CASCADE")
