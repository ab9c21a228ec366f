"""What a cell may hold once read, and its JSON shape (that of ``kabinet form read``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as ``#N/A`` (ECMA-376 part 1, 18.18.11, type ``e``)."""

    code: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was saved without its value: there is nothing to read."""


Cell = None | bool | int | float | str | date | datetime | CellError | Formula


def to_json(cell: Cell) -> Any:  # noqa: ANN401 - JSON is untyped
    """Return ``cell`` as JSON: null, number, text, boolean, or an object of one key: date, datetime, error, formula."""
    if type(cell) is date:  # most of what is no plain value: a datetime is a date too
        return {"date": cell.isoformat()}
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat(timespec="seconds")}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, CellError):
        return {"error": cell.code}
    if isinstance(cell, Formula):
        return {"formula": True}
    return cell


def from_json(value: Any) -> Cell:  # noqa: ANN401 - JSON is untyped
    """The inverse of ``to_json``; raises ValueError for any other shape."""
    if isinstance(value, dict):
        match value:
            case {"datetime": str(text)}:
                return datetime.fromisoformat(text)
            case {"date": str(text)}:
                return date.fromisoformat(text)
            case {"error": str(code)}:
                return CellError(code)
            case {"formula": True}:
                return Formula()
        raise ValueError(f"not a cell: {sorted(value)}")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"not a cell: {type(value).__name__}")
