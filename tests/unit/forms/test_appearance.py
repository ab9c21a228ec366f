"""What a person sees of the shipped forms in a spreadsheet program: Fig. 14–17 of the cabinet, screens and paper."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import build_workbook
from pipeline.forms.parts import layout
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.model import Finding, Severity
from tests.editors.shipped import PARTICIPANTS, SCHEDULE
from tests.factories.workbooks import COVER

FORMS = [pytest.param(form, id=form.form) for form in (SCHEDULE, PARTICIPANTS)]
FINDING = Finding(
    "range", "range", Severity.ERROR, "Исправьте число.", "РАБОТЫ НА БЛАНКЕ", 5, "rooms_first", "C5", "300"
)
RECEIVED: dict[str, Any] = {"paper": {"5": {"subject": "Химия", "rooms_first": 300}}, "meta": {}, "computer": {}}


def opened(form: FormDefinition) -> Workbook:
    return load_workbook(io.BytesIO(build_workbook(form, COVER)))


def rules_of(sheet: Worksheet) -> list[DataValidation]:
    return list(sheet.data_validations.dataValidation)


def rule_at(sheet: Worksheet, column: int, spec: SheetSpec) -> DataValidation:
    """The one rule that a cell of the column's last row has."""
    cell = layout.address(layout.last_row(spec), column)
    (rule,) = (rule for rule in rules_of(sheet) if cell in rule.sqref)
    return rule


@pytest.mark.parametrize("form", FORMS)
def test_s10_the_header_stays_while_one_scrolls(form: FormDefinition) -> None:
    book = opened(form)
    for spec in form.sheets:
        sheet = book[spec.title]
        assert sheet.freeze_panes == f"A{layout.first_row(spec)}"
        assert sheet.sheet_view.selection[0].activeCell == f"A{layout.first_row(spec)}"
        assert not sheet.sheet_view.showGridLines


@pytest.mark.parametrize("form", FORMS)
def test_s10_the_kinds_row_marks_what_must_be_filled(form: FormDefinition) -> None:
    """Fig. 14: «Список*», «Число*», «Дата»; the star is red and bold beside the quiet rest."""
    book = opened(form)
    for spec in form.sheets:
        for number, column in enumerate(spec.columns, start=1):
            cell = book[spec.title].cell(layout.KINDS_ROW, number)
            starred = column.required or (column.kind or "").endswith("*")
            assert str(cell.value).endswith("*") == starred
            assert (bool(cell.font.bold), str(cell.font.color.rgb)[-6:] == "9C2B12") == (starred, starred)


def test_s10_the_tip_stands_above_the_table() -> None:
    """Fig. 16."""
    sheet = opened(SCHEDULE)["РАБОТЫ НА БЛАНКЕ"]
    assert sheet.cell(layout.HINT_ROW, 1).value == (
        "Количество дней по одному предмету не должно превышать пяти по каждой категории участников. "
        "Если ОО не участвует в данных предметах, выберите соответствующее значение."
    )
    assert "A2:G2" in sheet.merged_cells
    assert sheet.cell(layout.HINT_ROW, 1).alignment.wrap_text


def test_s10_prompts_and_refusals_say_what_to_write() -> None:
    """Fig. 17: the prompt beside the cell, and the words with which the editor refuses."""
    spec = SCHEDULE.sheet("paper")
    sheet = opened(SCHEDULE)[spec.title]
    rooms, people = rule_at(sheet, 3, spec), rule_at(sheet, 4, spec)
    assert rooms.promptTitle == "Количество аудиторий 1й курс"
    assert str(rooms.prompt).startswith("Число должно быть между 1 и 100.")
    assert "Если указана дата, заполните количество аудиторий и количество участников." in str(people.prompt)
    assert str(rooms.error).startswith("Число должно быть между 1 и 100.")
    day = rule_at(sheet, 2, spec)
    assert "с 15.09.2021 по 09.10.2021" in str(day.prompt)
    assert "ДД.ММ.ГГГГ" in str(day.error)
    assert "Не участвуем" in str(rule_at(sheet, 1, spec).prompt)


@pytest.mark.parametrize("form", FORMS)
def test_s10_every_cell_to_fill_has_its_prompt_and_may_be_left_empty(form: FormDefinition) -> None:
    book = opened(form)
    for spec in form.sheets:
        for number, column in enumerate(spec.columns, start=1):
            rule = rule_at(book[spec.title], number, spec)
            letter = layout.letters(number)
            assert str(rule.sqref) == f"{letter}{layout.first_row(spec)}:{letter}{layout.last_row(spec)}"
            assert rule.showInputMessage
            assert rule.prompt
            assert rule.allowBlank
            assert rule.errorStyle in (None, "stop")
            assert len(str(rule.prompt)) <= 255
            assert len(column.title[:32]) == len(str(rule.promptTitle))


