"""The examples of a form's rules, run as they would be checked: ``kabinet form test FORM``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.catalogue import text
from pipeline.forms.checking.check import (
    Checked,
    check_batch,
)
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.parts import layout
from pipeline.forms.parts.columns import kind_label
from pipeline.forms.parts.spec import Row
from pipeline.forms.rules.rule import Examples, RuleBase
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.workbook import (
    RawSheet,
    RawWorkbook,
)
from pipeline.model import Outcome


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example run: ``example`` is ``pass`` or ``fail``, ``ok`` whether it did so, ``message`` what to do if not."""

    rule: str
    example: str
    ok: bool
    message: str = ""


def run_examples(form: FormDefinition) -> list[ExampleResult]:
    """Run the passing and the failing example of every rule; a rule without them is a failure of its own."""
    results: list[ExampleResult] = []
    for rule in form.rules:
        if rule.examples is None:
            message = text("example.missing", rule=rule.id)
            results += [ExampleResult(rule.id, example, ok=False, message=message) for example in ("pass", "fail")]
            continue
        results += _run(form, rule, rule.examples)
    return results


def workbook_of(form: FormDefinition, rows: Mapping[str, Sequence[Mapping[str, Cell]]]) -> RawWorkbook:
    """Return a workbook of the form as it would come back, with ``rows`` (sheet id → rows of column id → cell)."""
    sheets: list[RawSheet] = []
    for sheet in form.sheets:
        places = {column.id: number for number, column in enumerate(sheet.columns, start=1)}
        cells: dict[int, dict[int, Cell]] = {
            layout.HEADER_ROW: {places[column.id]: column.title for column in sheet.columns},
            layout.KINDS_ROW: {places[column.id]: kind_label(column) for column in sheet.columns},
        }
        for number, row in enumerate(rows.get(sheet.id, ()), start=layout.first_row(sheet)):
            cells[number] = {places[column]: cell for column, cell in row.items() if cell is not None}
        sheets.append(RawSheet(sheet.title, rows=cells))
    return RawWorkbook(tuple(sheets))


def _run(form: FormDefinition, rule: RuleBase, examples: Examples) -> list[ExampleResult]:
    passing, failing = check_batch(
        form, [workbook_of(form, _rows(form, rule, rows)) for rows in (examples.passing, examples.failing)]
    )
    return [
        _result(rule, "pass", passing, ok=not _speaks(rule, passing)),
        _result(rule, "fail", failing, ok=_speaks(rule, failing)),
    ]


def _rows(
    form: FormDefinition, rule: RuleBase, rows: tuple[Row, ...] | dict[str, tuple[Row, ...]]
) -> Mapping[str, Sequence[Mapping[str, Cell]]]:
    if isinstance(rows, dict):
        return rows
    return {form.places[rule.on[0]].id: rows}


def _speaks(rule: RuleBase, checked: Checked) -> bool:
    return any(finding.rule == rule.id for finding in checked.findings)


def _result(rule: RuleBase, example: str, checked: Checked, *, ok: bool) -> ExampleResult:
    if checked.outcome is Outcome.INCIDENT:
        return ExampleResult(rule.id, example, ok=False, message=text("example.raises", rule=rule.id))
    return ExampleResult(rule.id, example, ok, "" if ok else text(f"example.{example}", rule=rule.id))
