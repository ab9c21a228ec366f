"""A data sheet of a form: title, hint, header, kinds row (seed, Fig. 14–17) and the cells to fill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.catalogue import text
from pipeline.forms.definition.describe import prompt, sheet_hint
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.making import styles
from pipeline.forms.making.pack import (
    CellStyles,
    copy_look,
    put_text,
    styles_of,
)
from pipeline.forms.parts import layout
from pipeline.forms.parts.columns import ColumnSpec, kind_label, limits_text, validation
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.forms.workbooks.cells import (
    CellError,
    Formula,
    PartDate,
    Percent,
    Raised,
    Struck,
    from_json,
)
from pipeline.forms.workbooks.values import as_text, parser

DATE_FORMAT = "dd.mm.yyyy"
DATE_TIME_FORMAT = "dd.mm.yyyy hh:mm"
_FORMATS = {"int": "General", "decimal": "General", "date": DATE_FORMAT}
"""A whole number has no «0» format: it would show 3.5 as 4 and hide what is wrong."""
_MAX_PROMPT = 255
_MAX_PROMPT_TITLE = 32
_LEAST_TOTAL = 96.0
"""Characters across a sheet: narrower ones are widened, so that the hint above the table is not a ribbon."""
_MOST_EXTRA = 1_000
"""Rows beyond the form's own that are still shown when a return had too many."""
_ONE_LINE = 18
"""Titles up to this long are one line of the header."""
_ROW_HEIGHT = 19.5
_BLANK_WIDTHS = {"int": 12.0, "decimal": 14.0, "date": 14.0, "bool": 10.0, "code": 16.0, "text": 24.0, "choice": 18.0}

Rows = Mapping[str, Mapping[str, Any]]
"""Received rows of a sheet: row number as text → column id → cell as JSON."""


def write_data_sheet(sheet: Worksheet, form: FormDefinition, spec: SheetSpec, received: Rows) -> Mapping[int, int]:
    """Fill ``sheet`` and return where each received row was put: its own number → the number here."""
    placed = place_rows(spec, received)
    widths = column_widths(form, spec)
    last = max([layout.last_row(spec), *placed.values()])
    sheet.sheet_view.showGridLines = False
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[layout.letters(number)].width = width
    _head(sheet, form, spec, widths)
    _grid(sheet, spec, last)
    for key, cells in received.items():
        if (row := placed.get(int(key))) is not None:
            _put_row(sheet, spec, row, cells)
    for number, column in enumerate(spec.columns, start=1):
        sheet.add_data_validation(_validation(form, spec, column, number, last))
    _set_up(sheet, form, spec, last)
    return placed


def place_rows(spec: SheetSpec, received: Rows) -> dict[int, int]:
    """Where received rows are in our form. They keep their numbers when all fit the form's range; otherwise they are
    put one after another from its first row, those too many below its last.
    """
    numbers = sorted(int(key) for key, cells in received.items() if any(cell is not None for cell in cells.values()))
    first, last = layout.first_row(spec), layout.last_row(spec)
    if all(first <= number <= last for number in numbers):
        return {number: number for number in numbers}
    most = spec.rows.max + _MOST_EXTRA
    return {number: first + index for index, number in enumerate(numbers[:most])}


def column_widths(form: FormDefinition, spec: SheetSpec) -> list[float]:
    """Widths in characters that fit headers (in up to three lines), the longest choices and the kinds."""
    widths = []
    for column in spec.columns:
        if column.width is not None:
            widths.append(float(column.width))
            continue
        words = max(len(word) for word in column.title.split())
        needs = [_BLANK_WIDTHS[column.type], words + 3.0, math.ceil(len(column.title) / 3) + 3.0]
        if len(column.title) <= _ONE_LINE:
            needs.append(len(column.title) + 4.0)
        listed = form.choices(column)
        if listed is not None:
            needs.append(min(max(len(choice) for choice in listed.choices) + 5.0, 44.0))
        widths.append(max(needs))
    total = sum(widths)
    stretch = min(_LEAST_TOTAL / total, 2.0) if total < _LEAST_TOTAL else 1.0
    return [round(width * stretch, 1) for width in widths]


def _head(sheet: Worksheet, form: FormDefinition, spec: SheetSpec, widths: list[float]) -> None:
    title, hint = sheet.cell(layout.TITLE_ROW, 1), sheet.cell(layout.HINT_ROW, 1)
    put_text(title, layout.printed_title(form.title, spec))
    title.font, title.alignment = styles.SHEET_TITLE, styles.FLAT
    sheet.row_dimensions[layout.TITLE_ROW].height = 28
    words = sheet_hint(form, spec) or text("sheet.no_hint")
    put_text(hint, words)
    hint.font, hint.alignment = styles.BODY, styles.LEFT
    across = range(1, len(spec.columns) + 1)
    for number in across:
        sheet.cell(layout.HINT_ROW, number).fill = styles.HINT
    if len(spec.columns) > 1:
        sheet.merge_cells(
            start_row=layout.HINT_ROW, start_column=1, end_row=layout.HINT_ROW, end_column=len(spec.columns)
        )
    sheet.row_dimensions[layout.HINT_ROW].height = styles.height(words, sum(widths)) + 8
    for number, (column, width) in enumerate(zip(spec.columns, widths, strict=True), start=1):
        header, kind = sheet.cell(layout.HEADER_ROW, number), sheet.cell(layout.KINDS_ROW, number)
        put_text(header, column.title)
        header.font, header.fill, header.alignment, header.border = (
            styles.HEADER, styles.BAND, styles.CENTRE, styles.BOX,
        )  # fmt: skip
        words = kind_label(column)
        put_text(kind, words)
        kind.font = styles.KIND_REQUIRED if words.endswith("*") else styles.KIND
        kind.fill, kind.alignment, kind.border = styles.PALE, styles.CENTRE, styles.BOX
        need = styles.height(column.title, width - 1, 12) + 4
        known = sheet.row_dimensions[layout.HEADER_ROW].height or 0
        sheet.row_dimensions[layout.HEADER_ROW].height = max(need, known, 34)
    sheet.row_dimensions[layout.KINDS_ROW].height = 18


