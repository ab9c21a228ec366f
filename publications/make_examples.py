"""Makes the two example workbooks: roster.xlsx out of roster.csv, and the plan that the schedule's publication carries.

Run by hand after a change: ``.venv/bin/python publications/make_examples.py``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).resolve().parent
PLAN = HERE / "vpr-spo-2021-schedule" / "files" / "План-график ВПР СПО в 2021 году.xlsx"
FIRST_DAY, LAST_DAY = date(2021, 9, 15), date(2021, 10, 9)
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
ON_PAPER = "русский язык, математика, физика, химия, биология, история, обществознание, информатика, география, ОБЖ"
STEPS = (
    (
        "Заполнение форм «Участники ВПР СПО» и «Расписание проведения ВПР СПО»",
        "30 августа – 7 сентября 2021 года, до 18:00 мск",
        "Образовательные организации",
    ),
    (
        "Контроль заполнения форм, помощь организациям, которые к ним не приступили",
        "30 августа – 7 сентября 2021 года",
        "Региональные координаторы",
    ),
    (f"Работы на бланках: {ON_PAPER}", "15 сентября – 9 октября 2021 года", "Образовательные организации"),
    ("Метапредметная работа на компьютере", "15 сентября – 9 октября 2021 года", "Образовательные организации"),
    (
        f"Работы на компьютере: {ON_PAPER}, иностранный язык (английский, немецкий)",
        "15 сентября – 9 октября 2021 года",
        "Образовательные организации",
    ),
)
NOTE = (
    "Даты внутри указанного периода организация выбирает сама либо их устанавливает ОИВ субъекта РФ. По одному "
    "предмету отводится не больше пяти дней для каждой категории участников: поступившие на 1 курс и завершившие."
)
FONT = "Calibri"
LINE_HEIGHT = 15.0  # points
_THIN = Side(style="thin", color="BFC7D1")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP = Alignment(wrap_text=True, vertical="top")


def make_roster() -> None:
    """Write roster.xlsx with the lines of roster.csv."""
    with (HERE / "roster.csv").open(encoding="utf-8-sig", newline="") as source:
        header, *rows = csv.reader(source, delimiter=";")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Организации"
    _table(sheet, 1, header, rows, (16, 90, 9, 34, 16))
    sheet.freeze_panes = "A2"
    _print_wide(sheet)
    book.save(HERE / "roster.xlsx")


def make_plan() -> None:
    """Write the plan: what is done when and by whom, and a sheet with each day of the period."""
    book = Workbook()
    plan = book.worksheets[0]
    plan.title = "План-график"
    _title(plan, "План-график проведения ВПР СПО в 2021 году")
    steps = [(number, *step) for number, step in enumerate(STEPS, start=1)]
    _table(plan, 3, ("№", "Мероприятие", "Сроки", "Кто выполняет"), steps, (5, 64, 34, 30))
    line = 5 + len(steps)
    plan.merge_cells(start_row=line, start_column=2, end_row=line, end_column=4)
    plan.cell(row=line, column=2, value=NOTE).alignment = _WRAP
    plan.row_dimensions[line].height = 3 * LINE_HEIGHT
    days = book.create_sheet("Дни проведения")
    _title(days, "Дни, в которые можно проводить работы")
    _table(days, 3, ("Дата", "День недели", "Примечание"), list(_days()), (14, 18, 60))
    for sheet in (plan, days):
        _print_wide(sheet)
    PLAN.parent.mkdir(parents=True, exist_ok=True)
    book.save(PLAN)


def _days() -> Iterable[tuple[date, str, str]]:
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        note = {FIRST_DAY: "первый день", LAST_DAY: "последний день"}.get(day, "")
        if day.weekday() == 6:
            note = "по решению образовательной организации"
        yield day, WEEKDAYS[day.weekday()], note


def _print_wide(sheet: Worksheet) -> None:
    """One A4 page wide, as many high as needed."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _title(sheet: Worksheet, title: str) -> None:
    cell = sheet.cell(row=1, column=1, value=title)
    cell.font = Font(name=FONT, bold=True, size=14)


def _table(
    sheet: Worksheet, top: int, header: Sequence[str], rows: Sequence[Sequence[str | int | date]], widths: Sequence[int]
) -> None:
    """Write a bordered table whose header stands in row ``top``."""
    for column, (title, width) in enumerate(zip(header, widths, strict=True), start=1):
        cell = sheet.cell(row=top, column=column, value=title)
        cell.font = Font(name=FONT, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.border = _BORDER
        sheet.column_dimensions[get_column_letter(column)].width = width
    for line, row in enumerate(rows, start=top + 1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(row=line, column=column, value=value)
            cell.alignment, cell.border, cell.font = _WRAP, _BORDER, Font(name=FONT)
            if isinstance(value, date):
                cell.number_format = "dd.mm.yyyy"
        # Not every program makes a row as high as its wrapped text by itself.
        lines = max(len(str(value)) * 1.15 / width for value, width in zip(row, widths, strict=True))
        sheet.row_dimensions[line].height = max(1, math.ceil(lines)) * LINE_HEIGHT


if __name__ == "__main__":
    make_roster()
    make_plan()
