"""A sheet's XML → its cells, of any shape that XML allows; what programs commonly write is read in ``tiles``.

The cells with a value are walked to in C: of a blank styled one nothing is made (W7).
ECMA-376 part 1: rows 18.3.1.73, cells 18.3.1.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from pipeline.forms.reading.cellvalue import (
    TRUE,
    number,
    position,
    typed,
)
from pipeline.forms.reading.sheetxml import (
    MAX_COLUMN,
    MAX_MERGES,
    MAX_ROW,
    WHOLE,
    Budget,
    Shared,
    namespace,
    text_of,
    trees,
)
from pipeline.forms.reading.tiles import (
    read_rows,
    split_frame,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Formula,
    Struck,
)
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.values import as_text
from pipeline.forms.workbooks.workbook import WIDEST, RawSheet, columns_in

_CACHED = 64 * 1024
"""Frames up to this size are remembered with what is in them."""


def read_sheet(data: bytes, title: str, state: str, shared: Shared, budget: Budget) -> RawSheet:
    """Return the sheet in ``data``. The dimension record is not looked at (W9); blank styled cells are passed over."""
    # Seen before anything is parsed: a cell with a value has one of these. Blank styled ones cost bytes alone.
    if len(data) > 3 * budget.cells and data.count(b"</v>") + data.count(b"</is>") > budget.cells:
        raise UnreadableWorkbook("too_many_cells")
    return _tiled(data, title, state, shared, budget) or read_tree(data, title, state, shared, budget)


def _tiled(data: bytes, title: str, state: str, shared: Shared, budget: Budget) -> RawSheet | None:
    """Return the sheet when its rows are of the common shapes, None to leave it to lxml and its judgement."""
    parts = split_frame(data) if len(data) <= WHOLE and not shared.struck else None
    if parts is None:
        return None
    frame = (_frame if len(parts[0]) <= _CACHED else _frame.__wrapped__)(parts[0])
    found = read_rows(parts[1], shared, budget, x14ac=frame.x14ac) if frame else None
    if frame is None or found is None:
        return None
    budget.cells, budget.area, budget.texts = found.budget.cells, found.budget.area, found.budget.texts
    hidden, columns = frozenset(found.hidden), frame.hidden_columns
    return RawSheet(title, state, found.rows, frame.merged, hidden, frame.filtered, hidden_columns=columns)


def read_tree(data: bytes, title: str, state: str, shared: Shared, budget: Budget) -> RawSheet:
    """Return the sheet in ``data`` through lxml, whatever its shape; ``read_sheet`` gives the same, mostly sooner."""
    reader: _SheetReader | None = None
    for tree in trees(data, "row", "col", "mergeCell", "filterColumn"):
        if reader is None:
            reader = _SheetReader(_Tags.within(namespace(tree)), title, shared, budget)
        reader.read(tree)
    if reader is None:
        return RawSheet(title, state)
    reader.close_row()
    hidden, columns = frozenset(reader.hidden), columns_in(reader.hidden_spans)
    return RawSheet(title, state, reader.rows, tuple(reader.merged), hidden, reader.filtered, hidden_columns=columns)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a sheet says around its rows; ``x14ac``: whether Excel's prefix may be used in them."""

    merged: tuple[str, ...]
    filtered: bool
    hidden_columns: frozenset[int]
    x14ac: bool


@lru_cache(maxsize=64)
def _frame(frame: bytes) -> _Frame | None:
    """Parse a sheet without its rows; None when it is not simply a sheet. Returns of a form mostly share theirs."""
    try:
        (root,) = trees(frame)
        tags = _Tags.within(namespace(root))
        reader = _SheetReader(tags, "", Shared(), Budget())
        reader.read(root)
    except UnreadableWorkbook:
        return None
    places = list(root.iter("{*}sheetData"))
    if [place.tag for place in places] != [tags.place] or next(root.iter(tags.row, tags.cell), None) is not None:
        return None
    (place,) = places
    columns = columns_in(reader.hidden_spans)
    return _Frame(tuple(reader.merged), reader.filtered, columns, "x14ac" in place.nsmap)


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
    column: str
    place: str

    @classmethod
    def within(cls, ns: str) -> _Tags:
        return cls(
            *(
                f"{ns}{name}"
                for name in ("row", "c", "v", "f", "is", "t", "r", "mergeCell", "filterColumn", "col", "sheetData")
            )
        )


class _SheetReader:
    """A sheet while it is read, a row at a time; ``rows`` and the like are what was found so far."""

    def __init__(self, tags: _Tags, title: str, shared: Shared, budget: Budget) -> None:
        self.rows: dict[int, dict[int, Cell]] = {}
        self.hidden: set[int] = set()
        self.merged: list[str] = []
        self.hidden_spans: list[tuple[int, int]] = []
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
        """Take what is in ``tree``: the whole part, or one row of a large one."""
        tags = self._tags
        v_tag, f_tag, is_tag, c_tag, row_tag = tags.value, tags.formula, tags.inline, tags.cell, tags.row
        done = None
        for element in tree.iter(v_tag, f_tag, is_tag, row_tag, tags.merge, tags.column, tags.filter):
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
            elif tag == tags.column:
                self._hide(element)
            else:
                self.filtered = True

    def _open_row(self, row: etree._Element) -> None:
        self.close_row()
        self._row = row
        self._number = _whole(row.get("r"), self._number + 1)
        if row.get("hidden") in TRUE:
            self.hidden.add(self._number)

    def _hide(self, element: etree._Element) -> None:
        """Columns that are hidden or have no width (18.3.1.13)."""
        ends = element.get("min", ""), element.get("max", "")
        if not all(end.isascii() and end.isdigit() and len(end) < 8 for end in ends):
            return  # damage that costs no data
        if (element.get("hidden") in TRUE or element.get("width") == "0") and len(self.hidden_spans) < WIDEST:
            self.hidden_spans.append((int(ends[0]), int(ends[1])))

    def close_row(self) -> None:
        """Keep the row that was read last, if it has values."""
        cells, number, budget = self._cells, self._number, self._budget
        if not cells:
            return
        last = max(cells)
        if number > MAX_ROW or last > MAX_COLUMN:
            raise UnreadableWorkbook("far_cell", sheet=self._title, row=number)
        budget.cells -= len(cells)
        budget.area -= last
        if budget.area < 0 or budget.cells < 0:
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
                written = self._budget.take_text(text_of(child, tags.text, tags.run)) or None
                return Struck(written) if written and cell.get("s") in self._shared.struck else written
        if raw is None or (not raw and cell.get("t") != "str"):  # "" is what a formula that gives a text may give
            return Formula() if formula else None
        if formula and raw == "0" and self._shared.uncalculated and cell.get("t", "n") in ("n", ""):
            return Formula()
        return self._plain(cell, raw)

    def _plain(self, cell: etree._Element, raw: str | None) -> Cell:
        """What the text of a value means; what is struck through is a text that says so."""
        value = self._meant(cell, raw)
        if value is None or isinstance(value, CellError) or cell.get("s") not in self._shared.struck:
            return value
        return Struck(as_text(value))

    def _meant(self, cell: etree._Element, raw: str | None) -> Cell:
        if not raw:
            return None
        kind = cell.get("t")
        if kind is None or kind == "n" or not kind:
            return number(raw, self._shared.looks.get(cell.get("s") or ""), self._shared.date1904, self._budget)
        return typed(raw, kind, self._shared, self._budget)

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
