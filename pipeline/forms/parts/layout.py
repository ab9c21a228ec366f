"""Where things are in a form's workbook: the one agreement between ``build``, ``annotate``, ``locate`` and ``check``.

Rows and columns count from 1 as a spreadsheet does. The columns of a data sheet are in the order of the definition
from column A on.
"""

from __future__ import annotations

from pipeline.forms.parts.sheets import SheetSpec

TITLE_ROW = 1
HINT_ROW = 2
HEADER_ROW = 3
KINDS_ROW = 4
FIRST_ROW = 5

KEY_SHEET = "kabinet_key"
"""Hidden sheet with the identity; LibreOffice turns veryHidden into hidden and every editor tried keeps its cells."""
LISTS_SHEET = "kabinet_lists"
"""Hidden sheet with the values of the lists, one list a column (W4: a validation cannot hold a long list)."""
KEY_TOKEN = "B1"  # noqa: S105 - the address of a cell
KEY_FORM = "B2"
KEY_VERSION = "B3"
KEY_CODE = "B4"

COVER_TITLE = "Титульный лист"
FINDINGS_TITLE = "Замечания"
COVER_CODE = "C10"
"""The short code for people: it helps to find, it proves nothing."""
COVER_DRAFT = "C18"
"""«да» here means that the return is a draft."""


def first_row(sheet: SheetSpec) -> int:
    """The first data row of a sheet."""
    del sheet  # the same for all today; callers must not rely on it
    return FIRST_ROW


def last_row(sheet: SheetSpec) -> int:
    """The last data row of a sheet."""
    return FIRST_ROW + sheet.rows.max - 1


def column_number(sheet: SheetSpec, column_id: str) -> int:
    """The spreadsheet column of ``column_id``; raises KeyError for an unknown one."""
    return sheet.numbers[column_id]


def printed_title(form_title: str, sheet: SheetSpec) -> str:
    """What is above the table; ``locate`` knows a sheet by it when its tab was renamed."""
    return f"{form_title} — {sheet.title}"


def letters(column: int) -> str:
    """``1`` → «A», ``28`` → «AB»."""
    result = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        result = chr(ord("A") + rest) + result
    return result


def address(row: int, column: int) -> str:
    """``(7, 2)`` → «B7»."""
    return f"{letters(column)}{row}"
