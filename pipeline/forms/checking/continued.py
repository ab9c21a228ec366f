"""Sheets of no known title and header that hold rows of the form's table all the same: people go on elsewhere (W29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from pipeline.catalogue import plural, text
from pipeline.forms.checking.compile import CompiledForm
from pipeline.forms.checking.rowcells import Filled
from pipeline.forms.locating.locate import LocatedSheet
from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.layout import address
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.values import Parser, is_blank
from pipeline.forms.workbooks.workbook import RawSheet
from pipeline.model import Finding, Severity

_TELLING = ("choice", "code", "date")
_FARTHEST = 12
"""Columns that a table may have been moved to the right, with a number of the row or a group before it."""
_MOST_ROWS = 500
"""Rows of a sheet that are looked at: where none of these is the table's, the sheet is the sender's own."""
_FEWEST = 3
"""Cells of a row that is known by its values alone."""


def continued(
    compiled: CompiledForm, sheets: Mapping[str, LocatedSheet], strangers: Iterable[RawSheet], *, date1904: bool
) -> Iterator[Finding]:
    """Yield a finding for each of ``strangers`` that has rows of a table of ``sheets`` that are not in the form."""
    for raw in strangers:
        for sheet in sheets.values():
            found = _rows(compiled, sheets, sheet, raw, date1904=date1904)
            if found:
                yield _finding(sheet, raw, found)
                break


def _rows(
    compiled: CompiledForm, sheets: Mapping[str, LocatedSheet], sheet: LocatedSheet, raw: RawSheet, *, date1904: bool
) -> list[tuple[int, int]]:
    """Return the rows of the stranger that are the table's, each with the column where they begin."""
    spec = sheet.spec
    columns = [(column, compiled.parsers[spec.id, column.id, date1904]) for column in spec.columns]
    if not any(column.type in _TELLING for column in spec.columns):
        return []  # words and numbers are in every table
    own = {
        _key(_filled(columns, cells, [other.columns[column.id] for column in spec.columns]))
        for other in sheets.values()
        if other.columns.keys() == spec.by_id.keys()
        for cells in other.raw.rows.values()
    }
    found = []
    for row, cells in islice(sorted(raw.rows.items()), _MOST_ROWS):
        for start in range(min(cells, default=1), min(max(cells, default=0), _FARTHEST) + 1):
            filled = _filled(columns, cells, range(start, start + len(columns)))
            if _is_row(sheet, filled):
                # The sender's reckoning speaks of the same things as the form.
                if not any(_key(filled) <= known for known in own):
                    found.append((row, start))
                break
    return found


def _filled(
    columns: Iterable[tuple[ColumnSpec, Parser]], cells: Mapping[int, Cell], places: Iterable[int]
) -> list[Filled]:
    return [
        Filled(column, place, read, cell)
        for (column, read), place in zip(columns, places, strict=True)
        if (cell := cells.get(place)) is not None and not is_blank(cell)
    ]


def _is_row(sheet: LocatedSheet, filled: Sequence[Filled]) -> bool:
    """Whether half of the columns or more are filled, those that are required too, and all with right values."""
    if len(filled) < max(_FEWEST, len(sheet.spec.columns) / 2):
        return False
    if not all(item.is_right or item.column.type == "text" for item in filled):
        return False
    there = {item.column.id for item in filled}
    telling = any(item.column.type in ("choice", "code") for item in filled)
    return telling and all(column.id in there for column in sheet.spec.columns if column.required)


def _key(filled: Iterable[Filled]) -> frozenset[object]:
    """What a row speaks of: its values without numbers and free words."""
    return frozenset((item.column.id, item.read(item.cell).value) for item in filled if item.column.type in _TELLING)


def _finding(sheet: LocatedSheet, raw: RawSheet, rows: list[tuple[int, int]]) -> Finding:
    count = plural(len(rows), "строка", "строки", "строк")
    message = text("structure.sheet_twice", title=raw.title, sheet=sheet.spec.title, rows=count)
    row, place = rows[0]
    where = (raw.title, row, None, address(row, place))
    return Finding("structure.sheet_twice", "structure", Severity.ERROR, message, *where)
