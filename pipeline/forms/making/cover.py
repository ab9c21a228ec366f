"""The first sheet: who it is for, what to do, by when, where to send, the code and the draft cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.catalogue import format_instant, text
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.making import styles
from pipeline.forms.making.pack import (
    cell_text,
    clean,
    put_text,
    styles_of,
)
from pipeline.forms.parts import layout

_LABELS, _VALUES = 24.0, 78.0
_TEXT_ROW = 21.0
_TALLEST = 409.0
"""Excel's greatest row height in points; a file with a higher one is repaired on opening."""
_ONE_LINE = max(_TEXT_ROW, styles.height("", _VALUES) + 4)
_NAME, _LOGIN, _REPLY_TO = "C5", "C6", "C9"


COVER_CELLS = (_NAME, _LOGIN, _REPLY_TO, layout.COVER_CODE)
"""The cells that differ between the logins of one publication, in their order."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Whose form it is and what its cover says. ``token`` is the signed identity, ``form_code`` the code for people;
    ``reply_to`` is the address that takes the answer. Instants are aware.
    """

    login: str
    login_name: str
    publication_title: str
    form_code: str
    token: str
    reply_to: str
    opens_at: datetime
    closes_at: datetime
    support: str


def personal_cells(cover: Cover) -> dict[str, str]:
    """Return the texts of ``COVER_CELLS`` by address."""
    return dict(zip(COVER_CELLS, (cover.login_name, cover.login, _where_to(cover), cover.form_code), strict=True))


def fact_height(value: str) -> float:
    """Return the height in points of the row of a cover cell that says ``value``."""
    if len(value) <= _VALUES - 2 and "\n" not in value:
        return _ONE_LINE
    return min(max(_TEXT_ROW, styles.height(clean(value), _VALUES) + 4), _TALLEST)


def write_cover(sheet: Worksheet, form: FormDefinition, cover: Cover) -> None:
    """Fill the first sheet. Only its draft cell can be changed."""
    sheet.title = layout.COVER_TITLE
    sheet.sheet_view.showGridLines = False
    for letter, width in (("A", 2.5), ("B", _LABELS), ("C", _VALUES), ("D", 2.5)):
        sheet.column_dimensions[letter].width = width
    _banner(sheet, form, cover)
    row = _facts(sheet, cover, 5)
    row = _steps(sheet, form, cover, row + 1)
    row = _draft(sheet, row + 1)
    row = _sheets(sheet, form, row + 1)
    _questions(sheet, cover, row + 1)
    _print(sheet, row + 2)


def _banner(sheet: Worksheet, form: FormDefinition, cover: Cover) -> None:
    width = _LABELS + _VALUES
    for row in (1, 2, 3):
        for column in range(1, 5):
            sheet.cell(row, column).fill = styles.BAND
    sheet.row_dimensions[1].height = 10
    for row, value, font, size in (
        (2, cover.publication_title, styles.TITLE, 16),
        (3, form.title, styles.SUBTITLE, 11),
    ):
        cell = sheet.cell(row, 2)
        put_text(cell, value)
        cell.font, cell.alignment = font, styles.LEFT
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=3)
        sheet.row_dimensions[row].height = min(styles.height(value, width, size) + 8, _TALLEST)
    sheet.row_dimensions[4].height = 12


def _facts(sheet: Worksheet, cover: Cover, row: int) -> int:
    deadline = text("cover.deadline_value", closes_at=format_instant(cover.closes_at))
    for label, value, font in (
        ("cover.name", cover.login_name, styles.STRONG),
        ("cover.login", cover.login, styles.BODY),
        ("cover.deadline", deadline, styles.URGENT),
        ("cover.opens", format_instant(cover.opens_at), styles.BODY),
        ("cover.reply_to", _where_to(cover), styles.BODY),
        ("cover.code", cover.form_code, styles.CODE),
    ):
        _pair(sheet, row, text(label), value)
        sheet.cell(row, 3).font = font
        row += 1
    for address, value in personal_cells(cover).items():
        assert sheet[address].value == cell_text(value) or not value
        styles_of(sheet[address])
    return row


