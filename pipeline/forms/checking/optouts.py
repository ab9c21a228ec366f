"""Rows that say «does not take part»: what people write beside the word, and how they write the word itself (W38).

Zeros and dashes in such a row mean nothing and are taken for empty cells. What else is found there gets one finding a
cell, and one remedy. A row that holds nothing but a word like the opt-out's is asked for that word alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import plural, text
from pipeline.forms.checking.compile import CompiledForm
from pipeline.forms.locating.locate import LocatedSheet
from pipeline.forms.locating.notes import Note
from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.layout import address
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.values import Parser, as_text, is_blank, match_key, normalise
from pipeline.model import Finding, Severity

_NOTHING = re.compile(
    r"[-–—−_.…,/\\*=\s]+|[xх]+|0+(?:[.,]0+)?(?: ?[^\W\d_]{1,4}\.?)?|00\.00\.(?:00){1,2}"
    r"|нет|ноль|пусто|н[./ ]?[дуп]\.?|б/?н|none|n/a",
    re.IGNORECASE,
)


@dataclass
class OptedOut:
    """``cells`` are those rows whose empty marks were cleared, as they are checked; ``rows`` all that are opted out.

    ``alone`` are rows with something in a list with an opt-out, neither one of its values nor near one, and nothing
    else that means something: row → the column of the list.
    """

    cells: dict[int, Mapping[int, Cell]] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    alone: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def opted_out(compiled: CompiledForm, sheet: LocatedSheet, rows: Sequence[int], *, date1904: bool) -> OptedOut:
    """Return what is found of opting out in ``rows`` of the sheet."""
    result = OptedOut()
    for column in sheet.spec.columns:
        listed = compiled.form.choices(column) if column.list is not None else None
        if listed is not None and listed.opt_out is not None:
            read = compiled.parsers[sheet.spec.id, column.id, date1904]
            _column(result, sheet, rows, column, read, listed.opt_out)
    return result


def _column(
    result: OptedOut, sheet: LocatedSheet, rows: Sequence[int], column: ColumnSpec, read: Parser, opt_out: str
) -> None:
    place, title = sheet.columns[column.id], sheet.spec.title
    cleared: list[tuple[int, int]] = []
    bare: list[int] = []
    raw, neither = sheet.raw.rows, (None, opt_out)
    for row in [row for row in rows if read[type(cell := raw[row].get(place)), cell].value in neither]:  # hardly any
        cells = raw[row]
        cell = cells.get(place)
        if cell is None:
            continue
        parsed = read(cell)
        others = [other for other in sheet.columns.values() if other != place and not is_blank(cells.get(other))]
        said = match_key(as_text(cell))
        nothing = [other for other in others if _is_nothing(cells[other], said)]
        if parsed.value is None:
            if parsed.problem is not None and parsed.problem.detail in ("", opt_out) and len(nothing) == len(others):
                result.alone[row] = column.id
            continue
        result.rows.add(row)
        if nothing:
            cleared += [(row, other) for other in nothing]
            result.cells[row] = {key: value for key, value in cells.items() if key not in nothing}
        if len(nothing) == len(others):
            bare.append(row)
    if cleared:
        count = plural(len(cleared), "ячейка", "ячейки", "ячеек")
        message = text("repaired.opted_out", sheet=title, value=opt_out, cells=count)
        result.notes.append(Note(message, title, address(*min(cleared))))
    if bare and len(bare) < len(rows) and column is sheet.spec.columns[0]:
        message, cell_at = text("finding.opted_out_beside", value=opt_out), address(bare[0], place)
        where = (title, bare[0], column.id, cell_at, opt_out)
        result.findings.append(Finding("outside.opted_out", "outside", Severity.WARNING, message, *where))


def without_contradictions(
    findings: Iterable[Finding], opted: set[tuple[str, int]], alone: Mapping[tuple[str | None, int | None], str]
) -> list[Finding]:
    """Return ``findings`` with one remedy a cell in rows opted out, and only that of the list in rows ``alone``.

    Both hold (sheet's title, row); ``alone`` also says which column has the list. A dash where a rule asks for a value
    gets that remedy, not «clear the cell».
    """
    kept = list(findings)
    asked = {(item.sheet, item.cell) for item in kept if item.severity is Severity.ERROR and item.code != "cell.dash"}
    kept = [item for item in kept if item.code != "cell.dash" or (item.sheet, item.cell) not in asked]
    ruled = {(item.sheet, item.cell) for item in kept if item.code == "when_then" and (item.sheet, item.row) in opted}
    one_remedy = [item for item in kept if (item.sheet, item.cell) not in ruled or item.code == "when_then"]
    return [
        item
        for item in one_remedy
        if (column := alone.get((item.sheet, item.row))) is None
        or (item.code in ("list", "cell.dash") and item.column == column)
    ]


def _is_nothing(cell: Cell, said: str) -> bool:
    """Whether the cell means nothing, or says the same as that of the list, ``said``, again."""
    if isinstance(cell, bool):
        return False
    return match_key(as_text(cell)) == said or _NOTHING.fullmatch(normalise(as_text(cell))) is not None
