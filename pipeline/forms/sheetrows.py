"""A sheet's XML → its cells. The cells with a value are walked to in C: of a blank styled one nothing is made (W7).

ECMA-376 part 1: rows 18.3.1.73, cells 18.3.1.4, their types 18.18.11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from pipeline.forms.cells import Cell, CellError, Formula
from pipeline.forms.serials import from_iso, from_serial
from pipeline.forms.sheetxml import (
    MAX_COLUMN,
    MAX_MERGES,
    MAX_ROW,
    WHOLE,
    Budget,
    Shared,
    bounded,
    decode_escapes,
    namespace,
    text_of,
    trees,
)
from pipeline.forms.unreadable import UnreadableWorkbook
from pipeline.forms.workbook import RawSheet

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([eE][+-]?[0-9]{1,4})?")
_BLANK_ROW = re.compile(
    rb'r=""(?: (?!hidden)[A-Za-z:]+="[^"<>&]*")*>(?:<c r="[A-Z]{1,3}"(?: s="")?(?: t="n")? ?(?:/>|></c>))*</row>'
)
"""What stands behind ``<row `` in a row of blank cells, digits left out."""
_LONGEST = 2_048
_TRUE: Final = ("1", "true")


def read_sheet(data: bytes, title: str, state: str, shared: Shared, budget: Budget) -> RawSheet:
    """Return the sheet in ``data``. The dimension record is not looked at (W9); blank styled cells are passed over."""
    if len(data) > 3 * budget.cells and data.count(b"<c ") > budget.cells:  # seen before anything is parsed
        raise UnreadableWorkbook("too_many_cells")
    if len(data) <= WHOLE:
        data = _without_blank_rows(data)
    reader: _SheetReader | None = None
    for tree in trees(data, "row", "mergeCell", "filterColumn"):
        if reader is None:
            reader = _SheetReader(_Tags.within(namespace(tree)), title, shared, budget)
        reader.read(tree)
    if reader is None:
        return RawSheet(title, state)
    reader.close_row()
    return RawSheet(title, state, reader.rows, tuple(reader.merged), frozenset(reader.hidden), reader.filtered)


def _without_blank_rows(data: bytes) -> bytes:
    """Leave out the styled rows that nobody filled: two thirds of a form, and most of what parsing it costs.

    Only where that changes nothing: no comment, CDATA or instruction to be cut in two, no row counted from the one
    before it, and rows of a shape that holds nothing, unless they are hidden.
    """
    if b"<!" in data or data.count(b"<?") > 1:
        return data
    head, *rows = data.split(b"<row ")
    if not all(row.startswith(b'r="') for row in rows):
        return data
    kept = [row for row in rows if len(row) > _LONGEST or not _is_blank_shape(row.translate(None, b"0123456789"))]
    return b"<row ".join([head, *kept])


@lru_cache(maxsize=512)
def _is_blank_shape(shape: bytes) -> bool:
    """The blank rows of a form differ in their digits alone, so that the shape is nearly always a known one."""
    return _BLANK_ROW.fullmatch(shape) is not None


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


@dataclass(frozen=True, slots=True)
class _Tags:
    """The qualified names that matter in a sheet."""

    row: str
    cell: str
    value: str
    formula: str
    inline: str
    text: str
    run: str
    merge: str
    filter: str

    @classmethod
    def within(cls, ns: str) -> _Tags:
        return cls(*(f"{ns}{name}" for name in ("row", "c", "v", "f", "is", "t", "r", "mergeCell", "filterColumn")))


class _SheetReader:
    """A sheet while it is read, a row at a time; ``rows`` and the like are what was found so far."""

    def __init__(self, tags: _Tags, title: str, shared: Shared, budget: Budget) -> None:
        self.rows: dict[int, dict[int, Cell]] = {}
        self.hidden: set[int] = set()
        self.merged: list[str] = []
        self.filtered = False
        self._tags = tags
        self._title = title
        self._shared = shared
        self._budget = budget
        self._row: etree._Element | None = None
        self._number = 0
        self._cells: dict[int, Cell] = {}
        self._unaddressed: tuple[etree._Element | None, int] = None, 0

    def read(self, tree: etree._Element) -> None:
        """Take what stands in ``tree``: the whole part, or one row of a large one."""
        tags = self._tags
        v_tag, f_tag, is_tag, c_tag, row_tag = tags.value, tags.formula, tags.inline, tags.cell, tags.row
        done = None
        for element in tree.iter(v_tag, f_tag, is_tag, row_tag, tags.merge, tags.filter):
            tag = element.tag
            if tag in (v_tag, is_tag, f_tag):
                cell = element.getparent()
                if cell is done or cell is None or cell.getparent() is not self._row or cell.tag != c_tag:
                    continue
                done = cell
                value = self._plain(cell, element.text) if tag == v_tag and len(cell) == 1 else self._value(cell)
                if value is not None:
                    self._cells[self._column(cell)] = value
            elif tag == row_tag:
                self._open_row(element)
            elif tag == tags.merge:
                self._merge(element.get("ref", ""))
            else:
                self.filtered = True

    def _open_row(self, row: etree._Element) -> None:
        self.close_row()
        self._row = row
        self._number = _whole(row.get("r"), self._number + 1)
        if row.get("hidden") in _TRUE:
            self.hidden.add(self._number)
        self._budget.cells -= len(row)
        if self._budget.cells < 0:
            raise UnreadableWorkbook("too_many_cells")

    def close_row(self) -> None:
        """Keep the row that was read last, if it has values."""
        cells, number, budget = self._cells, self._number, self._budget
        if not cells:
            return
        last = max(cells)
        if number > MAX_ROW or last > MAX_COLUMN:
            raise UnreadableWorkbook("far_cell", sheet=self._title, row=number)
        budget.area -= last
        if budget.area < 0:
            raise UnreadableWorkbook("too_many_cells")
        self.rows.setdefault(number, {}).update(cells)
        self._cells = {}

    def _column(self, cell: etree._Element) -> int:
        here = cell.get("r")
        if here:
            row, column = position(here)
            if row != self._number:
                raise UnreadableWorkbook("damaged")
            return column
        column = _following(cell, self._tags.cell, *self._unaddressed)
        self._unaddressed = cell, column
        return column

    def _value(self, cell: etree._Element) -> Cell:
        """What a cell of several parts holds: a formula with its value, or a text kept in the cell itself."""
        tags = self._tags
        raw: str | None = None
        formula = False
        for child in cell:
            tag = child.tag
            if tag == tags.value:
                raw = child.text or ""
            elif tag == tags.formula:
                formula = True
            elif tag == tags.inline and cell.get("t") == "inlineStr":
                return self._budget.take_text(text_of(child, tags.text, tags.run)) or None
        if raw is None or (not raw and cell.get("t") != "str"):  # "" is what a formula that gives a text may give
            return Formula() if formula else None
        return self._plain(cell, raw)

    def _plain(self, cell: etree._Element, raw: str | None) -> Cell:
        """What the text of a value means."""
        if not raw:
            return None
        kind = cell.get("t")
        if kind is None or kind == "n" or not kind:
            return _number(raw, cell.get("s") in self._shared.date_styles, self._shared.date1904, self._budget)
        return _typed(raw, kind, self._shared, self._budget)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.replace("$", "").partition(":")
        row, column = position(last or first)
        position(first)
        self.merged.append(reference)
        if row > MAX_ROW or column > MAX_COLUMN or len(self.merged) > MAX_MERGES:
            raise UnreadableWorkbook("giant_merge", sheet=self._title, range=reference[:30])


def _following(cell: etree._Element, tag: str, known: etree._Element | None, known_column: int) -> int:
    """Return the column of a cell without an address: it follows the one before it (18.3.1.4).

    ``known`` is the last such cell, with its column: what lies before it is not walked over again.
    """
    steps = 1
    for other in cell.itersiblings(tag, preceding=True):
        if other is known:
            return known_column + steps
        if here := other.get("r"):
            return position(here)[1] + steps
        steps += 1
    return steps


@lru_cache(maxsize=1024)
def _whole(value: str | None, default: int) -> int:
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 7 or int(value) < 1:
        raise UnreadableWorkbook("damaged")
    return int(value)


def _typed(raw: str, kind: str, shared: Shared, budget: Budget) -> Cell:
    if kind == "s":
        index = raw.strip()
        if not (index.isascii() and index.isdigit() and len(index) < 8 and int(index) < len(shared.strings)):
            raise UnreadableWorkbook("damaged")
        return budget.take_text(shared.strings[int(index)]) or None
    if kind == "b":
        return raw.strip() in _TRUE
    if kind == "e":
        return CellError(raw.strip()[:32])
    if kind == "d":
        return from_iso(raw.strip()) or budget.take_text(bounded(raw))
    return budget.take_text(bounded(decode_escapes(raw))) or None


def _number(raw: str, is_date: bool, date1904: bool, budget: Budget) -> Cell:
    """A number as written: without a point or exponent it stays whole; what is no number at all is kept as text."""
    number: int | float
    if raw.isdigit() and raw.isascii() and len(raw) < 19:  # nearly always
        number = int(raw)
    else:
        raw = raw.strip()
        if _INTEGER.fullmatch(raw):
            number = int(raw)
        elif _FLOAT.fullmatch(raw) and (value := float(raw)) - value == 0:
            number = value
        else:
            return budget.take_text(bounded(raw)) or None
    if is_date:
        return _day(number, date1904) if isinstance(number, int) else from_serial(number, date1904=date1904)
    return number


@lru_cache(maxsize=4096)
def _day(serial: int, date1904: bool) -> Cell:
    return from_serial(serial, date1904=date1904)
