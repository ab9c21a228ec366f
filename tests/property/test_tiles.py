"""The quick reader of rows says what lxml says, or leaves the sheet to it: none is read otherwise, none accepted."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.parts.layout import letters
from pipeline.forms.reading.sheetrows import (
    read_sheet,
    read_tree,
)
from pipeline.forms.reading.sheetxml import (
    MAX_COLUMN,
    MAX_ROW,
    MAX_TEXT,
    Budget,
    Shared,
)
from pipeline.forms.reading.tiles import (
    read_rows,
    split_frame,
)
from pipeline.forms.workbooks.serials import Shown
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import VISIBLE
from tests.conftest import SOAK
from tests.factories.workbooks import MAIN

MANY, STEP = (20_000, 1) if SOAK else (300, 4)
"""Sheets that are made up, and how far apart the places are at which one is spoilt."""
SHARED = Shared(strings=("Химия", "", "_x0041_"), looks={"2": Shown.DATE, "12": Shown.DATE})
EXCEL = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
PROLOGS = (
    "",
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
    '<?xml version="1.0" encoding="utf-8"?>\n',
    "<?xml version='1.0' encoding='windows-1251'?>",
    "\ufeff",
)
ROW_LOOKS = (
    "",
    ' ht="19.5" customHeight="1"',
    ' spans="1:7" ht="28.5" customHeight="1" x14ac:dyDescent="0.25"',
    ' customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" collapsed="false"',
    ' s="3" customFormat="1"',
    ' xml:space="preserve"',
    ' hidden="1"',
    ' hidden="0"',
    ' hidden="true"',
)
STYLES = ("", ' s="2"', ' s="3"', ' s="12"')
EMPTY_ENDS = ("/>", " />", "></c>", "><v></v></c>", "><v/></c>", "><f>A1&amp;B1</f><v></v></c>", "><f>A1</f></c>")
VALUES = (
    ' t="n"><v>{number}</v></c>',
    "><v>{number}</v></c>",
    "><f>SUM(A1:B2)</f><v>{number}</v></c>",
    '><f aca="false">A1&amp;B2</f><v>{number}</v></c>',
    ' t="s"><v>{index}</v></c>',
    ' t="str"><v>{text}</v></c>',
    ' t="str"><f>A1</f><v></v></c>',
    ' t="str"><f>A1</f></c>',
    ' t="inlineStr"><is><t>{text}</t></is></c>',
    ' t="inlineStr"><is><t xml:space="preserve"> {text}</t></is></c>',
    ' t="inlineStr"><is><t></t></is></c>',
    ' t="inlineStr"><v>{text}</v></c>',
    ' t="str" xml:space="preserve"><v xml:space="preserve">{text}</v></c>',
    ' t="b"><v>1</v></c>',
    ' t="e"><v>#N/A</v></c>',
    ' t="d"><v>2021-09-15</v></c>',
    "><v>{text}</v></c>",
)
JUNK = (
    *("<!--", "-->", "<!-- -->", "<![CDATA[", "]]>", "<?x?>", "<!DOCTYPE x>", "&", ";", "&#0;", "&#xD800;", "&#xFFFF;"),
    *("&nbsp;", "&amp;", "&#13;", "&#1114112;", "<", ">", '"', "'", "/", " ", "\n", "\r", "\0", "\x0b", "\ufffe", "0"),
    *("9", ' r="3"', ' r="A3"', ' s="2"', ' t="s"', ' t="x"', ' xmlns="u"', ' xmlns:x="u"', ' x:r="1"', "<x:c/>"),
    *("<sheetData>", "</sheetData>", "<sheetData/>", "<row>", '<row r="1">', '<row r="2"/>', "</row>", "<c>", "</c>"),
    *('<c r="A1"/>', '<c r="a1" s="1"></c>', "<c/>", "<v>", "</v>", "<v>5</v>", "<v/>", "<is>", "</is>", "<f>1</f>"),
    *("<t>ё</t>", "<r><t>x</t></r>", "<is><t>y</t></is>", "<is><r><t>z</t></r></is>", "<rPh><t>q</t></rPh>"),
    *(
        '<mergeCell ref="A1:B2"/>',
        "<filterColumn/>",
        "_x0041_",
        "я",
        "x14ac:",
        ' xml:space="x"',
        "</worksheet>",
        "<x>",
        "</x>",
    ),
)

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).map(
    escape
) | st.sampled_from(
    ["&#1052;&#1072;&#x44F;", "&quot;&apos;&gt;", "_x0041_", "a&#10;b", " ", "1.250", "&#13;", "x" * 40]
)
numbers = (
    st.integers(-(10**20), 10**20).map(str) | st.floats().map(str) | st.sampled_from(["1E3", "007", "+5", "4.", "٣"])
)
cells = st.tuples(
    st.sampled_from(STYLES),
    st.one_of(
        st.sampled_from(EMPTY_ENDS),
        st.builds(
            lambda value, number, index, text: value.format(number=number, index=index, text=text),
            st.sampled_from(VALUES),
            numbers,
            st.integers(0, 3),
            texts,
        ),
    ),
).map("".join)
rows = st.tuples(st.sampled_from(ROW_LOOKS), st.dictionaries(st.integers(1, 30), cells, max_size=6))


def sheet(body: str, *, prolog: str = "", root: str = "", after: str = "") -> bytes:
    data = f'{prolog}<worksheet xmlns="{MAIN}"{root}><cols/><sheetData>{body}</sheetData>{after}</worksheet>'
    return data.encode("utf-8", "surrogatepass")


def row(number: int, look: str, filled: dict[int, str]) -> str:
    inside = "".join(f'<c r="{letters(column)}{number}"{cell}' for column, cell in filled.items())
    return f'<row r="{number}"{look}>{inside}</row>'


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """A sheet as programs write them, or nearly so."""
    numbered = draw(st.lists(st.tuples(st.integers(1, 40), rows), max_size=6))
    filtered = '<autoFilter ref="A1:B2"><filterColumn colId="0"/></autoFilter>'
    after = f'{filtered}<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    return sheet(
        "".join(row(number, look, filled) for number, (look, filled) in numbered),
        prolog=draw(st.sampled_from(PROLOGS)),
        root=draw(st.sampled_from([f' xmlns:x14ac="{EXCEL}"', ""])),
        after=draw(st.sampled_from(["", after])),
    )


def outcome(read: Any, data: bytes, budget: Budget) -> Any:
    """What a reader gives, types of cells and what is left of the budget with it; the reason when it refuses."""
    try:
        found = read(data, "Лист", VISIBLE, SHARED, budget)
    except UnreadableWorkbook as refusal:
        return refusal.reason
    cells = sorted((at, sorted((column, repr(cell)) for column, cell in row.items())) for at, row in found.rows.items())
    return cells, found.merged, found.hidden_rows, found.filtered, astuple(budget)


def assert_same(data: bytes, **budget: int) -> None:
    assert outcome(read_sheet, data, Budget(**budget)) == outcome(read_tree, data, Budget(**budget))


def is_tiled(data: bytes, *, x14ac: bool = False) -> bool:
    parts = split_frame(data)
    return parts is not None and read_rows(parts[1], SHARED, Budget(), x14ac=x14ac) is not None


@settings(max_examples=MANY, deadline=None)
@given(sheets())
def test_sheets_are_read_as_lxml_reads_them(data: bytes) -> None:
    assert_same(data)


@settings(max_examples=MANY, deadline=None)
@given(sheets(), st.data())
def test_a_broken_or_strange_sheet_is_judged_by_lxml(data: bytes, draw: st.DataObject) -> None:
    for _ in range(draw.draw(st.integers(1, 3))):
        start = draw.draw(st.integers(0, len(data)))
        end = min(len(data), start + draw.draw(st.sampled_from([0, 0, 0, 1, 2, 7, 40])))
        junk = draw.draw(st.sampled_from(JUNK).map(str.encode) | st.binary(max_size=2) | st.just(data[start:end] * 2))
        data = data[:start] + junk + data[end:]
    assert_same(data)


@settings(max_examples=MANY, deadline=None)
@given(sheets(), st.integers(0, 12), st.integers(0, 60), st.integers(0, 60))
def test_the_bounds_of_a_workbook_hold_in_both_readers(data: bytes, cells: int, area: int, letters: int) -> None:
    assert_same(data, cells=max(cells, data.count(b"<c ")), area=area, texts=letters)
    assert_same(data, cells=1_000, area=area)


SMALL = sheet(
    row(3, ROW_LOOKS[2], {1: ' s="2" t="n"><v>44460</v></c>', 2: ' t="inlineStr"><is><t>a&amp;b</t></is></c>'})
    + row(4, ' ht="9"', {1: ' s="7"/>', 2: ' t="n"></c>'})
    + row(5, "", {3: "><f>A1</f><v>7</v></c>"}),
    prolog=PROLOGS[1],
    root=f' xmlns:x14ac="{EXCEL}"',
)


@pytest.mark.parametrize("put", [b"", *(bytes([code]) for code in b'<>&"/= \r\n-!?0x:\x00\x80')])
def test_no_single_byte_that_is_changed_or_put_in_misleads(put: bytes) -> None:
    assert is_tiled(SMALL, x14ac=True)
    for at in range(0, len(SMALL), STEP):
        assert_same(SMALL[:at] + put + SMALL[at + 1 :])
        assert_same(SMALL[:at] + put + SMALL[at:])


@pytest.mark.parametrize("junk", JUNK)
def test_no_scrap_of_xml_anywhere_misleads(junk: str) -> None:
    for at in range(0, len(SMALL), STEP):
        assert_same(SMALL[:at] + junk.encode() + SMALL[at:])


@pytest.mark.parametrize(
    "rows",
    [
        row(MAX_ROW, "", {MAX_COLUMN: "><v>1</v></c>"}),
        row(MAX_ROW + 1, "", {1: "><v>1</v></c>"}),
        row(MAX_ROW + 1, "", {1: "/>"}),
        row(1, "", {MAX_COLUMN + 1: "><v>1</v></c>"}),
        row(1, "", {MAX_COLUMN + 1: "/>"}),
        row(1, "", {1: f' t="str"><v>{"x" * MAX_TEXT}</v></c>'}),
        row(1, "", {1: f' t="str"><v>{"x" * (MAX_TEXT + 1)}</v></c>'}),
        row(1, "", {1: ' t="s"><v>3</v></c>'}),
        row(0, "", {1: "/>"}),
        row(0, "", {1: "><v>1</v></c>"}),
        row(99_999_999, "", {1: "/>"}),
        row(5, "", {1: "><v>1</v></c>", 2: "><v>2</v></c>"}) + row(5, "", {2: "><v>3</v></c>", 3: "><v>4</v></c>"}),
    ],
)
def test_w9_far_rows_long_texts_and_repeated_rows_are_the_same_in_both_readers(rows: str) -> None:
    assert_same(sheet(rows))


@pytest.mark.parametrize("look", ROW_LOOKS)
@pytest.mark.parametrize("value", VALUES)
def test_what_programs_write_needs_no_tree(look: str, value: str) -> None:
    cell = value.format(number="4.5", index=0, text="&#1052;а&gt;")
    data = sheet(row(7, look, {1: ' s="3"' + cell, 2: ' s="3"/>'}))
    of_a_text = "<f>A1</f>" in cell and "str" in cell  # whether its value is there at all is left to lxml
    assert is_tiled(data, x14ac=True) is not of_a_text
