"""The lines of ``kabinet form read`` and ``kabinet form check`` with ``--json``: any bytes whatever get one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import structlog

from pipeline.catalogue import text
from pipeline.forms.checking.check import check_batch
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.locating.locate import carriers
from pipeline.forms.locating.notes import Note
from pipeline.forms.reading.foreign import (
    IsolatedReader,
    read_any,
)
from pipeline.forms.reading.read import UnreadableWorkbook
from pipeline.forms.workbooks.cells import (
    Cell,
    PartDate,
    Percent,
    to_json,
)
from pipeline.forms.workbooks.workbook import RawSheet
from pipeline.model import Finding, Outcome, Severity

_log = structlog.get_logger(__name__)
MOST_CELLS = 2_000_000
"""A sparse sheet is printed as a rectangle; past this size only its filled part in rows is."""


def workbook_json(name: str, data: bytes, isolated: IsolatedReader | None = None) -> dict[str, Any]:
    """Return the line of ``form read`` for the workbook ``data`` called ``name``: every sheet, hidden ones too.

    Without ``isolated`` .xls and .ods are unreadable.
    """
    line: dict[str, Any] = {"file": name, "outcome": "read", "reason": None, "sheets": {}}
    try:
        workbook, _ = read_any(data, isolated)
        line["sheets"] = {sheet.title: _grid(sheet) for sheet in workbook.sheets}
    except UnreadableWorkbook as error:
        line |= {"outcome": "unreadable", "reason": error.reason}
    except Exception as error:  # noqa: BLE001 - the contract: any input gets a line, what we did not foresee is logged
        _log.error("form.read_incident", error=type(error).__name__)
        line |= {"outcome": "unreadable", "reason": "incident", "sheets": {}}
    return line


def check_json(
    form: FormDefinition, name: str, data: bytes, isolated: IsolatedReader | None = None, *, values: bool = False
) -> dict[str, Any]:
    """Return the line of ``form check`` for the workbook ``data`` called ``name`` against ``form``; as above.

    ``draft`` is None where the mark on the cover cannot be understood, or where nothing could be read. With ``values``
    the line also holds the rows of each sheet as an export would hold them; what is not accepted has none.
    """
    line: dict[str, Any] = {"file": name, "outcome": Outcome.INCIDENT.value, "findings": []}
    line |= {"notes": [], "draft": None, "rows": {}}
    if values:
        line["values"] = {sheet.id: [] for sheet in form.sheets}
    try:
        workbook, read_notes = read_any(data, isolated)
        carried = carriers(workbook)
        line["draft"] = carried.draft
        checked = check_batch(form, [workbook])[0]
        line["outcome"] = checked.outcome.value
        line["findings"] = [finding_json(finding) for finding in checked.findings]
        line["notes"] = [note_json(note) for note in (*map(Note, read_notes), *carried.notes, *checked.notes)]
        line["rows"] = dict(checked.rows)
        if values:
            line["values"] |= checked.data
    except UnreadableWorkbook as error:
        line["outcome"] = Outcome.UNREADABLE.value
        line["findings"] = [
            finding_json(Finding(f"unreadable.{error.reason}", "container", Severity.ERROR, error.message))
        ]
    except Exception as error:  # noqa: BLE001 - as above
        _log.error("form.check_incident", error=type(error).__name__)
    if line["outcome"] == Outcome.INCIDENT.value:
        line["findings"] = [finding_json(Finding("incident", "incident", Severity.ERROR, text("finding.incident")))]
    return line


def note_json(note: Note) -> dict[str, Any]:
    """A note with the keys of the contract."""
    return {"sheet": note.sheet, "cell": note.cell, "message": note.message}


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding with the keys of the contract."""
    fields = asdict(finding)
    order = ("code", "rule", "severity", "sheet", "row", "column", "cell", "value", "message")
    return {key: fields[key] for key in order} | {"severity": finding.severity.value}


def _grid(sheet: RawSheet) -> list[list[Any]]:
    """The sheet from A1 to its last filled cell; a sheet of far-flung cells row by row, each as long as it is."""
    last_row = max(sheet.rows, default=0)
    width = max((max(cells, default=0) for cells in sheet.rows.values()), default=0)
    if last_row * width <= MOST_CELLS:
        return [_row(sheet.rows.get(row, {}), width) for row in range(1, last_row + 1)]
    return [_row(cells, max(cells, default=0)) for cells in (sheet.rows[row] for row in sorted(sheet.rows))]


def _row(cells: Any, width: int) -> list[Any]:  # noqa: ANN401 - a mapping of column to cell
    return [_json(cells.get(column)) for column in range(1, width + 1)]


def _json(cell: Cell) -> Any:  # noqa: ANN401 - JSON is untyped
    """The cell as the contract has it: how a plain value is shown is left out."""
    if isinstance(cell, Percent):
        return float(cell)
    if isinstance(cell, PartDate):
        return to_json(date(cell.year, cell.month, cell.day))
    return str(cell) if isinstance(cell, str) else to_json(cell)
