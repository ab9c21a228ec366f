"""Blank rows and odd ones: how quickly they are passed over must never be seen in what is read."""

from __future__ import annotations

import pytest

from pipeline.forms.reading.sheetrows import read_sheet
from pipeline.forms.reading.sheetxml import (
    Budget,
    Shared,
)
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import (
    VISIBLE,
    RawSheet,
)
from tests.factories.workbooks import MAIN

BLANK = '<row r="{0}" ht="19.5"><c r="A{0}" s="3"/><c r="B{0}" s="4" t="n"></c></row>'
FILLED = '<row r="9"><c r="A9"><v>7</v></c></row>'


def sheet(rows: str) -> RawSheet:
    data = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    return read_sheet(data, "Лист", VISIBLE, Shared(), Budget())


def blanks(*numbers: int) -> str:
    return "".join(BLANK.format(number) for number in numbers)


def test_w7_styled_blank_rows_between_data_change_nothing() -> None:
    assert sheet(blanks(*range(1, 9)) + FILLED + blanks(*range(10, 60))) == sheet(FILLED)


def test_w16_a_hidden_blank_row_is_still_known_to_be_hidden() -> None:
    assert sheet('<row r="3" hidden="1"><c r="A3" s="1"/></row>' + FILLED).hidden_rows == frozenset({3})


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (blanks(1) + "<row><c><v>7</v></c></row>", {2: {1: 7}}),
        (blanks(1, 2) + '<row r="3"><c><v>7</v></c></row>', {3: {1: 7}}),
        (f'<row r="1"><c r="A1" t="str"><v><![CDATA[{BLANK.format(5)}]]></v></c></row>', {1: {1: BLANK.format(5)}}),
        (f"<!-- -{blanks(2)}-->" + FILLED, {9: {1: 7}}),
    ],
)
def test_rows_without_numbers_and_rows_that_are_none_are_read_as_ever(
    rows: str, found: dict[int, dict[int, Cell]]
) -> None:
    assert sheet(rows).rows == found


@pytest.mark.parametrize(
    "row", ['<row r="5"><c r="A5" s="1"></row>', '<row r="5"><c r="A5" s="1"/>', '<row r="5" r="5"/>']
)
def test_a_broken_blank_row_is_still_damage(row: str) -> None:
    with pytest.raises(UnreadableWorkbook):
        sheet(row + FILLED)
