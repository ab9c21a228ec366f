"""One workbook on its way into a batch: its structure, its cells as typed values, and the faults found on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pipeline.catalogue import plural, text
from pipeline.forms.checking.asides import RowSorter
from pipeline.forms.checking.compile import CompiledForm
from pipeline.forms.checking.continued import continued
from pipeline.forms.checking.frames import SheetRows
from pipeline.forms.checking.optouts import opted_out
from pipeline.forms.locating.locate import (
    LocatedSheet,
    locate,
)
from pipeline.forms.locating.notes import Note, over_the_cells
from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.layout import address, letters
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.forms.parts.words import sentence
from pipeline.forms.workbooks.cells import (
    Cell,
    to_json,
)
from pipeline.forms.workbooks.values import (
    Problem,
    as_text,
    is_blank,
)
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.model import Finding, Severity

MOST_FINDINGS = 2_000
"""Past this many a list helps nobody and only costs (W23)."""
_SHOWN = 200
_UNREAD = {
    "type.int": "finding.optional.number",
    "type.decimal": "finding.optional.number",
    "type.date": "finding.optional.date",
}
"""Problems of cells that hold no number and no date → what is said where nothing need be there."""
_PLAIN = frozenset({str, int, float, bool})
"""What JSON keeps as it is: most cells."""
_MERGED = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_RANGE_LENGTH = 30


@dataclass
class Taken:
    """What is known of one workbook. ``broken`` means that its structure stops every later stage."""

    sheets: Mapping[str, LocatedSheet]
    findings: list[Finding]
    notes: list[Note]
    received: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    data: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    below: dict[str, list[int]] = field(default_factory=dict)
    opted: set[tuple[str, int]] = field(default_factory=set)
    alone: dict[tuple[str | None, int | None], str] = field(default_factory=dict)
    broken: bool = False


def take(compiled: CompiledForm, index: int, workbook: RawWorkbook, batch: Mapping[str, SheetRows]) -> Taken:
    """Read ``workbook``, number ``index`` of its batch; its typed rows are added to ``batch`` unless it is broken."""
    located = locate(compiled.form, workbook)
    elsewhere = list(continued(compiled, located.sheets, located.strangers, date1904=workbook.date1904))
    refused = {finding.sheet for finding in elsewhere}
    notes = [note for note in located.notes if note.sheet not in refused]
    taken = Taken(located.sheets, [*located.findings, *elsewhere], notes)
    taken.notes += over_the_cells(workbook)
    filled: dict[str, list[int]] = {}
    asides: list[Finding] = []
    for sheet_id, sheet in located.sheets.items():
        rows = shown_rows = _filled_rows(sheet)
        if sheet.columns.keys() == sheet.spec.by_id.keys():
            found = RowSorter(compiled, sheet, rows, date1904=workbook.date1904).sort()
            rows = shown_rows = found.data
            taken.notes += found.notes
            asides += found.findings
            if found.findings:
                shown_rows = sorted([*rows, *(item.row for item in found.findings if item.row is not None)])
        last = sheet.last_row
        taken.below[sheet_id] = [row for row in rows if row > last]
        filled[sheet_id] = [row for row in rows if row <= last]
        taken.rows[sheet_id] = len(filled[sheet_id])
        taken.received[sheet_id] = _received(sheet, [row for row in shown_rows if row <= last])
        taken.findings += _merged(sheet, filled[sheet_id])
    for sheet_spec in compiled.form.sheets:
        taken.rows.setdefault(sheet_spec.id, 0)
    taken.broken = any(finding.severity is Severity.ERROR for finding in taken.findings)
    if taken.broken:
        return taken
    taken.findings += asides
    for sheet_id, sheet in located.sheets.items():
        taken.findings += _below(sheet, taken.below[sheet_id])
        beside, noted = _beside(sheet, filled[sheet_id])
        taken.findings += beside
        taken.notes += noted
        taken.notes += _hidden(sheet, filled[sheet_id])
        opted = opted_out(compiled, sheet, filled[sheet_id], date1904=workbook.date1904)
        taken.notes += opted.notes
        taken.findings += opted.findings
        taken.opted |= {(sheet.spec.title, row) for row in opted.rows}
        taken.alone.update({(sheet.spec.title, row): column for row, column in opted.alone.items()})
        cells = [opted.cells.get(row, sheet.raw.rows[row]) for row in filled[sheet_id]]
        _parse(compiled, index, workbook, sheet, filled[sheet_id], cells, batch[sheet_id], taken)
    return taken


def finding(
    sheet: LocatedSheet, row: int | None, column: str | None, *, code: str, rule: str, severity: Severity, message: str
) -> Finding:
    """Return a finding at a place of the file as it came, with the value found there."""
    place = sheet.columns.get(column) if column else None
    at_cell = row is not None and place is not None
    value = shown(sheet.raw.cell(row, place)) if row is not None and place is not None else None
    cell = address(row, place) if row is not None and place is not None else None
    return Finding(code, rule, severity, message, sheet.spec.title, row, column, cell if at_cell else None, value)


def shown(cell: Cell) -> str:
    """A cell as text for a finding, no longer than people read."""
    written = as_text(cell)
    return written if len(written) <= _SHOWN else written[: _SHOWN - 1] + "…"


def _filled_rows(sheet: LocatedSheet) -> list[int]:
    """The rows from the first of the data on where a column of the form holds something, in order."""
    first, places = sheet.first_row, list(sheet.columns.values())
    return sorted(number for number, cells in sheet.raw.rows.items() if number >= first and _has_data(cells, places))


def _has_data(cells: Mapping[int, Cell], places: Iterable[int]) -> bool:
    for place in places:
        cell = cells.get(place)
        if cell is not None and not is_blank(cell):
            return True
    return False


def _received(sheet: LocatedSheet, rows: list[int]) -> dict[str, dict[str, Any]]:
    raw = sheet.raw.rows
    columns = list(sheet.columns.items())
    return {
        str(number): {
            column: cell if type(cell) in _PLAIN else to_json(cell)
            for column, place in columns
            if (cell := cells.get(place)) is not None
        }
        for number in rows
        if (cells := raw[number])
    }


def _merged(sheet: LocatedSheet, rows: list[int]) -> Iterator[Finding]:
    """Merged cells among the data hide which row a value belongs to (W15)."""
    places = sheet.columns.values()
    for written in sheet.raw.merged:
        corners = _corners(written) if len(written) <= _RANGE_LENGTH else None
        if corners is None:
            continue
        left, top, right, bottom = corners
        over_data = rows and rows[0] <= bottom and any(top <= row <= bottom for row in rows)
        if over_data and any(left <= place <= right for place in places):
            message, at = text("finding.merged", range=written), address(top, left)
            yield Finding("structure.merged", "structure", Severity.ERROR, message, sheet.spec.title, top, cell=at)


@lru_cache(maxsize=1024)
def _corners(written: str) -> tuple[int, int, int, int] | None:
    """Return the first column and row and the last ones of a range, None for what is none."""
    found = _MERGED.fullmatch(written.replace("$", ""))
    return (_number(found[1]), int(found[2]), _number(found[3]), int(found[4])) if found else None


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _below(sheet: LocatedSheet, below: list[int]) -> Iterator[Finding]:
    """Data below the form's last row would be lost: say so (W8)."""
    if below:
        row = below[0]
        column = next(key for key, place in sheet.columns.items() if not is_blank(sheet.raw.cell(row, place)))
        message = text("finding.below", last=sheet.last_row, rows=plural(len(below), "строка", "строки", "строк"))
        yield finding(
            sheet, row, column, code="outside.below", rule="outside", severity=Severity.ERROR, message=message
        )


