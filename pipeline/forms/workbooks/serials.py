"""Dates and times as spreadsheets keep them: numbers shown through a number format, or ISO 8601 text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum

from pipeline.forms.workbooks.cells import Cell, PartDate, Percent


class Shown(Enum):
    """What a number format makes of a number; ``PART`` is a date without its year or its day."""

    DATE = "date"
    PART = "part"
    TIME = "time"
    DURATION = "duration"
    PERCENT = "percent"


_BUILTIN = frozenset(
    str(number)
    for number in [14, 15, 16, 17, 22, *range(27, 32), 36, 50, 51, 52, 53, 54, 57, 58]  # ECMA-376 part 1, 18.8.30
)
_BUILTIN_OTHER: Mapping[str, Shown] = {
    **dict.fromkeys(("9", "10"), Shown.PERCENT),
    **dict.fromkeys(("16", "17"), Shown.PART),
    **dict.fromkeys(("18", "19", "20", "21", "32", "33", "34", "35", "45", "47", "55", "56"), Shown.TIME),
    "46": Shown.DURATION,
}
_NOT_TOKENS = re.compile(r'"[^"]{0,255}"|\\.|_.|\*.|\[[^\]]{0,255}\]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")
_FIRST_SHOWN_DAY = 10_000
"""A number shown as a time of day is a moment from May 1927 on; below that it counts hours or days."""
_LAST_SERIAL = 2_958_465
"""31.12.9999 where days count from 1900."""
_SECONDS = 86_400
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?Z?")


def is_date_format(number: str, code: str | None) -> bool:
    """Whether a number format shows a date: built in, or a code with a day, a year or a month beside no clock."""
    if code is None:
        return number in _BUILTIN
    first = _NOT_TOKENS.sub("", code[:255]).split(";")[0].lower()
    if "general" in first or "standard" in first or _counts_time(code):
        return False
    if "d" in first or "y" in first:
        return True
    return "mmm" in first or ("m" in first and not {"h", "s", "0", "#"}.intersection(first))


def shown_as(number: str, code: str | None) -> Shown | None:
    """Return what a number format shows, None for a plain number. ``code`` is None for a format that is built in."""
    if code is None and number in _BUILTIN_OTHER:
        return _BUILTIN_OTHER[number]
    first = "" if code is None else _NOT_TOKENS.sub("", code[:255]).split(";")[0].lower()
    if is_date_format(number, code):
        return Shown.PART if code is not None and not ("d" in first and "y" in first) else Shown.DATE
    if code is None or "general" in first or "standard" in first:
        return None
    if _counts_time(code):
        return Shown.DURATION
    if "%" in first:
        return Shown.PERCENT
    return Shown.TIME if "h" in first or ("s" in first and "m" in first) else None


def _counts_time(code: str) -> bool:
    """Whether a format shows hours, minutes or seconds that have passed, more than a day has: ``[h]:mm``."""
    return _ELAPSED.search(code[:255].split(";", maxsplit=1)[0].lower()) is not None


def from_number(value: int | float, shown: Shown, *, date1904: bool = False) -> Cell:
    """Return what people see of the number ``value`` in a cell whose format shows ``shown``."""
    if shown is Shown.PERCENT:
        return Percent(value)
    if shown is Shown.DATE or shown is Shown.PART:
        day = from_serial(value, date1904=date1904)
        part = shown is Shown.PART and isinstance(day, date) and not isinstance(day, datetime)
        return PartDate(day.year, day.month, day.day) if part and isinstance(day, date) else day
    if shown is Shown.TIME and _FIRST_SHOWN_DAY <= value <= _LAST_SERIAL:
        return from_serial(value, date1904=date1904)
    if abs(value) > _LAST_SERIAL:
        return value
    duration = timedelta(seconds=round(value * _SECONDS))
    if shown is Shown.TIME and timedelta() <= duration < timedelta(1):
        return (datetime.min + duration).time()  # noqa: DTZ901 - cells know no zone
    return duration


def from_serial(serial: int | float, *, date1904: bool = False) -> int | float | date | datetime:
    """Return the date of a serial, or a date with time when it has a fraction; the serial itself when it is none.

    Days before 1 March 1900 count one less, for 29 February 1900 never was; serial 60 is no date.
    """
    days = serial + 1_462 if date1904 else serial
    if not 1 <= days <= _LAST_SERIAL + 0.99999 or int(days) == 60:
        return serial
    whole = int(days)
    seconds = round((days - whole) * _SECONDS)
    start = datetime(1899, 12, 31) if whole < 60 else datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no zone
    try:
        moment = start + timedelta(days=whole, seconds=seconds)
    except OverflowError:
        return serial
    return moment.date() if seconds in (0, _SECONDS) else moment


def from_iso(value: str) -> date | datetime | None:
    """Return the date in an ISO 8601 cell (18.18.11, type ``d``), None when it is none."""
    if not _ISO.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        return None
    moment = moment.replace(microsecond=0)
    return moment.date() if "T" not in value or moment.time() == moment.min.time() else moment