def value_styles(sheet: Worksheet, spec: SheetSpec) -> list[CellStyles]:
    """Return the styles of the cells to fill, column by column."""
    cells = (sheet.cell(layout.first_row(spec), number) for number in range(1, len(spec.columns) + 1))
    formats = (DATE_FORMAT, DATE_TIME_FORMAT, "General")
    return [styles_of(cell, dict.fromkeys((cell.number_format, *formats))) for cell in cells if isinstance(cell, Cell)]


def _grid(sheet: Worksheet, spec: SheetSpec, last: int) -> None:
    first = layout.first_row(spec)
    for row in range(first, last + 1):
        sheet.row_dimensions[row].height = _ROW_HEIGHT
    for number, column in enumerate(spec.columns, start=1):
        top = sheet.cell(first, number)
        assert isinstance(top, Cell)
        top.font, top.border, top.protection = styles.BODY, styles.BOX, styles.OPEN
        top.number_format = _FORMATS.get(column.type, "@")
        top.alignment = styles.LEFT if column.type in ("text", "choice", "code") else styles.CENTRE
        for row in range(first + 1, last + 1):
            copy_look(top, cast(Cell, sheet.cell(row, number)))
    value_styles(sheet, spec)


def _put_row(sheet: Worksheet, spec: SheetSpec, row: int, cells: Mapping[str, Any]) -> None:
    for number, column in enumerate(spec.columns, start=1):
        value = shown_value(cells.get(column.id))
        if value is None:
            continue
        cell = sheet.cell(row, number)
        if isinstance(value, str):
            put_text(cell, value)
            continue
        # The format first: openpyxl gives a date in a text cell a format of its own, which would stay in styles.xml.
        cell.number_format = shown_format(column, value)
        cell.value = value


def shown_value(received: Any) -> int | float | str | date | None:  # noqa: ANN401 - JSON is untyped
    """Return what a received cell is filled in with: text for what is no plain value, None where nothing can be.

    A text without its raised or struck signs, or a date in place of «5-9», would read as something else.
    """
    value = from_json(received)
    if value is None or isinstance(value, Formula | PartDate | Raised | Struck):
        return None
    if isinstance(value, bool):
        return text("forms.yes") if value else text("forms.no")
    return as_text(value) if isinstance(value, CellError | Percent | time | timedelta) else value


def shown_format(column: ColumnSpec, value: float | date) -> str:
    """The format in which a received value is seen as it was: a date in any column is a date, and a number in a date
    column stays a number unless it is a serial that the check takes for a date (some editors drop the format).
    """
    if isinstance(value, date):
        return DATE_TIME_FORMAT if isinstance(value, datetime) else DATE_FORMAT
    if column.type == "date" and parser("date")(value).problem is not None:
        return "General"
    return _FORMATS.get(column.type, "@")


def _validation(form: FormDefinition, spec: SheetSpec, column: ColumnSpec, number: int, last: int) -> DataValidation:
    """The editor's own help for a column: a list, bounds, the prompt of Fig. 17. The check never relies on it (W1)."""
    own = validation(column)
    # A name, without the leading «=»: with it openpyxl writes a formula that Excel repairs away.
    rule = DataValidation(own.kind, formula1=own.first, formula2=own.second) if own else DataValidation(None)
    if own and own.kind != "list":
        rule.operator = "between"
    rule.allow_blank = True
    rule.promptTitle = _short(column.title, _MAX_PROMPT_TITLE)
    rule.prompt = _short(prompt(form, spec, column), _MAX_PROMPT)
    rule.errorTitle = rule.promptTitle
    rule.error = _short(limits_text(column), _MAX_PROMPT)
    rule.showInputMessage = True
    rule.showErrorMessage = rule.type is not None
    if column.severity == "warning":
        rule.errorStyle = "warning"  # the editor asks, and takes the value all the same
    letter = layout.letters(number)
    rule.add(f"{letter}{layout.first_row(spec)}:{letter}{last}")
    return rule


def _short(value: str, most: int) -> str:
    return value if len(value) <= most else value[: most - 1].rstrip() + "…"


def _set_up(sheet: Worksheet, form: FormDefinition, spec: SheetSpec, last: int) -> None:
    edge = layout.letters(len(spec.columns))
    sheet.freeze_panes = f"A{layout.first_row(spec)}"
    sheet.auto_filter.ref = f"A{layout.KINDS_ROW}:{edge}{last}"
    styles.set_page(sheet, f"A1:{edge}{last}")
    sheet.print_title_rows = f"{layout.HEADER_ROW}:{layout.KINDS_ROW}"
    footer = sheet.oddFooter
    assert footer is not None
    for part, words in ((footer.left, form.title.replace("&", "&&")), (footer.right, text("sheet.page"))):
        part.text, part.font, part.size = words, f"{styles.FACE},Regular", 9
    guard = sheet.protection
    guard.sheet = True
    guard.autoFilter = guard.sort = guard.formatColumns = guard.formatRows = False
    sheet.sheet_view.selection[0].activeCell = sheet.sheet_view.selection[0].sqref = f"A{layout.first_row(spec)}"
