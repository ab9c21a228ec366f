"""OpenDocument spreadsheets (.ods) → ``RawWorkbook``. Run in the isolated child only.

One strict pass over ``content.xml`` behind the same pre-check as .xlsx: values, error values, formulas without values,
dates, hidden sheets and rows, merges, keywords. Repeated cells and rows are counted against the bounds before they are
written out. Markup: ODF 1.3 part 3, section numbers beside the elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from lxml import etree

from pipeline.forms.reading.odslooks import Looks, looks_in
from pipeline.forms.reading.precheck import (
    Package,
    open_package,
)
from pipeline.forms.reading.sheetxml import (
    MAX_COLUMN,
    MAX_MERGES,
    MAX_ROW,
    MAX_TEXT,
    Budget,
    parse_part,
)
from pipeline.forms.workbooks.cells import (
    ERRORS_IN_RUSSIAN,
    Cell,
    CellError,
    Formula,
    Percent,
)
from pipeline.forms.workbooks.plain import (
    as_number,
    as_range,
    to_plain,
)
from pipeline.forms.workbooks.serials import Shown, from_iso, from_number
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import (
    HIDDEN,
    VISIBLE,
    RawSheet,
    RawWorkbook,
    Remark,
    columns_in,
)
from pipeline.model import Refused

MAX_SHEETS = 64
_MAX_KEYWORDS = 4_000
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT = f"{{{_OASIS}table:1.0}}", f"{{{_OASIS}office:1.0}}", f"{{{_OASIS}text:1.0}}"
_STYLE, _META = f"{{{_OASIS}style:1.0}}", f"{{{_OASIS}meta:1.0}}"
_MANIFEST = f"{{{_OASIS}manifest:1.0}}"
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_GROUPS = (f"{_TABLE}table-row-group", f"{_TABLE}table-header-rows", f"{_TABLE}table-rows")
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_WHITE = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_ATTRIBUTES = {"boolean": "boolean-value", "date": "date-value", "time": "time-value"}
_ERRORS = {shown: kept for kept, shown in ERRORS_IN_RUSSIAN.items()}
_ERROR = re.compile("|".join(map(re.escape, [*_ERRORS, *_ERRORS.values()])) + r"|(Err|Ошибка):\d{3}")
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MOST_REMARKS, _LONGEST_REMARK = 2_000, 2_000
_SPACES = re.compile(r"[ \t\r\n]+")
_DURATION = re.compile(r"-?P(?:(\d{1,9})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{1,9})?)S)?")
_NUMBER = re.compile(r"[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})([eE][+-]?\d{1,4})?")


@dataclass
class _Grid:
    """A sheet while it is read; ``row`` is the number of the next row."""

    title: str
    budget: Budget
    looks: Looks
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)
    filtered: bool = False
    row: int = 1


def unpack(data: bytes) -> dict[str, Any] | Refused:
    """The task of the child: the workbook in ``data`` as plain values, or why it is refused."""
    try:
        return to_plain(read_ods(data))
    except UnreadableWorkbook as error:
        return Refused(error.reason, error.values)


def read_ods(data: bytes) -> RawWorkbook:
    """Return the workbook. Raises UnreadableWorkbook."""
    package = open_package(data)
    _refuse_encrypted(package)
    if "content.xml" not in package:
        raise UnreadableWorkbook("damaged")
    root = parse_part(package.read("content.xml"))
    spreadsheet = root.find(f"{_OFFICE}body/{_OFFICE}spreadsheet")
    tables = [] if spreadsheet is None else spreadsheet.findall(f"{_TABLE}table")
    if spreadsheet is None or not tables:
        raise UnreadableWorkbook("damaged")
    if len(tables) > MAX_SHEETS:
        raise UnreadableWorkbook("too_many_sheets", count=len(tables), limit=MAX_SHEETS)
    budget = Budget()
    hidden = _hidden_styles(root)
    styles = [parse_part(package.read("styles.xml"))] if "styles.xml" in package else []
    looks = looks_in([*styles, root])
    sheets = tuple(_sheet(table, hidden, looks, budget) for table in tables)
    base = spreadsheet.find(f"{_TABLE}calculation-settings/{_TABLE}null-date")
    date1904 = base is not None and base.get(f"{_TABLE}date-value", "").startswith("1904")
    return RawWorkbook(sheets, _keywords(package), date1904)


def _refuse_encrypted(package: Package) -> None:
    """A document with a password has its parts, or since ODF 1.4 the package within it, encrypted (part 2, 4.8)."""
    if "encrypted-package" in package:
        raise UnreadableWorkbook("encrypted")
    if "meta-inf/manifest.xml" in package:
        manifest = parse_part(package.read("meta-inf/manifest.xml"))
        if next(manifest.iter(f"{_MANIFEST}encryption-data"), None) is not None:
            raise UnreadableWorkbook("encrypted")


def _keywords(package: Package) -> str:
    """Return the keywords; LibreOffice makes an element of each word."""
    if "meta.xml" not in package:
        return ""
    words = [str(element.text or "") for element in parse_part(package.read("meta.xml")).iter(f"{_META}keyword")]
    return " ".join(words).strip()[:_MAX_KEYWORDS]


def _hidden_styles(root: etree._Element) -> frozenset[str]:
    """Names of the table styles that hide their sheet (17.15, 20.252)."""
    styles = root.iterfind(f"{_OFFICE}automatic-styles/{_STYLE}style")
    return frozenset(
        style.get(f"{_STYLE}name", "")
        for style in styles
        for properties in style.iterfind(f"{_STYLE}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    )


def _sheet(table: etree._Element, hidden_styles: frozenset[str], looks: Looks, budget: Budget) -> RawSheet:
    title = table.get(f"{_TABLE}name", "")[:255]
    grid = _Grid(title, budget, looks.within(table))
    for row in _rows(table, 0):
        _read_row(row, grid)
    hidden = table.get(f"{_TABLE}style-name", "") in hidden_styles or table.get(f"{_TABLE}display") == "false"
    return RawSheet(
        title,
        HIDDEN if hidden else VISIBLE,
        grid.rows,
        tuple(grid.merged),
        frozenset(row for row in grid.hidden if row in grid.rows),
        grid.filtered,
        hidden_columns=columns_in(_hidden_columns(table)),
        remarks=tuple(grid.remarks),
    )


def _rows(parent: etree._Element, depth: int) -> Iterator[etree._Element]:
    """Yield the rows, those within groups and headers too (9.1.10–9.1.12)."""
    for child in parent:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in _GROUPS:
            if depth > 20:
                raise UnreadableWorkbook("damaged")
            yield from _rows(child, depth + 1)


def _hidden_columns(table: etree._Element) -> Iterator[tuple[int, int]]:
    """Yield the spans of columns that are not shown, those within groups and headers too; all stand before the rows."""
    at = 1
    for column in takewhile(lambda element: element.tag != f"{_TABLE}table-row", table.iter(f"{_TABLE}*")):
        repeated = column.get(f"{_TABLE}number-columns-repeated", "1")
        if column.tag != f"{_TABLE}table-column" or not re.fullmatch("[0-9]{1,7}", repeated):
            continue
        if column.get(f"{_TABLE}visibility", "visible") != "visible":
            yield at, at + int(repeated) - 1
        at += int(repeated)


def _read_row(element: etree._Element, grid: _Grid) -> None:
    repeated = _count(element, "number-rows-repeated")
    visibility = element.get(f"{_TABLE}visibility", "visible")
    grid.filtered = grid.filtered or visibility == "filter"
    cells = _cells(element, grid, repeated)
    if cells:
        last = grid.row + repeated - 1
        grid.budget.area -= max(cells) * repeated
        if grid.budget.area < 0:
            raise UnreadableWorkbook("too_many_cells")
        if last > MAX_ROW or max(cells) > MAX_COLUMN:
            raise UnreadableWorkbook("far_cell", sheet=grid.title, row=grid.row)
        for row in range(grid.row, last + 1):
            grid.rows[row] = cells
        if visibility != "visible":
            grid.hidden.update(range(grid.row, last + 1))
    grid.row += repeated


def _cells(element: etree._Element, grid: _Grid, rows: int) -> dict[int, Cell]:
    """Return the row's cells with a value. Each counts as often as it is repeated, in the row and with the row."""
    cells: dict[int, Cell] = {}
    column = 1
    for cell in element.iterchildren(*_CELLS):
        _remark(cell, grid, column)
        if not cell.attrib:
            column += 1
            continue
        repeated = _count(cell, "number-columns-repeated")
        value = grid.looks.of_cell(_value(cell), cell, column)
        if value is not None:
            grid.budget.cells -= repeated * rows
            if grid.budget.cells < 0:
                raise UnreadableWorkbook("too_many_cells")
            if column + repeated - 1 > MAX_COLUMN:
                raise UnreadableWorkbook("far_cell", sheet=grid.title, row=grid.row)
            if isinstance(value, str):
                grid.budget.texts -= len(value) * (repeated * rows - 1)
                grid.budget.take_text(value)
            cells |= dict.fromkeys(range(column, column + repeated), value)
        _merge(cell, grid, column)
        column += repeated
    return cells