def _where_to(cover: Cover) -> str:
    return text("cover.reply_to_value", address=cover.reply_to) if cover.reply_to else text("cover.reply_only")


def _pair(sheet: Worksheet, row: int, label: str, value: str) -> None:
    name, cell = sheet.cell(row, 2), sheet.cell(row, 3)
    put_text(name, label)
    put_text(cell, value)
    name.font, name.alignment, name.border = styles.QUIET, styles.LEFT, styles.UNDERLINE
    cell.font, cell.alignment, cell.border = styles.BODY, styles.LEFT, styles.UNDERLINE
    sheet.row_dimensions[row].height = fact_height(value)


def _heading(sheet: Worksheet, row: int, value: str) -> int:
    cell = sheet.cell(row, 2)
    put_text(cell, value)
    cell.font, cell.alignment = styles.HEADING, styles.FLAT
    sheet.row_dimensions[row].height = 24
    return row + 1


def _steps(sheet: Worksheet, form: FormDefinition, cover: Cover, row: int) -> int:
    row = _heading(sheet, row, text("cover.steps"))
    several = "one" if len(form.sheets) == 1 else "many"
    steps = (
        text(f"cover.step.fill.{several}"),
        text("cover.step.lists"),
        text("cover.step.save"),
        text("cover.step.send", closes_at=format_instant(cover.closes_at)),
    )
    for number, step in enumerate(steps, start=1):
        mark, cell = sheet.cell(row, 2), sheet.cell(row, 3)
        put_text(mark, text("cover.step", number=number))
        put_text(cell, step)
        mark.font, mark.alignment, mark.fill = styles.STRONG, styles.LEFT, styles.PALE
        cell.font, cell.alignment, cell.fill = styles.BODY, styles.LEFT, styles.PALE
        sheet.row_dimensions[row].height = fact_height(step)
        row += 1
    return row


def _draft(sheet: Worksheet, row: int) -> int:
    yes, no = text("forms.yes"), text("forms.no")
    _pair(sheet, row, text("cover.draft"), no)
    cell = sheet.cell(row, 3)
    sheet.cell(row, 2).font = styles.STRONG
    cell.font, cell.fill, cell.border, cell.protection = styles.STRONG, styles.INPUT, styles.BOX, styles.OPEN
    cell.number_format = "@"
    assert cell.coordinate == layout.COVER_DRAFT
    choice = DataValidation("list", formula1=f'"{yes},{no}"', allow_blank=True)
    choice.showInputMessage = choice.showErrorMessage = True
    choice.promptTitle, choice.prompt = text("cover.draft")[:32], text("cover.draft_hint")
    choice.errorTitle, choice.error = text("cover.draft")[:32], text("cover.draft_error", yes=yes, no=no)
    choice.add(cell.coordinate)
    sheet.add_data_validation(choice)
    hint = sheet.cell(row + 1, 3)
    put_text(hint, text("cover.draft_hint"))
    hint.font, hint.alignment = styles.QUIET, styles.LEFT
    sheet.row_dimensions[row + 1].height = styles.height(text("cover.draft_hint"), _VALUES, 10) + 8
    return row + 2


def _sheets(sheet: Worksheet, form: FormDefinition, row: int) -> int:
    row = _heading(sheet, row, text("cover.sheets"))
    for number, spec in enumerate(form.sheets, start=1):
        mark, cell = sheet.cell(row, 2), sheet.cell(row, 3)
        put_text(mark, text("cover.sheet", number=number))
        put_text(cell, spec.title)
        mark.font, cell.font = styles.QUIET, styles.LINK
        mark.alignment = cell.alignment = styles.FLAT
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate, location=f"'{spec.title}'!A{layout.first_row(spec)}", display=spec.title
        )
        cell.font = styles.LINK
        sheet.row_dimensions[row].height = _TEXT_ROW
        row += 1
    return row


def _questions(sheet: Worksheet, cover: Cover, row: int) -> None:
    _pair(sheet, row, text("cover.support"), cover.support)


def _print(sheet: Worksheet, last: int) -> None:
    styles.set_page(sheet, f"A1:D{last}", one_page=True)
    sheet.print_options.horizontalCentered = True
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
