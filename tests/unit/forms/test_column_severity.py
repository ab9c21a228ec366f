"""``severity: warning`` at a column: a value outside its limits is told and taken, and other rules still see it."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from pipeline.forms.checking.check import check_batch
from pipeline.forms.definition.form import load_form
from pipeline.forms.making.build import build_workbook
from pipeline.model import Outcome
from tests.factories.sheets import workbook
from tests.unit.forms.test_infer import COVER

FORM = load_form(
    """\
form: probe
version: 1
title: Проба
sheets:
  - id: main
    title: Лист
    rows: {max: 5}
    columns:
      - {id: rooms, title: Аудиторий, type: int, range: [1, 100], severity: warning, required: true}
      - {id: people, title: Участников, type: int, range: [1, 3000]}
rules:
  - {id: LOAD, on: main, compare: people <= rooms * 15}
""",
    "form.yaml",
)


def found(table: str) -> tuple[Outcome, list[tuple[str, str, str | None]]]:
    """The outcome, and (rule, severity, cell) of the findings."""
    checked = check_batch(FORM, [workbook(FORM, main=table)])[0]
    return checked.outcome, [(finding.rule, finding.severity.value, finding.cell) for finding in checked.findings]


def test_a_value_outside_a_softened_range_is_told_and_taken() -> None:
    table = "| rooms | people |\n| 200 | 100 |"
    assert found(table) == (Outcome.ACCEPTED_WITH_WARNINGS, [("range", "warning", "A5")])


def test_other_rules_still_see_it() -> None:
    outcome, findings = found("| rooms | people |\n| 101 | 2000 |")
    assert outcome is Outcome.REJECTED
    assert sorted(findings) == [("LOAD", "error", "B5"), ("range", "warning", "A5")]


def test_what_is_missing_or_of_another_type_is_an_error_all_the_same() -> None:
    assert found("| rooms | people |\n|  | 5 |") == (Outcome.REJECTED, [("required", "error", "A5")])
    assert found("| rooms | people |\n| много | 5 |")[0] is Outcome.REJECTED


def test_the_editor_asks_and_takes_the_value() -> None:
    sheet = load_workbook(io.BytesIO(build_workbook(FORM, COVER)))["Лист"]
    styles = {str(rule.sqref)[0]: rule.errorStyle for rule in sheet.data_validations.dataValidation}
    assert styles == {"A": "warning", "B": None}
