"""Column types that keep the store's promises: aware UTC instants, text any database takes, enumerations as words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import DateTime, Dialect, Enum, Text, TypeDecorator

from pipeline.model.reason import Reason


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, stored and given back in UTC whatever the database or its session thinks of zones (W25).

    A naive datetime is refused with ValueError: nobody can know which zone it meant.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn an aware instant to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an aware instant is needed")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """SQLite gives naive values back, PostgreSQL values in its session's zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ForeignText(TypeDecorator[str]):
    """Text that came from outside. NUL, which PostgreSQL refuses, and half surrogate pairs become U+FFFD (M9)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return text that every database can hold."""
        return None if value is None else storable(value)


class ReasonText(TypeDecorator[Reason]):
    """Why a message is in its state, in the text that ``Reason`` reads back."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Reason | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the text of a reason."""
        return None if value is None else storable(str(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Reason | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the reason of a text."""
        return None if value is None else Reason.read(value)


def storable(value: str) -> str:
    """Return ``value`` with what cannot be stored replaced by U+FFFD."""
    value = value.replace("\x00", "\ufffd")
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def words(enumeration: type[StrEnum], *, checked: bool = True) -> Enum:
    """Return a column type holding the values of ``enumeration`` as text, with a CHECK constraint.

    ``checked`` false leaves the CHECK out: words that are added often need no migration, the model alone knows them.
    """
    return Enum(
        enumeration,
        native_enum=False,
        create_constraint=checked,
        length=32,
        name=enumeration.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def dump_json(value: object) -> str:
    """Return JSON in the order given, so that a letter's data render to the same bytes again. NaN raises ValueError."""
    content = _ENCODER.encode(value)
    try:
        content.encode()
    except UnicodeEncodeError:  # a half surrogate pair out of somebody's workbook
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return content
