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
        "| Общее число | | | | 70 | 66 |",
        "| По техникуму в целом | | | | 70 | 66 |",
        "| | | | | 70 | 66 |",
        "| | | | Σ | 70 | |",
        "| Всего | х | х | - | 70 | 66 |",
        "| Дата | 2021-09-20 | | | | |",
        "| Телефон | 89001234567 | | | | |",
        "| | | Зорин З. З. | | | |",
        "| Образование | Код | Наименование | Форма | Обуч-ся | Участников |",
        "| 1 | 2 | 3 | 4 | 5 | 6 |",
        "| А | Б | В | Г | 1 | 2 |",
        f"| {' | '.join(FORM.sheets[0].kinds)} |",
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


@pytest.mark.parametrize(
    "row",
    [
        "| | | Сварщик | | | |",
        "| Итого | | | Очная | 70 | 66 |",
        "| | | | | 12 | |",
        "| | 2021-09-20 | | | | |",
        "| 89001234567 | | | | | |",
        "| | 09.00.00 Информатика и техника | | | | |",
        "| | | | | Очники: | |",
        "| Очное отделение | | | | 20 | 18 |",
        "| | | Очники, всего | | 60 | |",
    ],
)
def test_w36_what_may_be_a_row_begun_is_one_finding(row: str) -> None:
    checked = check(ONE, row, TWO)
    assert [code for code, _ in cells(checked)] == ["outside.row"]
    assert "удалите" in checked.findings[0].message
    assert "6" in checked.received["first_year"]


def test_w36_what_explains_a_total_is_one_finding() -> None:
    checked = check(ONE, TWO, "| Итого | | | | 70 | 66 |", "| | | в том числе очно | | 50 | |")
    assert cells(checked) == [("outside.row", "C8")]


def test_w36_the_sum_of_a_part_is_a_total() -> None:
    again = TWO.replace("38.02.01", "38.02.02")
    other = ONE.replace("09.02.07", "09.02.08")
    checked = check(ONE, TWO, "| | | | | 70 | 66 |", again, other, "| По отделению в целом | | | | 70 | 66 |")
    assert (checked.outcome, checked.rows) == (Outcome.ACCEPTED, {"first_year": 4})


def on_paper(*rows: str, merged: tuple[str, ...] = ()) -> Checked:
    head = "| subject | date_first | rooms_first | people_first | date_graduates | rooms_graduates | people_graduates |"
    data = ["| Физика | 2021-09-20 | 1 | 12 | | | |", "| Химия | 2021-09-22 | 2 | 25 | 2021-09-23 | 1 | 9 |"]
    book = schedule(SCHEDULE, paper="\n".join([head, *data, *rows]))
    (checked,) = check_batch(SCHEDULE, [with_sheet(book, SCHEDULE.sheets[0].title, merged=merged)])
    return checked


@pytest.mark.parametrize(
    "row",
    [
        "| Всего участников | | | 37 | | | 9 |",
        "| | | 3 | 37 | | 1 | 9 |",
        "| Завуч | | Зорин | | | | |",
        "| | | | Зам. директора | | | Зорин |",
        "| Дата | 2021-09-24 | | | | | |",
        "| тел. | 8-900-123-45-67 | | | | | |",
        "| 1 | 1900-01-02 | 3 | 4 | 1900-01-05 | 6 | 7 |",
        "| 1 | 1900-01-01 | 3 | 4 | 1900-01-04 | 6 | 7 |",
    ],
)
def test_w36_where_one_column_alone_is_required_rows_are_told_apart_as_well(row: str) -> None:
    checked = on_paper(row)
    assert (checked.outcome, checked.findings, checked.rows["paper"]) == (Outcome.ACCEPTED, (), 2)
    assert [note.cell and note.cell[1:] for note in checked.notes] == ["7"]


@pytest.mark.parametrize("row", ["| Вторая неделя | | | | | | |", "| | Вторая неделя | | | | | |"])
def test_w36_a_title_that_may_be_a_subject_is_one_finding(row: str) -> None:
    assert [code for code, _ in cells(on_paper(row))] == ["outside.row"]
    assert on_paper("| Естественные науки | | | | | | |", merged=("A7:G7",)).findings == ()


def test_w36_words_beside_the_table_where_no_data_are_get_a_note() -> None:
    book = workbook(FORM, first_year="\n".join([HEAD, ONE]))
    rows = dict(book.sheets[0].rows)
    signed = {**rows, 9: {1: "Директор", 8: "Громов А. А."}}
    (checked,) = check_batch(FORM, [with_sheet(book, TITLE, rows=signed)])
    assert (checked.outcome, checked.findings) == (Outcome.ACCEPTED, ())
    assert ["H9" in note.message for note in checked.notes] == [False, True]
    beside = {**rows, 5: {**rows[5], 8: "уточняется"}}
    (checked,) = check_batch(FORM, [with_sheet(book, TITLE, rows=beside)])
    assert cells(checked) == [("outside.beside", "H5")]


