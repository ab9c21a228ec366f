"""Dates as spreadsheets keep them: serial numbers shown through a number format, or ISO 8601 text."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_BUILTIN = frozenset(
    str(number)
    for number in [14, 15, 16, 17, 22, *range(27, 32), 36, 50, 51, 52, 53, 54, 57, 58]  # ECMA-376 part 1, 18.8.30
)
_NOT_TOKENS = re.compile(r'"[^"]{0,255}"|\\.|_.|\*.|\[[^\]]{0,255}\]')
_LAST_SERIAL = 2_958_465
"""31.12.9999 where days count from 1900."""
_SECONDS = 86_400
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?Z?")


def is_date_format(number: str, code: str | None) -> bool:
    """Whether a number format shows a date: built in, or a code with a day, a year or a month beside no clock."""
    if code is None:
        return number in _BUILTIN
    first = _NOT_TOKENS.sub("", code[:255]).split(";")[0].lower()
    if "general" in first or "standard" in first:
        return False
    if "d" in first or "y" in first:
        return True
    return "mmm" in first or ("m" in first and not {"h", "s", "0", "#"}.intersection(first))


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