def _beside(sheet: LocatedSheet, rows: list[int]) -> tuple[list[Finding], list[Note]]:
    """Data beside the columns have no meaning: say so. Words beside no row of data are noted: a signature (W8, W36)."""
    places, first, last = set(sheet.columns.values()), sheet.first_row, sheet.last_row
    beside = sorted(
        (row, place)
        for row, cells in sheet.raw.rows.items()
        if first <= row <= last and not cells.keys() <= places
        for place, cell in cells.items()
        if place not in places and not is_blank(cell)
    )
    if not beside:
        return [], []
    row, place = beside[0]
    cell, value, title = address(row, place), shown(sheet.raw.cell(row, place)), sheet.spec.title
    if all(isinstance(sheet.raw.cell(*at), str) for at in beside) and not {row for row, _ in beside} & set(rows):
        return [], [Note(text("repaired.beside", sheet=title, cell=cell, words=value), title, cell)]
    columns = ", ".join(letters(number) for number in sorted({number for _, number in beside})[:10])
    code = "finding.beside" if "," in columns else "finding.beside.one"
    message = text(code, columns=columns)
    return [Finding("outside.beside", "outside", Severity.WARNING, message, title, row, None, cell, value)], []


def _hidden(sheet: LocatedSheet, rows: list[int]) -> Iterator[Note]:
    """Rows that the sender may not have seen are taken all the same, with a note (W16)."""
    hidden = [row for row in rows if row in sheet.raw.hidden_rows]
    if hidden:
        title = sheet.spec.title
        message = text("repaired.hidden", sheet=title, rows=plural(len(hidden), "строка", "строки", "строк"))
        yield Note(message, title, address(hidden[0], min(sheet.columns.values())))


