"""Rows that hold no data are passed over with a note or are one finding; what may be data is never lost (W36, W38)."""

from __future__ import annotations

import pytest

from pipeline.forms.checking.check import Checked, check_batch
from pipeline.forms.definition.form import load_form
from pipeline.model import Outcome, Severity
from tests.factories.sheets import schedule, shipped_form, with_sheet, workbook

FORM = shipped_form("vpr-spo-2021-participants")
SCHEDULE = shipped_form("vpr-spo-2021-schedule")
TITLE = FORM.sheets[0].title
HEAD = "| education | specialty_code | specialty | mode | students | participants |"
ONE = "| Основное общее | '09.02.07 | Программирование | Очная | 50 | 48 |"
TWO = "| Среднее общее | '38.02.01 | Экономика | Заочная | 20 | 18 |"
SMALL = load_form(
    """
form: small
version: 1
title: Кружки
sheets:
  - id: one
    title: Кружки
    rows: {max: 20}
    columns:
      - {id: name, title: Название, type: text, required: true}
      - {id: children, title: Детей, type: int, required: true}
""",
    "small",
)


def check(*rows: str, merged: tuple[str, ...] = ()) -> Checked:
    book = workbook(FORM, first_year="\n".join([HEAD, *rows]))
    (checked,) = check_batch(FORM, [with_sheet(book, TITLE, merged=merged)])
    return checked


def small(*rows: str) -> Checked:
    (checked,) = check_batch(SMALL, [workbook(SMALL, one="\n".join(["| name | children |", *rows]))])
    return checked


def cells(checked: Checked) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.cell) for finding in checked.findings]


@pytest.mark.parametrize(
    "row",
    [
        "| Итого | | | | 70 | 66 |",
        "| | | ИТОГО: | | 70 | 66 |",
        "| Всего по колледжу | | | | = | = |",
        "| | | Всего обучающихся | | 70 | |",
        "| | | Общая сумма | | 70 | 66 |",
        f"| {' | '.join(column.title for column in FORM.sheets[0].columns)} |",
        "| Заочное отделение | | | | | |",
        "| Директор техникума ______ П. П. Петров | | | | | |",
        "| | | Исполнитель: Сидорова, тел. 2-33-44 | | | |",
        "| Руководитель | | Петров П. П. | | | |",
        "| | | | | | М.П. ________ |",
    ],
)
def test_w36_a_row_without_data_is_passed_over_with_a_note(row: str) -> None:
    checked = check(ONE, TWO, row)
    assert (checked.outcome, checked.findings, checked.rows) == (Outcome.ACCEPTED, (), {"first_year": 2})
    (note,) = checked.notes
    assert "строка 7" in note.message
    assert (note.sheet, (note.cell or "")[1:]) == (TITLE, "7")
    assert [row["row"] for row in checked.data["first_year"]] == [5, 6]


def test_w36_rows_below_a_repeated_header_are_data_and_its_kinds_row_is_not() -> None:
    header = "|".join(column.title for column in FORM.sheets[0].columns)
    kinds = "|".join(FORM.sheets[0].kinds)
    checked = check(ONE, "| Филиал в селе | | | | | |", f"|{header}|", f"|{kinds}|", TWO)
    assert (checked.outcome, checked.rows) == (Outcome.ACCEPTED, {"first_year": 2})
    assert [note.cell for note in checked.notes] == ["A6", "A7"]


def test_w36_merged_cells_of_a_title_ask_for_nothing() -> None:
    checked = check("| Очное отделение | | | | | |", ONE, merged=("A5:F5",))
    assert (checked.outcome, checked.findings) == (Outcome.ACCEPTED, ())


def test_w36_rows_below_the_forms_last_are_judged_alike() -> None:
    rows = ["| Кружок 1 | 5 |"] * 20
    assert small(*rows, "| Итого | 100 |").findings == ()
    assert cells(small(*rows, "| Кружок 21 | 5 |")) == [("outside.below", "A25")]


@pytest.mark.parametrize("row", ["| | | Сварщик | | | |", "| Итого | | | Очная | 70 | 66 |"])
def test_w36_what_may_be_a_row_begun_is_one_finding(row: str) -> None:
    checked = check(ONE, row, TWO)
    assert [code for code, _ in cells(checked)] == ["outside.row"]
    assert "удалите" in checked.findings[0].message
    assert "6" in checked.received["first_year"]


def test_w36_a_total_that_lacks_nothing_is_known_by_its_sums() -> None:
    circles = ("| Шахматы | 12 |", "| Хор | 30 |")
    assert small(*circles, "| Итого | 42 |").rows == {"one": 2}
    assert cells(small(*circles, "| Итого | 40 |")) == [("outside.row", "A7")]
    kept = small("| Всего понемногу | 12 |", "| Итоговый концерт | 30 |")
    assert (kept.outcome, kept.rows) == (Outcome.ACCEPTED, {"one": 2})


@pytest.mark.parametrize("row", ["| Основное общее | | | | | |", "| Основнае общее | | | | | |", "| | | | | 12 | |"])
def test_w36_a_row_with_a_value_stays_a_row(row: str) -> None:
    found = cells(check(ONE, row))
    assert len(found) >= 5
    assert {code for code, _ in found} <= {"required", "list"}


@pytest.mark.parametrize("mark", ["0", "-", "—", "'0", "нет"])
def test_w38_zeros_and_dashes_beside_the_opt_out_are_empty(mark: str) -> None:
    checked = check(f"| Не участвуем | | {mark} | {mark} | {mark} | {mark} |")
    assert (checked.outcome, checked.findings) == (Outcome.ACCEPTED, ())
    (note,) = checked.notes
    assert (note.cell, "4 ячейки" in note.message) == ("C5", True)
    (row,) = checked.data["first_year"]
    assert [row[name] for name in ("specialty", "mode", "students")] == [None, None, None]


def test_w38_what_else_is_found_there_gets_one_finding_a_cell() -> None:
    found = cells(check("| Не участвуем | 9 | ! | Дневная | 0.5 | 12 |"))
    assert found == [("when_then", cell) for cell in ("B5", "C5", "D5", "E5", "F5")]


@pytest.mark.parametrize("word", ["не участвует", "Не участвуют в ВПР", "отказ", "-"])
def test_w38_another_word_for_the_opt_out_is_one_finding(word: str) -> None:
    assert cells(check(f"| {word} | | | | | |")) == [("list", "A5")]


def test_w38_the_opt_out_beside_rows_of_data_is_asked_about() -> None:
    head = "| subject | date_first | rooms_first | people_first |"
    book = schedule(SCHEDULE, paper=f"{head}\n| Физика | 2021-09-15 | 1 | 10 |\n| Не участвуем | | | |")
    (checked,) = check_batch(SCHEDULE, [book])
    assert [(item.code, item.cell, item.severity) for item in checked.findings] == [
        ("outside.opted_out", "A6", Severity.WARNING)
    ]


def test_w38_zeros_of_a_category_without_a_date_get_one_remedy() -> None:
    head = "| subject | date_first | rooms_first | people_first | rooms_graduates | people_graduates |"
    book = schedule(SCHEDULE, paper=f"{head}\n| Физика | 2021-09-15 | 1 | 10 | 0 | 0 |")
    (checked,) = check_batch(SCHEDULE, [book])
    assert cells(checked) == [("range", "F5"), ("range", "G5")]
    assert {finding.message.rpartition(", ")[2] for finding in checked.findings} == {"очистите ячейку."}