def _remark(cell: etree._Element, grid: _Grid, column: int) -> None:
    """Keep the comment on a cell (14.1); its author is not always written."""
    note = cell.find(f"{_OFFICE}annotation") if len(cell) else None
    if note is None or len(grid.remarks) >= MOST_REMARKS:
        return
    words = _shown(note).strip()
    if words:
        grid.remarks.append(Remark(words[:_LONGEST_REMARK], (grid.row, column), note.findtext(_CREATOR) or ""))


def _merge(cell: etree._Element, grid: _Grid, column: int) -> None:
    """A cell that spans others (19.678, 19.681)."""
    columns, rows = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
    if columns == 1 and rows == 1:
        return
    last_row, last_column = grid.row + rows - 1, column + columns - 1
    reference = as_range(grid.row, column, last_row, last_column)
    grid.merged.append(reference)
    if last_row > MAX_ROW or last_column > MAX_COLUMN or len(grid.merged) > MAX_MERGES:
        raise UnreadableWorkbook("giant_merge", sheet=grid.title, range=reference)


def _count(element: etree._Element, name: str) -> int:
    written = element.get(f"{_TABLE}{name}", "1")
    if not (written.isascii() and written.isdigit() and len(written) < 8 and int(written) > 0):
        raise UnreadableWorkbook("damaged")
    return int(written)