def test_w36_a_signature_on_an_empty_form_is_no_row() -> None:
    checked = check("| Директор ______ Громов | | | | | |")
    assert [code for code, _ in cells(checked)] == ["rows_min"]


def test_w36_a_text_is_a_row_where_nothing_is_required() -> None:
    form = load_form(
        """
form: free
version: 1
title: Заметки
sheets:
  - id: one
    title: Заметки
    rows: {max: 20}
    columns:
      - {id: name, title: Название, type: text}
      - {id: place, title: Место, type: text}
      - {id: count, title: Сколько, type: int}
      - {id: note, title: Заметка, type: text}
""",
        "free",
    )
    table = (
        "| name | place | count | note |\n| Музей | Тула | 3 | да |\n| Парк | Тула | | |\n| Сад | | | |\n| | | 3 | |"
    )
    (checked,) = check_batch(form, [workbook(form, one=table)])
    assert (checked.outcome, checked.rows) == (Outcome.ACCEPTED, {"one": 4})
    (checked,) = check_batch(form, [with_sheet(workbook(form, one=table), "Заметки", merged=("A7:D7",))])
    assert (checked.outcome, checked.rows) == (Outcome.ACCEPTED, {"one": 3})  # a title over the rows below it


def test_w36_a_total_that_lacks_nothing_is_known_by_its_sums() -> None:
    circles = ("| Шахматы | 12 |", "| Хор | 30 |")
    assert small(*circles, "| Итого | 42 |").rows == {"one": 2}
    assert cells(small(*circles, "| Итого | 40 |")) == [("outside.row", "A7")]
    kept = small("| Всего понемногу | 12 |", "| Итоговый концерт | 30 |")
    assert (kept.outcome, kept.rows) == (Outcome.ACCEPTED, {"one": 2})


@pytest.mark.parametrize(
    "row", ["| Основное общее | | | | | |", "| Основнае общее | | | | | |", "| | '15.01.05 | | | 12 | |"]
)
def test_w36_a_row_with_a_value_stays_a_row(row: str) -> None:
    found = cells(check(ONE, row))
    assert len(found) >= 4
    assert {code for code, _ in found} <= {"required", "list"}


@pytest.mark.parametrize("mark", ["0", "-", "—", "'0", "нет", "н/д", "…", "ноль", "0 чел.", "Не участвуем"])
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


def test_w38_a_dash_for_the_opt_out_is_one_finding() -> None:
    assert cells(check("| '- | | | | | |")) == [("cell.dash", "A5")]


@pytest.mark.parametrize("word", ["не участвует", "Не участвуют в ВПР", "отказ"])
def test_w38_another_word_for_the_opt_out_is_one_finding(word: str) -> None:
    assert cells(check(f"| {word} | | | | | |")) == [("list", "A5")]
    checked = check(f"| {word} | - | | нет | 0 | 0 |")
    assert cells(checked) == [("list", "A5")]
    assert "выберите «Не участвуем»" in checked.findings[0].message


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


NOBODY_HEAD = (
    "| subject | date_first | rooms_first | people_first | date_graduates | rooms_graduates | people_graduates |"
)


def days(row: str) -> list[tuple[str | None, str]]:
    """Return the places and sentences of what is found in a row of the schedule."""
    (checked,) = check_batch(SCHEDULE, [schedule(SCHEDULE, paper=f"{NOBODY_HEAD}\n{row}")])
    assert checked.outcome is Outcome.REJECTED
    return [(finding.cell, finding.message) for finding in checked.findings]


@pytest.mark.parametrize(
    ("graduates", "told"),
    [
        ("- | - | -", "прочерк"),
        ("— | – | −", "прочерк"),
        ("нет | нет | нет", "слова"),
        ("не проводим | не проводим | не проводим", "слова"),
        ("Выпуска не было | отсутствуют | никто", "слова"),
    ],
)
def test_w38_dashes_and_words_of_a_category_get_one_remedy_a_cell(graduates: str, told: str) -> None:
    found = days(f"| Физика | 2021-09-15 | 1 | 10 | {graduates} |")
    assert [cell for cell, _ in found] == ["E5", "F5", "G5"]
    for _, message in found:
        assert message.startswith(f"Здесь {told}: если в этой категории никто не участвует, очистите ячейку")
        assert message.count(".") in (1, 3)  # one sentence, perhaps with ДД.ММ.ГГГГ


def test_w38_marks_of_nobody_may_be_mixed_and_leave_cells_empty() -> None:
    found = days("| Физика | 2021-09-15 | 1 | 10 | - | 0 | |")
    assert [(cell, message.split(":")[0]) for cell, message in found] == [("E5", "Здесь прочерк"), ("F5", "Здесь ноль")]


@pytest.mark.parametrize("graduates", ["20 сент | - | -", "- | 2 | -", "нет | нет | 12 чел.", "2021-09-20 | - | нет"])
def test_w38_where_somebody_seems_to_take_part_nothing_is_said_of_nobody(graduates: str) -> None:
    assert not any("никто" in message for _, message in days(f"| Физика | 2021-09-15 | 1 | 10 | {graduates} |"))
