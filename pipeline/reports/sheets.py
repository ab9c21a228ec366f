"""Plain tables as .xlsx. Text stays text (W24: a value that begins with ``=`` is data); instants are Moscow time."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from pipeline.catalogue import MOSCOW
from pipeline.errors import Incident

MAX_ROWS = 1_048_576  # ECMA-376, part 1: the last row of a sheet
_MAX_TEXT = 32_767
_HEADER_FILL = PatternFill("solid", fgColor="1F4E79")
_HEADER_FONT = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
_HEADER_ALIGNMENT = Alignment(wrap_text=True, vertical="center")
_THIN = Side(style="thin", color="BFC7D1")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TOP = Alignment(vertical="top")  # not wrapped: nobody fits the heights of a row that is only written
_LINE_HEIGHT = 15.0  # points
Value: TypeAlias = str | float | date | None
"""What a cell of a table may hold; a whole number is a float to the type checker, an instant a date."""
Tell = Callable[[int, int], None]
"""Takes how many rows are written, and of how many."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: a title, a header, column widths in characters, and rows of the header's length."""

    title: str
    header: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[Value]]


def untold(_done: int, _total: int, /) -> None:
    """Nobody wants to know."""


def write_tables(tables: Iterable[Table], created: datetime, tell: Tell = untold) -> bytes:
    """Return an .xlsx of ``tables``; ``created`` (aware UTC) is written as the document's time.

    Raises Incident when what was written does not hold as many rows as it was given (W24).
    """
    tables = list(tables)
    book = Workbook(write_only=True)
    book.properties.created = created.replace(tzinfo=None)
    book.properties.modified = created.replace(tzinfo=None)
    done, total = 0, sum(len(table.rows) for table in tables)
    for table in tables:
        for _ in _write_table(book, table):
            done += 1
            tell(done, total)
    buffer = io.BytesIO()
    book.save(buffer)
    content = buffer.getvalue()
    _verify(content, tables)
    return content


def _write_table(book: Workbook, table: Table) -> Iterator[None]:
    """Yield after each row."""
    sheet = book.create_sheet(table.title[:31])
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    for index, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.header))}{len(table.rows) + 1}"
    lines = max(math.ceil(len(title) * 1.2 / width) for title, width in zip(table.header, table.widths, strict=True))
    sheet.row_dimensions[1].height = _LINE_HEIGHT * min(max(lines, 1), 5) + 4
    sheet.append([_header_cell(sheet, title) for title in table.header])
    if len(table.rows) >= MAX_ROWS:
        raise Incident("report.too_many_rows", sheet=table.title, rows=len(table.rows))
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])
        yield


def _header_cell(sheet: WriteOnlyWorksheet, title: str) -> Cell:
    cell = _cell(sheet, title)
    cell.fill, cell.font, cell.alignment = _HEADER_FILL, _HEADER_FONT, _HEADER_ALIGNMENT
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell:
    number_format = None
    if isinstance(value, datetime):
        # Fractions of a second say nothing to people, and what is compared or copied as text would show them.
        value, number_format = value.astimezone(MOSCOW).replace(microsecond=0, tzinfo=None), "dd.mm.yyyy hh:mm"
    elif isinstance(value, date):
        number_format = "dd.mm.yyyy"
    elif isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_MAX_TEXT]
    cell = WriteOnlyCell(sheet)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = _TOP
    if number_format:
        cell.number_format = number_format
    cell.border = _BORDER
    return cell


def _verify(content: bytes, tables: Sequence[Table]) -> None:
    book = load_workbook(io.BytesIO(content), read_only=True)
    try:
        for table in tables:
            written = sum(1 for _ in book[table.title[:31]].iter_rows(values_only=True)) - 1
            if written != len(table.rows):
                raise Incident("report.rows_lost", sheet=table.title, expected=len(table.rows), written=written)
    finally:
        book.close()
