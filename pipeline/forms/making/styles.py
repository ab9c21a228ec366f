"""How a form looks: a few colours and faces used by every sheet, and the sizes that texts need.

Arial is metric-compatible with what LibreOffice, МойОфис and Р7 put in its place, so widths hold everywhere.
"""

from __future__ import annotations

import math

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

FACE = "Arial"
_INK, _QUIET, _BLUE, _LINE = "1B2733", "5B6B7B", "1F4E79", "B8C4D0"

TITLE = Font(FACE, size=16, bold=True, color="FFFFFF")
SUBTITLE = Font(FACE, size=11, color="DCE6F1")
HEADING = Font(FACE, size=12, bold=True, color=_BLUE)
SHEET_TITLE = Font(FACE, size=14, bold=True, color=_BLUE)
BODY = Font(FACE, size=11, color=_INK)
STRONG = Font(FACE, size=11, bold=True, color=_INK)
URGENT = Font(FACE, size=12, bold=True, color="9C2B12")
QUIET = Font(FACE, size=10, color=_QUIET)
LINK = Font(FACE, size=11, color="1155A5", underline="single")
HEADER = Font(FACE, size=11, bold=True, color="FFFFFF")
KIND = Font(FACE, size=9, italic=True, color=_QUIET)
KIND_REQUIRED = Font(FACE, size=9, italic=True, bold=True, color="9C2B12")
CODE = Font("Courier New", size=12, bold=True, color=_INK)

BAND = PatternFill("solid", fgColor=_BLUE)
PALE = PatternFill("solid", fgColor="EAF0F6")
HINT = PatternFill("solid", fgColor="FFF8E1")
INPUT = PatternFill("solid", fgColor="FFFDE7")
WRONG = PatternFill("solid", fgColor="FFC7CE")
DOUBTFUL = PatternFill("solid", fgColor="FFEB9C")
WRONG_FONT = Font(FACE, size=11, bold=True, color="9C0006")
DOUBTFUL_FONT = Font(FACE, size=11, bold=True, color="7A5200")

_THIN = Side(style="thin", color=_LINE)
BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
UNDERLINE = Border(bottom=_THIN)
OPEN = Protection(locked=False)

LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
FLAT = Alignment(horizontal="left", vertical="center", indent=1)

_POINTS_PER_LINE = 1.35
"""Line height in sizes of the face, with the air that Excel and LibreOffice leave around it."""


def lines(value: str, width: float) -> int:
    """How many lines ``value`` takes in a cell ``width`` characters wide, words kept whole."""
    if len(value) <= width - 2 and "\n" not in value:
        return 1
    total = 0
    for paragraph in value.split("\n"):
        room, used = max(width - 2, 1), 0  # the indent and the borders take two
        total += 1
        for word in paragraph.split():
            need = len(word) + (1 if used else 0)
            if used and used + need > room:
                total, used, need = total + 1, 0, len(word)
            total += max(0, math.ceil(len(word) / room) - 1)
            used += need
    return total


def height(value: str, width: float, size: float = 11, least: int = 1) -> float:
    """The row height in points for ``value`` at ``width`` characters of the body face and a face of ``size`` points."""
    scaled = width * 11 / size
    return round(max(lines(value, scaled), least) * size * _POINTS_PER_LINE + 4, 1)


def set_page(sheet: Worksheet, area: str, *, one_page: bool = False) -> None:
    """Print ``area`` on A4 across, as wide as the sheet of paper; ``one_page`` also makes it no taller than one."""
    sheet.print_area = area
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1 if one_page else 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.8, 0.35
