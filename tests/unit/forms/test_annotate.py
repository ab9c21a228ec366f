"""The answer to a faulty return: our form, the received values, every fault named where it is."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook, load_workbook

from pipeline.forms.checking.check import check_batch
from pipeline.forms.locating.locate import (
    carriers,
    locate,
)
from pipeline.forms.making import annotate as module
from pipeline.forms.making import styles
from pipeline.forms.making.annotate import annotate
from pipeline.forms.parts import layout
from pipeline.forms.reading.read import read_workbook
from pipeline.model import Finding, Outcome, Severity
from tests.factories.workbooks import COVER, TOKEN, sample_form

FORM = sample_form()
RECEIVED: dict[str, Any] = {
    "first": {
        "5": {"subject": "Химия", "day": {"date": "2021-12-15"}, "rooms": "двадцать"},
        "6": {"subject": "Физика", "rooms": 300},
    },
    "second": {},
}
WRONG = "FFC7CE"
DOUBTFUL = "FFEB9C"


def fault(row: int | None, column: str | None, message: str, **rest: Any) -> Finding:
    values = {"severity": Severity.ERROR, "sheet": "Первый лист"} | rest
    return Finding("type", "type", message=message, row=row, column=column, **values)


FINDINGS = (
    fault(5, "day", "Дата должна быть с 15.09.2021 по 09.10.2021.", cell="B5", value="15.12.2021"),
    fault(5, "rooms", "Введите целое число.", cell="C5", value="двадцать"),
    fault(5, "rooms", "И ещё одно замечание.", cell="C5", value="двадцать"),
    fault(6, "rooms", "Проверьте число.", cell="C6", value="300", severity=Severity.WARNING),
    fault(7, None, "Строка не заполнена."),
    fault(None, None, "На листе должна быть хотя бы одна строка.", sheet="Второй лист"),
    fault(None, None, "Книга собрана из двух форм.", sheet=None),
)


def opened(findings: tuple[Finding, ...] = FINDINGS, received: dict[str, Any] | None = None) -> Workbook:
    return load_workbook(io.BytesIO(annotate(FORM, COVER, RECEIVED if received is None else received, findings)))


def fill_of(book: Workbook, cell: str) -> str:
    return str(book["Первый лист"][cell].fill.fgColor.rgb)[-6:]


def test_wrong_cells_are_coloured_and_say_what_to_do() -> None:
    book = opened()
    sheet = book["Первый лист"]
    assert [fill_of(book, cell) for cell in ("B5", "C5", "C6", "A5")] == [WRONG, WRONG, DOUBTFUL, "000000"]
    assert sheet["C5"].value == "двадцать"
    assert sheet["C5"].comment is not None
    assert sheet["C5"].comment.text == "Введите целое число.\nИ ещё одно замечание."
    assert sheet["C5"].comment.author == "Проверка формы"
    assert sheet["C5"].font.color == styles.WRONG_FONT.color


def test_a_fault_of_a_whole_row_colours_it_and_stands_at_its_beginning() -> None:
    book = opened()
    assert {fill_of(book, f"{letter}7") for letter in "ABCDEFG"} == {WRONG}
    assert book["Первый лист"]["A7"].comment.text == "Строка не заполнена."
    assert book["Первый лист"]["B7"].comment is None


def test_an_error_is_not_painted_over_by_a_warning() -> None:
    doubt = fault(5, "day", "Проверьте дату.", severity=Severity.WARNING)
    assert fill_of(opened((*FINDINGS, doubt)), "B5") == WRONG


def test_w23_all_findings_are_listed_second_with_links_to_their_cells() -> None:
    book = opened()
    assert book.sheetnames[:2] == [layout.COVER_TITLE, layout.FINDINGS_TITLE]
    assert book.active is not None
    assert book.active.title == layout.FINDINGS_TITLE
    sheet = book[layout.FINDINGS_TITLE]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    assert len(rows) == len(FINDINGS)
    assert rows[0] == [
        1,
        "Ошибка",
        "Первый лист",
        "B5",
        "Дата проведения",
        "15.12.2021",
        "Дата должна быть с 15.09.2021 по 09.10.2021.",
    ]
    assert [row[1] for row in rows] == ["Ошибка"] * 6 + ["Проверьте"]
    links = [sheet.cell(row, 4).hyperlink or sheet.cell(row, 3).hyperlink for row in range(6, 13)]
    assert [link and link.location for link in links] == [
        "'Первый лист'!B5",
        "'Первый лист'!C5",
        "'Первый лист'!C5",
        "'Первый лист'!A7",
        "'Второй лист'!A1",
        None,
        "'Первый лист'!C6",
    ]
    assert "6 ошибок, 1 предупреждение" in str(sheet["A2"].value)


def test_findings_past_the_limits_are_counted(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "MAX_LISTED", 3)
    monkeypatch.setattr(module, "MAX_NOTES", 1)
    book = opened()
    words = [str(row[0].value) for row in book[layout.FINDINGS_TITLE].iter_rows(min_row=6)]
    assert words[3].startswith("…и ещё замечаний: 4.")
    notes = [cell for row in book["Первый лист"].iter_rows() for cell in row if cell.comment]
    assert len(notes) == 1
    assert fill_of(book, "C6") == DOUBTFUL


def test_a_note_is_no_longer_than_a_screen() -> None:
    findings = tuple(fault(5, "day", f"Замечание номер {number} о дате.") for number in range(200))
    note = opened(findings)["Первый лист"]["B5"].comment
    assert len(note.text) <= 900
    assert note.text.endswith("…")


def test_a_value_in_the_list_never_becomes_a_formula() -> None:
    book = opened((fault(5, "day", "=Плохо", cell="B5", value='=HYPERLINK("http://example.org")'),))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_the_cell_follows_the_column_when_the_sender_had_moved_it() -> None:
    """The finding names the cell of the file that came (H5); in our form the column stands elsewhere."""
    book = opened((fault(5, "day", "Неверная дата.", cell="H5"),))
    assert fill_of(book, "B5") == WRONG
    assert book[layout.FINDINGS_TITLE]["D6"].value == "B5"


def test_rows_that_were_moved_keep_their_marks() -> None:
    received = {"first": {"30": {"subject": "Химия"}, "31": {"subject": "Физика", "rooms": 300}}}
    book = opened((fault(31, "rooms", "Слишком много."),), received)
    assert book["Первый лист"]["A6"].value == "Физика"
    assert fill_of(book, "C6") == WRONG


def test_data_below_the_table_are_named_by_their_own_cell() -> None:
    book = opened((fault(40, "subject", "Данные ниже таблицы.", cell="A40"),))
    assert book[layout.FINDINGS_TITLE]["D6"].value == "A40"
    assert book[layout.FINDINGS_TITLE]["D6"].hyperlink is None


def test_a_form_that_keeps_data_out_of_letters_comes_back_without_values() -> None:
    secret = FORM.model_copy(update={"mail_back": False})
    data = annotate(secret, COVER, RECEIVED, FINDINGS)
    texts = [cell for sheet in read_workbook(data).sheets for cells in sheet.rows.values() for cell in cells.values()]
    assert "двадцать" not in texts
    assert "Физика" not in texts


def test_the_same_input_gives_the_same_bytes() -> None:
    assert annotate(FORM, COVER, RECEIVED, FINDINGS) == annotate(FORM, COVER, RECEIVED, FINDINGS)


def test_w3_the_answer_is_a_form_that_can_be_corrected_and_sent_back() -> None:
    form_back = read_workbook(annotate(FORM, COVER, RECEIVED, FINDINGS))
    located = locate(FORM, form_back)
    assert (located.findings, located.repaired) == ((), ())
    assert carriers(form_back).tokens == (TOKEN, TOKEN)
    again = check_batch(FORM, [form_back])[0]
    assert again.outcome is Outcome.REJECTED
    assert again.received["first"] == RECEIVED["first"]


def test_w3_corrected_data_are_accepted() -> None:
    received = {"first": {"5": {"subject": "Химия", "day": {"date": "2021-09-15"}, "rooms": 20}}}
    book = load_workbook(io.BytesIO(annotate(FORM, COVER, RECEIVED, FINDINGS)))
    sheet = book["Первый лист"]
    sheet["B5"].value, sheet["C5"].value = "15.09.2021", 20
    for cell in sheet[6]:
        cell.value = None
    buffer = io.BytesIO()
    book.save(buffer)
    verdict = check_batch(FORM, [read_workbook(buffer.getvalue())])[0]
    assert verdict.findings == ()
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.data["first"][0]["rooms"] == received["first"]["5"]["rooms"]
