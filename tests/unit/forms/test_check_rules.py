"""Each kind of rule at work: what it lets pass, which cell it names, and what it says."""

from __future__ import annotations

import pytest

from pipeline.forms.checking.check import check_batch
from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.parts import expression
from pipeline.forms.parts.expression import ExpressionError
from pipeline.model import Finding
from tests.factories.probe import PROBE
from tests.factories.sheets import workbook

SHEETS = PROBE.replace("{values: [x, y, z]}", "{values: [А, Б, В], opt_out: Нет}")


def form_with(rule: str) -> FormDefinition:
    return load_form(f"{SHEETS}  - {{id: R, {rule}}}\n", "probe.yaml")


def findings(rule: str, one: str = "| a |", two: str = "| total |") -> list[Finding]:
    """The findings of a form whose only rule is ``rule``."""
    form = form_with(rule)
    (checked,) = check_batch(form, [workbook(form, one=one, two=two)])
    assert checked.incident is None
    return list(checked.findings)


def cells(rule: str, one: str = "| a |", two: str = "| total |") -> list[str | None]:
    return [finding.cell for finding in findings(rule, one, two) if finding.rule == "R"]


def test_unique_names_the_repetition_and_not_the_first() -> None:
    table = "| kind | a |\n| А | 1 |\n| А | 2 |\n| А | 1 |\n| | 1 |\n| | 1 |"
    assert cells("on: one, check: unique, of: [kind, a]", table) == ["A7"]
    assert "«Вид», «Всего»" in findings("on: one, check: unique, of: [kind, a]", table)[0].message


def test_distinct_max_counts_values_not_rows() -> None:
    table = "| kind | a |\n| А | 1 |\n| А | 1 |\n| А | 2 |\n| Б | 3 |\n| А | 4 |\n| А | 1 |"
    assert cells("on: one, check: distinct_max, of: a, by: kind, max: 2", table) == ["B9"]
    assert cells("on: one, check: distinct_max, of: a, max: 3", table) == ["B9"]


def test_count_range_names_the_rows_too_many_and_the_last_of_too_few() -> None:
    table = "| kind | a |\n| А | 1 |\n| Б | 1 |\n| А | 2 |\n| А | 3 |\n| А | 4 |"
    assert cells("on: one, check: count_range, by: kind, max: 3", table) == ["A9"]
    assert cells("on: one, check: count_range, by: kind, min: 2", table) == ["A6"]
    assert cells("on: one, check: count_range, of: a, min: 6", table) == ["B9"]


def test_not_before_compares_with_a_column_or_a_date() -> None:
    rows = ("| 2021-09-15 | 2021-09-14 |", "| 2021-09-15 | 2021-09-15 |", "| 2021-09-15 | |", "| | 2021-09-01 |")
    table = "\n".join(("| start | finish |", *rows))
    assert cells("on: one, check: not_before, of: finish, than: start", table) == ["F5"]
    assert cells("on: one, check: not_before, of: finish, than: 2021-09-10", table) == ["F8"]


def test_totals_equal_holds_sheets_against_each_other() -> None:
    rule = "check: totals_equal, left: [one.a, one.b], right: two.total"
    assert findings(rule, "| a | b |\n| 1 | 2 |\n| | 3 |", "| total |\n| 6 |") == []
    (found,) = findings(rule, "| a | b |\n| 1 | 2 |\n| | 3 |", "| total |\n| 5 |")
    assert (found.rule, found.sheet, found.row, found.column, found.cell) == ("R", "Второй", None, "total", None)
    assert "«Итого» на листе «Второй»" in found.message
    assert "«Второй». Сейчас: «Всего» на листе «Первый» (B5:B6) — 1; " in found.message
    assert found.message.endswith("(C5:C6) — 5; «Итого» на листе «Второй» (B5) — 5.")


def test_a_total_spoilt_by_a_faulty_cell_is_not_blamed_as_well() -> None:
    rule = "check: totals_equal, left: one.a, right: two.total"
    found = findings(rule, "| a |\n| шесть |", "| total |\n| 6 |")
    assert [finding.rule for finding in found] == ["type"]