@pytest.mark.parametrize("form", FORMS)
def test_w4_drop_downs_offer_the_hidden_list_whole(form: FormDefinition) -> None:
    book = opened(form)
    hidden = book[layout.LISTS_SHEET]
    assert hidden.sheet_state == "veryHidden"
    for spec in form.sheets:
        for number, column in enumerate(spec.columns, start=1):
            listed = form.choices(column)
            if listed is None:
                continue
            rule = rule_at(book[spec.title], number, spec)
            assert rule.type == "list"
            assert not rule.showDropDown  # the attribute hides the arrow where it is set
            area = str(book.defined_names[str(rule.formula1)].attr_text)
            found = re.fullmatch(rf"{layout.LISTS_SHEET}!\$([A-Z]+)\$(\d+):\$\1\$(\d+)", area)
            assert found is not None
            shown = [hidden[f"{found[1]}{row}"].value for row in range(int(found[2]), int(found[3]) + 1)]
            assert shown == list(listed.choices)


@pytest.mark.parametrize("form", FORMS)
def test_s10_only_cells_to_fill_can_be_changed_while_filters_and_widths_can_be_used(form: FormDefinition) -> None:
    book = opened(form)
    for spec in form.sheets:
        sheet = book[spec.title]
        guard = sheet.protection
        assert (guard.sheet, guard.password) == (True, None)
        # In the file these attributes say what is locked.
        assert (guard.autoFilter, guard.sort, guard.formatColumns, guard.formatRows) == (False, False, False, False)
        edge = layout.letters(len(spec.columns))
        assert sheet.auto_filter.ref == f"A{layout.KINDS_ROW}:{edge}{layout.last_row(spec)}"
        filled = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        rows = range(layout.first_row(spec), layout.last_row(spec) + 1)
        assert filled == {f"{layout.letters(n)}{row}" for n in range(1, len(spec.columns) + 1) for row in rows}
    cover = book[layout.COVER_TITLE]
    assert cover.protection.sheet
    open_cells = [cell.coordinate for row in cover.iter_rows() for cell in row if not cell.protection.locked]
    assert open_cells == [layout.COVER_DRAFT]


@pytest.mark.parametrize("form", FORMS)
def test_s10_it_prints_on_a4_across_with_its_header_on_every_page(form: FormDefinition) -> None:
    book = opened(form)
    for spec in form.sheets:
        sheet = book[spec.title]
        page = sheet.page_setup
        assert (page.orientation, int(page.paperSize or 0), page.fitToWidth, page.fitToHeight) == ("landscape", 9, 1, 0)
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == f"${layout.HEADER_ROW}:${layout.KINDS_ROW}"
        edge = layout.letters(len(spec.columns))
        assert str(sheet.print_area).endswith(f"$A$1:${edge}${layout.last_row(spec)}")
        footer = sheet.oddFooter
        assert footer is not None
        assert "Страница &P из &N" in str(footer.right.text)


def test_the_banner_of_the_cover_fits_its_title() -> None:
    """A title of one line gets the height of one line: two were kept free for it."""
    sheet = opened(SCHEDULE)[layout.COVER_TITLE]
    assert len(str(sheet["B2"].value)) < 70
    assert (sheet.row_dimensions[2].height or 0) < 2 * 16 * 1.35


def test_the_answer_opens_at_the_list_with_links_and_marks_the_cells() -> None:
    book = load_workbook(io.BytesIO(annotate(SCHEDULE, COVER, RECEIVED, [FINDING])))
    listed = book[layout.FINDINGS_TITLE]
    assert book.active is listed
    assert listed.freeze_panes == "A6"
    assert listed.print_title_rows == "$5:$5"
    footer = listed.oddFooter
    assert footer is not None
    assert "Страница &P из &N" in str(footer.right.text)
    link = listed["D6"].hyperlink
    assert link is not None
    assert link.location == "'РАБОТЫ НА БЛАНКЕ'!C5"
    wrong = book["РАБОТЫ НА БЛАНКЕ"]["C5"]
    assert (wrong.value, str(wrong.fill.fgColor.rgb)[-6:], wrong.protection.locked) == (300, "FFC7CE", False)
    assert wrong.comment is not None
    assert wrong.comment.text == "Исправьте число."
