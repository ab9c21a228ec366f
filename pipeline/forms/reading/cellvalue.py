"""What is written of one cell → its value and its place; both readers of a sheet share this (``tiles``, ``sheetrows``).

ECMA-376 part 1: references 18.18.62, types of cells 18.18.11.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipeline.forms.reading.sheetxml import (
    Budget,
    Shared,
    bounded,
    decode_escapes,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
)
from pipeline.forms.workbooks.serials import (
    Shown,
    from_iso,
    from_number,
    from_serial,
)
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

TRUE: Final = ("1", "true")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([eE][+-]?[0-9]{1,4})?")


@lru_cache(maxsize=8192)
def position(reference: str) -> tuple[int, int]:
    """``B7`` → (7, 2). Raises UnreadableWorkbook when it is no cell of a spreadsheet."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise UnreadableWorkbook("damaged")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(found[2])
    if not 1 <= row <= 1_048_576 or column > 16_384:
        raise UnreadableWorkbook("damaged")
    return row, column


def typed(raw: str, kind: str, shared: Shared, budget: Budget) -> Cell:
    """Return the value of a cell of a type other than number; texts are counted in ``budget``."""
    if kind == "s":
        index = raw.strip()
        if not (index.isascii() and index.isdigit() and len(index) < 8 and int(index) < len(shared.strings)):
            raise UnreadableWorkbook("damaged")
        return budget.take_text(shared.strings[int(index)]) or None
    if kind == "b":
        return raw.strip() in TRUE
    if kind == "e":
        return CellError(raw.strip()[:32])
    if kind == "d":
        return from_iso(raw.strip()) or budget.take_text(bounded(raw))
    return budget.take_text(bounded(decode_escapes(raw))) or None


def number(raw: str, look: Shown | None, date1904: bool, budget: Budget) -> Cell:
    """A number as written: without a point or exponent it stays whole; what is no number at all is kept as text.

    ``look`` is what the cell's format shows of it.
    """
    value: int | float
    if raw.isdigit() and raw.isascii() and len(raw) < 19:  # nearly always
        value = int(raw)
    else:
        raw = raw.strip()
        if _INTEGER.fullmatch(raw):
            value = int(raw)
        elif _FLOAT.fullmatch(raw) and (read := float(raw)) - read == 0:
            value = read
        else:
            return budget.take_text(bounded(raw)) or None
    if look is None:
        return value
    if look is Shown.DATE and isinstance(value, int):
        return _day(value, date1904)
    return from_number(value, look, date1904=date1904)


@lru_cache(maxsize=4096)
def _day(serial: int, date1904: bool) -> Cell:
    return from_serial(serial, date1904=date1904)