def _parse(
    compiled: CompiledForm,
    index: int,
    workbook: RawWorkbook,
    sheet: LocatedSheet,
    rows: list[int],
    filled: list[Mapping[int, Cell]],
    batch: SheetRows,
    taken: Taken,
) -> None:
    """Add the sheet's typed rows to the batch, each read from its cells in ``filled``.

    Each failure is a finding, each repair is counted.
    """
    spec = sheet.spec
    repairs: dict[str, list[tuple[int, int]]] = {}
    for column in spec.columns:
        place = sheet.columns[column.id]
        read = compiled.parsers[spec.id, column.id, workbook.date1904]
        column_values = [read[type(cell := cells.get(place)), cell] for cells in filled]
        batch.values[column.id] += [parsed.value for parsed in column_values]
        for at, parsed in enumerate(column_values):
            if parsed.problem is not None:
                if parsed.problem.code != "cell.dash" or column.required:  # else nothing is meant, as by a blank cell
                    batch.failed(column.id, len(batch.rows) + at)
                found = _problem(compiled, sheet, rows[at], column, parsed.problem)
                alone = taken.alone.get((spec.title, rows[at])) == column.id
                taken.findings.append(_with_opt_out(compiled, column, found) if alone else found)
            elif parsed.repair is not None:
                repairs.setdefault(parsed.repair, []).append((rows[at], place))
    batch.rets += [index] * len(rows)
    batch.rows += rows
    taken.notes += [_repair(spec, repair, places) for repair, places in sorted(repairs.items())]


def _repair(spec: SheetSpec, repair: str, places: list[tuple[int, int]]) -> Note:
    cells = plural(len(places), "ячейка", "ячейки", "ячеек")
    return Note(text(f"repaired.{repair}", sheet=spec.title, cells=cells), spec.title, address(*min(places)))


def _with_opt_out(compiled: CompiledForm, column: ColumnSpec, found: Finding) -> Finding:
    """Return the finding of a row that says in its own words what the list's opt-out says, with that value."""
    listed = compiled.form.choices(column)
    value = listed.opt_out if listed is not None else None
    if not value or f"«{value}»" in found.message:
        return found
    return replace(found, message=f"{found.message} {sentence(text('forms.prompt.opt_out', value=value))}")


def _is_left_out(spec: SheetSpec, column: ColumnSpec) -> bool:
    """Whether nothing need be in the column. What a category needs depends on its other cells."""
    return not column.required and (spec.unpivot is None or column.id not in spec.unpivot.columns)


def _problem(compiled: CompiledForm, sheet: LocatedSheet, row: int, column: ColumnSpec, problem: Problem) -> Finding:
    limits = compiled.sentences[sheet.spec.id, column.id]
    written = as_text(sheet.raw.cell(row, sheet.columns[column.id]))
    if problem.code == "list":
        # The nearest value says what was written: a form that keeps its data out of letters does not name it.
        code = "finding.list.near" if problem.detail and compiled.form.mail_back else "finding.list"
        message = text(code, near=problem.detail, title=column.title)
    elif problem.code == "cell.dash" and column.required:
        code = "finding.cell.dash_zero" if column.takes_zero else "finding.cell.dash_required"
        message = text(code, limits=limits)
    elif problem.code in _UNREAD and _is_left_out(sheet.spec, column) and not any(map(str.isdigit, written)):
        message = text(_UNREAD[problem.code], limits=limits)
    else:
        message = text(f"finding.{problem.code}", detail=problem.detail, limits=limits)
    rule = "list" if problem.code in ("list", "list.several") else "type"
    return finding(sheet, row, column.id, code=problem.code, rule=rule, severity=Severity.ERROR, message=message)
