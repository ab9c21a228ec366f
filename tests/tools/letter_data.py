"""A letter's JSON → its dataclass: what the store gives back, read strictly, so that tests can compare the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pipeline.mail.letters.data import LetterData, Row, key_of

R = TypeVar("R", bound=Row)
COMMON = frozenset(
    {
        *("login", "name", "code", "reply_to", "support", "phone", "service", "publication", "collection"),
        "understood",
    }
)
"""What every letter is given."""
_MADE = {"seed": ("confirm_code", "confirm_to"), "undo_seed": ("undo_code", "undo_to")}
"""What rendering makes of a seed."""


def own(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a letter's data that is its kind's own, with seeds in the place of codes."""
    found = {key: value for key, value in data.items() if key not in COMMON}
    for seed, made in _MADE.items():
        if any(key in found for key in made):
            found = {key: value for key, value in found.items() if key not in made} | {seed: "seed"}
    if "choices" in found:
        found["choices"] = [{**own({**choice, "login": ""}), **_who(choice)} for choice in found["choices"]]
    return found


def shown(kept: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``kept`` as rendering gives it to a template: common values and codes are those of ``data``."""
    made = {key for names in _MADE.values() for key in names} | {"choices"}
    return {key: value for key, value in data.items() if key in COMMON | made} | {
        key: value for key, value in kept.items() if key != "choices"
    }


def read(kind: type[R], data: Mapping[str, Any]) -> R:
    """Return the row that ``data`` are; raises AssertionError for a key that it does not have, or that is missing."""
    made, used = _read(kind, data)
    assert set(data) <= used, f"{kind.__name__} has no {sorted(set(data) - used)}"
    return made


def variables(kind: type[LetterData]) -> set[str]:
    """Return the names that the templates of a kind may use."""
    names = COMMON | _keys(kind)
    return {*names, "letter_subject", *(made for seed in _MADE if seed in names for made in _MADE[seed])}


def _who(choice: Mapping[str, Any]) -> dict[str, Any]:
    return {"login": choice["login"], "name": choice["name"]}


def _read(kind: type[R], data: Mapping[str, Any]) -> tuple[R, set[str]]:
    values: dict[str, Any] = {}
    used: set[str] = set()
    hints, row = _hints(kind), get_origin(kind) or kind
    for field in fields(row):
        key = key_of(row, field.name)
        if key:
            used.add(key)
            if key in data:
                values[field.name] = _value(hints[field.name], data[key])
            assert key in data or field.default is not MISSING, f"{row.__name__} lacks {key}"
            continue
        spread = next(item for item in _parts(hints[field.name]) if item is not NoneType)
        needed = {key_of(spread, part.name) for part in fields(spread) if part.default is MISSING}
        if field.default is MISSING or needed <= set(data):
            values[field.name], more = _read(spread, data)
            used |= more
    return row(**values), used


def _keys(row: type[Row]) -> set[str]:
    hints, found = _hints(row), set[str]()
    for field in fields(row):
        key = key_of(row, field.name)
        found |= {key} if key else _keys(next(item for item in _parts(hints[field.name]) if item is not NoneType))
    return found


def _hints(row: type[Row]) -> dict[str, Any]:
    """The types of a row's fields, with what stands for its type variables."""
    origin = get_origin(row) or row
    known: dict[Any, Any] = dict(zip(getattr(origin, "__parameters__", ()), get_args(row), strict=False))
    for base in getattr(origin, "__orig_bases__", ()):
        known |= zip(getattr(get_origin(base), "__parameters__", ()), get_args(base), strict=False)
    hints = get_type_hints(origin)
    return {name: _filled(hint, known) for name, hint in hints.items()}


def _filled(hint: Any, known: Mapping[Any, Any]) -> Any:
    if hint in known:
        return known[hint]
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        return Union[tuple(_filled(item, known) for item in get_args(hint))]  # noqa: UP007 - made of a tuple
    parts = getattr(hint, "__parameters__", ())
    return hint[tuple(known.get(part, part) for part in parts)] if parts and known else hint


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) is Union else (hint,)


def _value(hint: Any, value: Any) -> Any:
    parts = _parts(hint)
    if value is None:
        assert NoneType in parts, f"None is no {hint}"
        return None
    (part,) = (item for item in parts if item is not NoneType)
    if get_origin(part) is tuple:
        assert isinstance(value, list | tuple)
        return tuple(_value(get_args(part)[0], item) for item in value)
    if get_origin(part) is Literal:
        assert value in get_args(part), f"{value} is none of {part}"
        return value
    if issubclass(get_origin(part) or part, Row):
        return read(part, value)
    if part is datetime:
        return datetime.fromisoformat(value)
    if issubclass(part, Enum):
        return part(value)
    assert type(value) is part, f"{value!r} is no {part.__name__}"
    return value
