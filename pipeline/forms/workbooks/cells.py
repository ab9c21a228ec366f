"""What a cell may hold once read, and its JSON shape (that of ``kabinet form read``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

ERRORS_IN_RUSSIAN = {
    "#NULL!": "#ПУСТО!",
    "#DIV/0!": "#ДЕЛ/0!",
    "#VALUE!": "#ЗНАЧ!",
    "#REF!": "#ССЫЛКА!",
    "#NAME?": "#ИМЯ?",
    "#NUM!": "#ЧИСЛО!",
    "#N/A": "#Н/Д",
}
"""Error value as it is kept → as a Russian office shows it."""


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as ``#N/A`` (ECMA-376 part 1, 18.18.11, type ``e``)."""

    code: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was saved without its value: there is nothing to read."""


class Percent(float):
    """A number that the cell shows as a percentage: people see 0.15 as «15 %»."""


class PartDate(date):
    """A date that the cell shows without its year or its day: Excel makes one of «5-9»."""


class Raised(str):
    """A text some of whose signs are raised or lowered: «28» with a footnote «1» is not 281."""

    __slots__ = ()


class Struck(str):
    """A text some of which is struck through."""

    __slots__ = ()


Cell = None | bool | int | float | str | date | datetime | time | timedelta | CellError | Formula
"""A ``time`` is a time of day, a ``timedelta`` a duration (number format ``[h]:mm``)."""


def to_json(cell: Cell) -> Any:  # noqa: ANN401 - JSON is untyped
    """Return ``cell`` as JSON: null, number, text, boolean, or an object of one key.

    The key is ``date`` (with ``part`` beside it where the cell does not show all of it), ``datetime``, ``time``,
    ``duration`` (hours:minutes:seconds), ``percent``, ``raised``, ``struck``, ``error`` or ``formula``.
    """
    if type(cell) is date:  # most of what is no plain value: a datetime is a date too
        return {"date": cell.isoformat()}
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat(timespec="seconds")}
    if isinstance(cell, date):
        return {"date": cell.isoformat(), "part": True}
    if isinstance(cell, Percent):
        return {"percent": float(cell)}
    if isinstance(cell, Raised | Struck):
        return {"raised" if isinstance(cell, Raised) else "struck": str(cell)}
    if isinstance(cell, time):
        return {"time": cell.isoformat(timespec="seconds")}
    if isinstance(cell, timedelta):
        return {"duration": clock(cell, seconds=True)}
    if isinstance(cell, CellError):
        return {"error": cell.code}
    if isinstance(cell, Formula):
        return {"formula": True}
    return cell


def from_json(value: Any) -> Cell:  # noqa: ANN401 - JSON is untyped
    """The inverse of ``to_json``. Raises ValueError for any other shape."""
    if isinstance(value, dict):
        moment = _dated(value)
        found = _marked(value) if moment is None else moment
        if found is None:
            raise ValueError(f"not a cell: {sorted(value)}")
        return found
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"not a cell: {type(value).__name__}")


def _dated(value: dict[str, Any]) -> date | time | timedelta | None:
    match value:
        case {"datetime": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return (PartDate if value.get("part") is True else date).fromisoformat(text)
        case {"time": str(text)}:
            return time.fromisoformat(text)
        case {"duration": str(text)}:
            return _duration(text)
    return None


def _marked(value: dict[str, Any]) -> Cell:
    match value:
        case {"percent": int(number) | float(number)}:
            return Percent(number)
        case {"raised": str(text)}:
            return Raised(text)
        case {"struck": str(text)}:
            return Struck(text)
        case {"error": str(code)}:
            return CellError(code)
        case {"formula": True}:
            return Formula()
    return None


def clock(duration: timedelta, *, seconds: bool = False) -> str:
    """Return ``duration`` as hours, minutes and, where there are any or ``seconds`` asks for them, seconds: «49:30»."""
    whole = round(abs(duration.total_seconds()))
    written = f"{whole // 3_600}:{whole // 60 % 60:02}"
    return ("-" if duration < timedelta() else "") + written + (f":{whole % 60:02}" if seconds or whole % 60 else "")


def _duration(written: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in written.removeprefix("-").split(":"))
    found = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -found if written.startswith("-") else found
