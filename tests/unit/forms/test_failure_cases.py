"""Failure cases of the forms that no other test names: what broke elsewhere, on a form small enough to read."""

from __future__ import annotations

import pytest

from pipeline.forms.checking.check import (
    Checked,
    check_batch,
)
from pipeline.forms.checking.jsonview import (
    check_json,
    workbook_json,
)
from pipeline.forms.definition.form import load_form
from pipeline.forms.making.build import build_workbook
from pipeline.model import Outcome
from tests.factories.sheets import workbook
from tests.factories.workbooks import COVER

FORM = load_form(
    """
form: small
version: 1
title: Малая форма
sheets:
  - id: main
    title: ЛИСТ
    rows: {max: 10, min_filled: 1}
    columns:
      - {id: name, title: Название, type: text, required: true}
      - {id: share, title: Доля, type: decimal, range: [0, 100]}
      - {id: people, title: Человек, type: int, range: [1, 5000]}
      - {id: inn, title: ИНН, type: code, pattern: '[0-9]{10}', sample: '7707083893'}
""",
    "small.yaml",
)


def _checked(table: str) -> Checked:
    (result,) = check_batch(FORM, [workbook(FORM, main=table)])
    return result


def _value(column: str, written: str) -> object:
    result = _checked(f"| name | {column} |\n| Первая | {written} |")
    assert result.findings == (), result.findings
    return result.data["main"][0][column]


def test_w1_pasted_value_that_the_validation_would_refuse_is_a_finding() -> None:
    result = _checked("| name | people |\n| Первая | 9000 |")
    assert [(finding.rule, finding.cell, finding.value) for finding in result.findings] == [("range", "C5", "9000")]


def test_w6_same_bytes_give_the_same_verdict_again() -> None:
    content = build_workbook(FORM, COVER, {"main": {"5": {"name": "Первая", "people": "двадцать"}}})
    assert check_json(FORM, "a.xlsx", content) == check_json(FORM, "a.xlsx", content)
    assert workbook_json("a.xlsx", content) == workbook_json("a.xlsx", content)


@pytest.mark.parametrize(
    ("written", "value"), [("'13,75", 13.75), ("'13.75", 13.75), ("13.75", 13.75), ("'99,5", 99.5), ("'0,001", 0.001)]
)
def test_w11_decimal_comma_is_a_decimal_comma(written: str, value: float) -> None:
    assert _value("share", written) == value


@pytest.mark.parametrize(("written", "value"), [("'1 200", 1200), ("'1\u00a0200", 1200), ("'1\u202f200", 1200)])
def test_w11_spaces_group_thousands(written: str, value: int) -> None:
    assert _value("people", written) == value


@pytest.mark.parametrize("written", ["'1,200", "'1.200"])
def test_w11_what_could_be_two_numbers_is_a_finding(written: str) -> None:
    result = _checked(f"| name | people |\n| Первая | {written} |")
    assert [(finding.rule, finding.cell) for finding in result.findings] == [("type", "C5")]


def test_w12_leading_zeros_of_a_code_are_kept() -> None:
    assert _value("inn", "'0012345678") == "0012345678"


def test_w13_number_in_a_code_column_is_a_finding() -> None:
    result = _checked("| name | inn |\n| Первая | 1234567890 |")
    assert [(finding.rule, finding.cell) for finding in result.findings] == [("type", "D5")]


def test_w26_one_wrong_cell_hides_no_other_in_its_column_nor_in_another_return() -> None:
    first = workbook(FORM, main="| name | people |\n| Первая | 'двадцать |\n| Вторая | 9000 |\n| Третья | 10 |")
    second = workbook(FORM, main="| name | people |\n| Первая | 0 |")
    mine, other = check_batch(FORM, [first, second])
    assert [(finding.rule, finding.cell) for finding in mine.findings] == [("type", "C5"), ("range", "C6")]
    assert [(finding.rule, finding.cell) for finding in other.findings] == [("range", "C5")]
    assert mine.outcome is other.outcome is Outcome.REJECTED
