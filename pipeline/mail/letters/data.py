"""What a letter says, as typed data: a frozen dataclass a kind of letter, its fields are what the templates may name.

``as_json`` makes the row that is stored and that templates get: instants as ISO 8601 text, rows as objects, tuples as
lists. A field without a default is always in the row. One that is at its default is left out, so a template asks for it
with ``default`` or ``is defined``, and a letter written before the field existed renders as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from enum import Enum
from typing import ClassVar, Literal, TypeAlias

from pipeline.model import Allowance
from pipeline.model.json import Json

_ALWAYS = object()


@dataclass(frozen=True, slots=True)
class Row:
    """Something that a letter shows. ``spread`` names fields whose own fields are put among those of this row."""

    spread: ClassVar[tuple[str, ...]] = ()

    def as_json(self) -> dict[str, Json]:
        """Return this row as JSON."""
        made: dict[str, Json] = {}
        for name, key, default in _plan(type(self)):
            value = getattr(self, name)
            if key == "":
                made |= value.as_json() if value is not None else {}
            elif value is not default and value != default:
                made[key] = _json(value)
        return made


@dataclass(frozen=True, slots=True)
class LetterData(Row):
    """What letters of one kind say.

    ``kind`` is the folder under ``templates/letters``. ``counts_as`` is what such a letter counts for when it answers a
    message, None for one that answers returns as well as commands.
    """

    kind: ClassVar[str]
    counts_as: ClassVar[Allowance | None] = Allowance.ANSWERS


@dataclass(frozen=True, slots=True)
class Example:
    """A letter as it may be: its kind's tests, golden text and picture are made of it.

    It goes to ``reader``, about the publication of the examples or about none; ``collection`` is the state of its
    collection. ``variant`` tells it apart from the first example of its kind.
    """

    data: LetterData
    variant: str = ""
    reader: Literal["organisation", "coordinator", "nobody"] = "organisation"
    about_publication: bool = True
    collection: Literal["soon", "open", "closed"] = "open"


_Plan: TypeAlias = tuple[tuple[str, str, object], ...]
_PLANS: dict[type, _Plan] = {}


def _plan(row: type[Row]) -> _Plan:
    """(field, its key in JSON, its default) for each field: the key is "" for what is spread."""
    plan = _PLANS.get(row)
    if plan is None:
        plan = _PLANS[row] = tuple((field.name, key_of(row, field.name), _default(field)) for field in fields(row))
    return plan


def key_of(row: type[Row], name: str) -> str:
    """Return a field's key in JSON: its name without the mark that keeps it off a word of Python, "" when spread."""
    return "" if name in row.spread else name.rstrip("_")


def _default(field: Field[object]) -> object:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else _ALWAYS


def _json(value: object) -> Json:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return _json(value.value)
    if isinstance(value, str):
        return value
    if isinstance(value, Row):
        return value.as_json()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sequence):
        return [_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a letter's row")