def test_rows_min_counts_over_several_sheets() -> None:
    rule = "on: [one, two], check: rows_min, min: 2"
    assert findings(rule, "| a |\n| 1 |", "| total |\n| 1 |") == []
    (found,) = findings(rule, "| a |\n| 1 |")
    assert (found.rule, found.sheet, found.cell) == ("R", "Первый", None)


@pytest.mark.parametrize(
    ("when", "then", "wrong"),
    [
        ("{kind: А}", "{required: a}", ["B5"]),
        ("{kind: [А, Б]}", "{required: a}", ["B5", "B6"]),
        ("{kind: {not: [А]}}", "{required: a}", ["B6", "B7"]),
        ("{kind: {filled: true}}", "{required: a}", ["B5", "B6", "B7"]),
        ("{kind: {empty: true}}", "{empty: b}", ["C8"]),
        ("{a: {filled: false}, b: {filled: true}}", "{required: a}", ["B5", "B6", "B7", "B8"]),
        ("{b: 1}", "{equals: {kind: А}}", ["A6", "A7"]),
    ],
)
def test_when_then(when: str, then: str, wrong: list[str]) -> None:
    table = "| kind | a | b |\n| А | | 1 |\n| Б | | 1 |\n| В | | 1 |\n| | | 1 |"
    assert cells(f"on: one, when: {when}, then: {then}", table) == wrong


def test_opting_out_waives_what_a_condition_requires() -> None:
    assert cells("on: one, when: {b: {filled: true}}, then: {required: a}", "| kind | b |\n| Нет | 1 |") == []


def test_a_faulty_cell_counts_as_filled_and_is_not_asked_for_again() -> None:
    found = findings("on: one, when: {b: {filled: true}}, then: {required: a}", "| a | b |\n| много | 1 |\n| | два |")
    assert [(finding.rule, finding.cell) for finding in found] == [("type", "B5"), ("R", "B6"), ("type", "C6")]


@pytest.mark.parametrize(
    ("compare", "row", "right"),
    [
        ("a = b + c", "| 3 | 1 | 2 |", True),
        ("a == b + c", "| 3 | 1 | 2.5 |", False),
        ("a >= sum(b, c)", "| 3 | | 3.5 |", False),
        ("a >= sum(b, c)", "| 3 | | |", True),
        ("a >= b + c", "| 3 | | 9.5 |", True),
        ("a ÷ b ≤ 15", "| 31 | 2 | |", False),
        ("a / b <= 15", "| 31 | 0 | |", True),
        ("c = 0.1 + 0.2", "| | | 0.3 |", True),
        ("(a − b) × 2 > -c", "| 1 | 2 | 1.5 |", False),
        ("a != 3", "| 3 | | |", False),
        ("a < 3", "| 3 | | |", False),
    ],
)
def test_compare_with_arithmetic(compare: str, row: str, right: bool) -> None:
    assert cells(f'on: one, compare: "{compare}"', f"| a | b | c |\n{row}") == ([] if right else ["B5"])


def test_compare_of_dates() -> None:
    assert cells("on: one, compare: start <= finish", "| start | finish |\n| 2021-09-15 | 2021-09-14 |") == ["E5"]


def test_compare_in_words() -> None:
    (found,) = findings("on: one, compare: a <= b * 15", "| a | b |\n| 31 | 2 |")
    assert found.message == "Должно выполняться: «Всего» ≤ «Мальчиков» × 15"


@pytest.mark.parametrize(
    "text", ["", "a", "a <=", "<= a", "a <= b c", "a ** b", "a <= (b", "sum(a <= b", "a <= b; import os", "A <= b"]
)
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        expression.parse(text)


@pytest.mark.parametrize("text", ["(" * 3000 + "a" + ")" * 3000 + " <= 1", "a <= " + "-" * 400 + "1"])
def test_a_monstrous_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        expression.parse(text)
