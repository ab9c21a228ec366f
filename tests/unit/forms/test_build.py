"""The form that an organisation gets, seen as a spreadsheet program sees it (openpyxl) and as our reader does."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.definition.describe import prompt
from pipeline.forms.definition.form import load_form
from pipeline.forms.locating.locate import (
    carriers,
    locate,
)
from pipeline.forms.making.build import build_workbook
from pipeline.forms.making.datasheet import (
    column_widths,
    place_rows,
)
from pipeline.forms.parts import layout
from pipeline.forms.reading.read import read_workbook
from tests.factories.workbooks import COVER, FORM_YAML, TOKEN, sample_form

RECEIVED: dict[str, Any] = {
    "first": {
        "5": {
            "subject": "Химия",
            "day": {"date": "2021-09-15"},
            "rooms": 3,
            "share": 0.5,
            "code": "007",
            "online": True,
        },
        "7": {"subject": "=1+1", "day": "15/09/21", "rooms": "двадцать", "code": 7, "remark": "@SUM(A1)"},
        "8": {"subject": {"error": "#N/A"}, "rooms": {"formula": True}, "day": {"datetime": "2021-09-15T10:30:00"}},
    },
    "second": {"5": {"subject": "Не участвуем"}},
}


def opened(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def validations(sheet: Worksheet) -> dict[str, DataValidation]:
    """Return the validations of a sheet by the first cell of each."""
    return {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_the_same_input_gives_the_same_bytes_and_nothing_of_the_machine() -> None:
    data = build_workbook(sample_form(), COVER, RECEIVED)
    assert data == build_workbook(sample_form(), COVER, RECEIVED)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "2021-08-30T17:41:00Z" in core
    assert data != build_workbook(sample_form(), dataclasses.replace(COVER, login="spo240066"), RECEIVED)


def test_the_cover_says_who_what_when_where_and_the_code() -> None:
    sheet = opened(build_workbook(sample_form(), COVER)).worksheets[0]
    words = texts(sheet)
    assert sheet.title == layout.COVER_TITLE
    for expected in (
        COVER.login,
        COVER.login_name,
        COVER.publication_title,
        "7 сентября 2021 года, 18:00 мск",
        COVER.reply_to,
        COVER.support,
        "Шаг 4",
        "Первый лист",
    ):
        assert expected in words
    assert sheet[layout.COVER_CODE].value == COVER.form_code
    draft = sheet[layout.COVER_DRAFT]
    assert (draft.value, draft.protection.locked) == ("нет", False)
    assert validations(sheet)[layout.COVER_DRAFT].formula1 == '"да,нет"'


def test_identity_travels_in_three_carriers() -> None:
    data = build_workbook(sample_form(), COVER)
    said = carriers(read_workbook(data))
    assert said.tokens == (TOKEN, TOKEN)
    assert (said.form_id, said.form_version, said.code, said.draft) == ("sample-form", 3, COVER.form_code, False)
    book = opened(data)
    assert TOKEN in str(book.properties.keywords)
    assert book[layout.KEY_SHEET].sheet_state == "veryHidden"


def test_s10_a_sheet_has_its_title_hint_header_and_kinds_row() -> None:
    sheet = opened(build_workbook(sample_form(), COVER))["Первый лист"]
    assert sheet.cell(layout.TITLE_ROW, 1).value == "Пробный сбор — Первый лист"
    assert "хотя бы 1 строку" in str(sheet.cell(layout.HINT_ROW, 1).value)
    header = [cell.value for cell in sheet[layout.HEADER_ROW]]
    assert header == [column.title for column in sample_form().sheet("first").columns]
    kinds = [cell.value for cell in sheet[layout.KINDS_ROW]]
    assert kinds == ["Список*", "Дата", "Число", "Число", "Код", "Текст", "Да/нет"]
    assert sheet.freeze_panes == "A5"


def test_w20_prompts_and_refusals_are_the_definitions_own_words() -> None:
    form = sample_form()
    rules = validations(opened(build_workbook(form, COVER))["Первый лист"])
    rooms = rules["C5"]
    assert (rooms.type, rooms.operator, rooms.formula1, rooms.formula2) == ("whole", "between", "1", "100")
    assert str(rooms.sqref) == "C5:C12"
    assert rooms.prompt == prompt(form, form.sheet("first"), form.sheet("first").column("rooms"))
    assert "Число должно быть между 1 и 100" in str(rooms.prompt)
    assert "Число должно быть между 1 и 100" in str(rooms.error)
    day = rules["B5"]
    assert (day.type, day.formula1, day.formula2) == ("date", "44454", "44478")
    assert rules["E5"].type == "textLength"
    assert rules["G5"].formula1 == '"да,нет"'
    assert all(len(str(rule.prompt)) <= 255 and len(str(rule.promptTitle)) <= 32 for rule in rules.values())


def test_w4_long_lists_stand_on_a_hidden_sheet_behind_a_name() -> None:
    values = ", ".join(f"Предмет с длинным названием номер {number}" for number in range(60))
    form = load_form(FORM_YAML.replace("Русский язык, Математика, Химия", values), "form.yaml")
    book = opened(build_workbook(form, COVER))
    rule = validations(book["Первый лист"])["A5"]
    assert rule.type == "list"
    assert rule.formula1 == "kabinet_list_subjects"
    area = book.defined_names["kabinet_list_subjects"].attr_text
    assert area == "kabinet_lists!$A$2:$A$62"
    lists = book[layout.LISTS_SHEET]
    assert lists.sheet_state == "veryHidden"
    assert lists["A62"].value == "Не участвуем"


def test_only_cells_to_fill_can_be_changed_and_filters_work() -> None:
    sheet = opened(build_workbook(sample_form(), COVER))["Первый лист"]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet.protection.autoFilter is False
    open_cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert open_cells == {f"{letter}{row}" for letter in "ABCDEFG" for row in range(5, 13)}
    assert sheet.auto_filter.ref == "A4:G12"


def test_cells_show_dates_as_people_write_them_and_keep_codes_as_text() -> None:
    sheet = opened(build_workbook(sample_form(), COVER))["Первый лист"]
    assert [cell.number_format for cell in sheet[5]] == ["@", "dd.mm.yyyy", "General", "General", "@", "@", "@"]


def test_it_prints_across_on_the_width_of_a_page_with_the_header_on_each() -> None:
    sheet = opened(build_workbook(sample_form(), COVER))["Первый лист"]
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$4"


def test_s9_a_prefilled_form_holds_what_was_received() -> None:
    sheet = read_workbook(build_workbook(sample_form(), COVER, RECEIVED)).sheets[1]
    assert {row: sheet.rows[row] for row in sheet.rows if row >= layout.FIRST_ROW} == {
        5: {1: "Химия", 2: _date("2021-09-15"), 3: 3, 4: 0.5, 5: "007", 7: "да"},
        7: {1: "=1+1", 2: "15/09/21", 3: "двадцать", 5: 7, 6: "@SUM(A1)"},
        8: {1: "#N/A", 2: _date("2021-09-15T10:30:00")},
    }


def test_w24_received_text_never_becomes_a_formula() -> None:
    book = opened(build_workbook(sample_form(), COVER, RECEIVED))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert "e" not in kinds
    assert book["Первый лист"]["A7"].quotePrefix


def test_a_form_that_keeps_data_out_of_letters_is_never_prefilled() -> None:
    secret = sample_form().model_copy(update={"mail_back": False})
    assert build_workbook(secret, COVER, RECEIVED) == build_workbook(secret, COVER)


def test_control_characters_do_not_stop_a_prefill() -> None:
    received = {"first": {"5": {"subject": "Хим\x0bия\x00", "remark": "а" * 40_000}}}
    sheet = read_workbook(build_workbook(sample_form(), COVER, received)).sheets[1]
    assert sheet.cell(5, 1) == "Химия"
    assert len(str(sheet.cell(5, 6))) == 32_767


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([5, 9], {5: 5, 9: 9}),
        ([3, 4], {3: 5, 4: 6}),
        ([8, 13, 20], {8: 5, 13: 6, 20: 7}),
        (range(5, 15), {number: number for number in range(5, 15)}),
    ],
)
def test_rows_that_do_not_fit_their_place_are_put_one_after_another(numbers: Any, expected: dict[int, int]) -> None:
    received = {str(number): {"subject": "Химия"} for number in numbers}
    assert place_rows(sample_form().sheet("first"), received) == expected


def test_rows_beyond_the_forms_range_are_shown_below_it() -> None:
    received = {"second": {str(number): {"subject": "Химия", "rooms": number} for number in range(5, 14)}}
    data = build_workbook(sample_form(), COVER, received)
    sheet = read_workbook(data).sheets[2]
    assert [sheet.cell(row, 2) for row in range(5, 14)] == list(range(5, 14))
    assert not opened(data)["Второй лист"]["B13"].protection.locked


def test_columns_are_wide_enough_for_their_words_and_choices() -> None:
    form = sample_form()
    widths = column_widths(form, form.sheet("first"))
    for column, width in zip(form.sheet("first").columns, widths, strict=True):
        listed = form.choices(column)
        assert width > max(len(word) for word in column.title.split())
        assert listed is None or width > max(len(choice) for choice in listed.choices)


def test_a_blank_form_reads_back_with_every_sheet_and_column_in_place() -> None:
    form = sample_form()
    located = locate(form, read_workbook(build_workbook(form, COVER)))
    assert (located.findings, located.repaired) == ((), ())
    for spec in form.sheets:
        place = located.sheets[spec.id]
        assert list(place.columns.values()) == list(range(1, len(spec.columns) + 1))
        assert (place.first_row, place.last_row) == (layout.first_row(spec), layout.last_row(spec))


def _date(text: str) -> Any:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