def _value(cell: etree._Element) -> Cell:
    """The value of a cell (19.385 office:value-type); error values are texts that only their formula or LibreOffice's
    own attribute tells from people's texts.
    """
    kind = cell.get(f"{_OFFICE}value-type")
    formula = f"{_TABLE}formula" in cell.attrib
    if kind is None and not formula:
        return None
    if formula or cell.get(_CALC_TYPE) == "error":
        shown = _shown(cell)
        if cell.get(_CALC_TYPE) == "error" or _ERROR.fullmatch(shown):
            return CellError(_ERRORS.get(shown, shown[:32] or "#VALUE!"))
    if kind is None:
        # A formula whose result is an empty text is shown as an empty paragraph; one without a result as nothing.
        return Formula() if cell.find(f"{_TEXT}p") is None else None
    return _typed(cell, kind)


def _typed(cell: etree._Element, kind: str) -> Cell:
    if kind == "string":
        text = cell.get(f"{_OFFICE}string-value")
        text = _shown(cell) if text is None else text
        if len(text) > MAX_TEXT:
            raise UnreadableWorkbook("too_much_text")
        return text or None
    written = cell.get(f"{_OFFICE}{_ATTRIBUTES.get(kind, 'value')}", "").strip()
    if kind == "boolean":
        return written == "true"
    if kind == "date":
        return from_iso(written) or written[:MAX_TEXT] or None
    if kind == "time":
        return _time(written)
    if kind == "percentage" and _NUMBER.fullmatch(written):
        return Percent(written)
    return as_number(float(written)) if _NUMBER.fullmatch(written) else written[:MAX_TEXT] or None


def _time(duration: str) -> Cell:
    """A time of day, or a duration where it is longer than a day; what is no duration stays text."""
    found = _DURATION.fullmatch(duration)
    if not found or not any(found.groups()):
        return duration[:MAX_TEXT] or None
    days, hours, minutes = (int(part or 0) for part in found.groups()[:3])
    seconds = float((found[4] or "0").replace(",", "."))
    total = days + (hours * 3_600 + minutes * 60 + seconds) / 86_400
    return from_number(-total if duration.startswith("-") else total, Shown.TIME if total < 1 else Shown.DURATION)


def _shown(cell: etree._Element) -> str:
    """The paragraphs of a cell; a note on it (office:annotation) is none of them."""
    written = _Writing()
    for number, child in enumerate(cell.iterchildren(f"{_TEXT}p", f"{_TEXT}h")):
        written.add("\n" if number else "")
        _paragraph(child, written)
    return "".join(written.parts)


@dataclass
class _Writing:
    """The text of a cell while it is put together."""

    parts: list[str] = field(default_factory=list)
    left: int = MAX_TEXT

    def add(self, text: str | None) -> None:
        self.left -= len(text or "")
        if self.left < 0:
            raise UnreadableWorkbook("too_much_text")
        self.parts.append(text or "")


def _paragraph(element: etree._Element, written: _Writing) -> None:
    """Text with its spans, links and white space (6.1); the parser bounds the depth."""
    written.add(_SPACES.sub(" ", element.text or ""))
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            written.add(" " * (min(int(count), MAX_TEXT) if count.isascii() and count.isdigit() else 1))
        elif child.tag in _WHITE:
            written.add(_WHITE[str(child.tag)])
        elif child.tag != f"{_OFFICE}annotation":
            _paragraph(child, written)
        written.add(_SPACES.sub(" ", child.tail or ""))
