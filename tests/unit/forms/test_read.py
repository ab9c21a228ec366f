"""What the reader makes of cells as editors write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Formula,
)
from pipeline.forms.workbooks.serials import (
    from_serial,
    is_date_format,
)
from pipeline.forms.workbooks.workbook import RawSheet
from tests.factories.workbooks import MAIN, STRICT, XmlBook, XmlSheet, inline, one_sheet


def read_row(cells: str, **book: object) -> dict[int, Cell]:
    """Return the first row of a workbook of one sheet whose first row holds ``cells``."""
    return dict(first_sheet(one_sheet(f'<row r="1">{cells}</row>', **book)).rows.get(1, {}))


def moment(written: str) -> datetime:
    """Return a moment without a zone, as cells hold it."""
    return datetime.fromisoformat(written)


def first_sheet(data: bytes) -> RawSheet:
    return read_workbook(data).sheets[0]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>5</v></c>', 5),
        ('<c r="A1"><v>-5</v></c>', -5),
        ('<c r="A1"><v>0</v></c>', 0),
        ('<c r="A1"><v>5.0</v></c>', 5.0),
        ('<c r="A1"><v>1.25E-3</v></c>', 0.00125),
        ('<c r="A1"><v>NaN</v></c>', "NaN"),
        ('<c r="A1"><v>1e999</v></c>', "1e999"),
        ('<c r="A1"><v>1_000</v></c>', "1_000"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="str"><f>"а"</f><v>а</v></c>', "а"),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', None),
        ('<c r="A1" t="e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CellError("#DIV/0!")),
        ('<c r="A1"><f>B1+1</f><v>7</v></c>', 7),
        ('<c r="A1" t="d"><v>2021-09-15</v></c>', date(2021, 9, 15)),
        ('<c r="A1" t="d"><v>2021-09-15T10:30:00Z</v></c>', moment("2021-09-15T10:30")),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> а </t></is></c>', " а "),
        ('<c r="A1" t="inlineStr"><is><t>первая_x000a_вторая _x005F_x</t></is></c>', "первая\nвторая _x"),
        ('<c r="A1" t="inlineStr"><is><t>_xD83D__xDE00_ _xD83D_</t></is></c>', "😀 \ufffd"),
        ('<c r="A1" s="3"/>', None),
        ('<c r="A1" t="inlineStr"><is><t></t></is></c>', None),
    ],
)
def test_a_cell_is_read_as_it_was_written(cell: str, value: Cell) -> None:
    got = read_row(cell).get(1)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("cell", ['<c r="A1"><f>B1+1</f></c>', '<c r="A1"><f>B1+1</f><v/></c>'])
def test_w5_a_formula_without_its_value_is_not_a_blank(cell: str) -> None:
    assert read_row(cell) == {1: Formula()}


def test_shared_strings_join_rich_text_and_leave_phonetic_hints_out() -> None:
    strings = [
        "<si><t>просто</t></si>",
        "<si><r><rPr><b/></rPr><t>Рус</t></r><r><t xml:space='preserve'>ский </t></r></si>",
        "<si><t>東京</t><rPh sb='0' eb='2'><t>とうきょう</t></rPh><phoneticPr fontId='1'/></si>",
    ]
    cells = "".join(f'<c r="{letter}1" t="s"><v>{number}</v></c>' for number, letter in enumerate("ABC"))
    assert read_row(cells, strings=strings) == {1: "просто", 2: "Русский ", 3: "東京"}


def test_dates_are_known_by_their_format() -> None:
    formats = [
        (14, None),
        (164, "dd.mm.yyyy"),
        (165, '#,##0.00" руб. в год"'),
        (166, "[$-419]d mmmm yyyy;@"),
        (0, None),
    ]
    cells = "".join(f'<c r="{letter}1" s="{number}"><v>44454</v></c>' for number, letter in enumerate("ABCDE"))
    day = date(2021, 9, 15)
    assert read_row(cells, formats=formats) == {1: day, 2: day, 3: 44454, 4: day, 5: 44454}


def test_a_date_with_a_time_keeps_it_and_midnight_is_a_date() -> None:
    serials = zip("ABC", ("44454.4375", "44454.9999999", "44454.0"), strict=True)
    cells = "".join(f'<c r="{letter}1" s="0"><v>{serial}</v></c>' for letter, serial in serials)
    expected = {1: moment("2021-09-15T10:30"), 2: date(2021, 9, 16), 3: date(2021, 9, 15)}
    assert read_row(cells, formats=[(22, None)]) == expected


def test_days_count_from_1904_when_the_workbook_says_so() -> None:
    cells = '<c r="A1" s="0"><v>42992</v></c>'
    assert read_row(cells, formats=[(14, None)], date1904=True) == {1: date(2021, 9, 15)}


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (1, date(1900, 1, 1)),
        (59, date(1900, 2, 28)),
        (60, 60),
        (61, date(1900, 3, 1)),
        (0, 0),
        (-1, -1),
        (0.5, 0.5),
        (2_958_465, date(9999, 12, 31)),
        (2_958_465.9999999, 2_958_465.9999999),
        (2_958_466, 2_958_466),
        (1e300, 1e300),
    ],
)
def test_a_serial_outside_the_calendar_stays_a_number(serial: float, expected: object) -> None:
    assert from_serial(serial) == expected


@pytest.mark.parametrize(
    ("code", "dated"),
    [
        ("dd.mm.yyyy", True),
        ("dd/mm/yy;@", True),
        ("mmm-yy", True),
        ("[h]:mm:ss", False),
        ("h:mm", False),
        ("[h]:mm", False),
        ("[mm]:ss", False),
        ("General", False),
        ("Standard", False),
        ("0.00E+00", False),
        ('0" дней"', False),
        (r"0\d", False),
        ("[Red]0", False),
        ("@", False),
    ],
)
def test_number_formats(code: str, dated: bool) -> None:
    assert is_date_format("164", code) is dated


def test_w9_the_dimension_record_is_not_trusted() -> None:
    rows = "".join(f'<row r="{n}">{inline(f"C{n}", "да")}</row>' for n in (1, 30))
    sheet = first_sheet(XmlBook([XmlSheet(rows=rows, dimension="A1")]).data())
    assert sheet.rows == {1: {3: "да"}, 30: {3: "да"}}


def test_w8_rows_after_blank_ones_are_read() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 5_000))
    assert first_sheet(one_sheet(rows)).rows == {1: {1: 1}, 5_000: {1: 5_000}}


def test_w7_a_hundred_thousand_styled_blank_rows_are_passed_over() -> None:
    rows = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(1, 100_001))
    assert first_sheet(one_sheet(rows)).rows == {}


def test_cells_and_rows_may_leave_their_addresses_out() -> None:
    rows = (
        '<row><c><v>1</v></c><c r="D1"/><c><v>2</v></c></row><row r="4"><c><v>3</v></c></row><row><c><v>4</v></c></row>'
    )
    assert first_sheet(one_sheet(rows)).rows == {1: {1: 1, 5: 2}, 4: {1: 3}, 5: {1: 4}}


def test_w16_hidden_rows_and_a_filter_are_seen() -> None:
    rows = '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="true"/><row r="3" hidden="0"/>'
    after = '<autoFilter ref="A1:A9"><filterColumn colId="0"/></autoFilter>'
    sheet = first_sheet(XmlBook([XmlSheet(rows=rows, after=after)]).data())
    assert (sheet.hidden_rows, sheet.filtered) == (frozenset({1, 2}), True)
    quiet = first_sheet(XmlBook([XmlSheet(rows=rows, after='<autoFilter ref="A1:A9"/>')]).data())
    assert quiet.filtered is False


@pytest.mark.parametrize("strange", ["", " odd='1'"])  # read by tiles, and by lxml
def test_w16_hidden_columns_and_those_of_no_width_are_seen(strange: str) -> None:
    rows = f'<row r="1"{strange}><c r="A1"><v>1</v></c></row>'
    cols = (
        '<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" width="0" customWidth="1"/>'
        '<col min="6" max="9" width="12" hidden="0"/><col min="x" max="9" hidden="1"/>'
        '<col min="999" max="16384" hidden="true"/></cols>'
    )
    sheet = first_sheet(XmlBook([XmlSheet(rows=rows, after=cols)]).data())
    assert sheet.hidden_columns == {2, 3, 5, 999, 1000}


def test_w15_merged_ranges_are_named() -> None:
    after = '<mergeCells count="1"><mergeCell ref="A5:B6"/></mergeCells>'
    assert first_sheet(XmlBook([XmlSheet(after=after)]).data()).merged == ("A5:B6",)


def test_sheets_keep_their_order_titles_and_states() -> None:
    sheets = [XmlSheet("Форма & «сбор»"), XmlSheet("скрытый", state="hidden"), XmlSheet("ключ", state="veryHidden")]
    book = read_workbook(XmlBook(sheets, keywords="kabinet token=x & y").data())
    assert [(sheet.title, sheet.state) for sheet in book.sheets] == [
        ("Форма & «сбор»", "visible"),
        ("скрытый", "hidden"),
        ("ключ", "veryHidden"),
    ]
    assert book.keywords == "kabinet token=x & y"


def test_the_strict_namespace_is_read_too() -> None:
    book = XmlBook([XmlSheet(rows=f'<row r="1">{inline("A1", "да")}</row>')], namespace=STRICT)
    assert first_sheet(book.data()).rows == {1: {1: "да"}}


def test_xlsm_is_read_and_its_macros_are_not_looked_at() -> None:
    rows = f'<row r="1">{inline("A1", "да")}</row>'
    book = XmlBook([XmlSheet(rows=rows)], parts={"xl/vbaProject.bin": b"\0not a macro at all\xff"})
    assert first_sheet(book.data()).rows == {1: {1: "да"}}


def test_a_member_is_found_whatever_its_case_and_slashes() -> None:
    book = XmlBook([XmlSheet(rows='<row r="1"><c r="A1"><v>1</v></c></row>')])
    sheet = book.members()["xl/worksheets/sheet1.xml"]
    odd = XmlBook(book.sheets, parts={"xl/worksheets/sheet1.xml": None, "XL\\Worksheets\\Sheet1.xml": sheet})
    assert first_sheet(odd.data()).rows == {1: {1: 1}}


def test_bytes_before_and_after_the_archive_do_no_harm() -> None:
    data = one_sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert first_sheet(data + b"\r\n--boundary--\r\n").rows == {1: {1: 1}}


def test_utf_16_and_a_byte_order_mark_are_read() -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + XmlSheet(rows='<row r="1"><c r="A1"><v>1</v></c></row>').xml()
    for content in (xml.encode("utf-16"), b"\xef\xbb\xbf" + xml.replace("UTF-16", "UTF-8").encode()):
        book = XmlBook([XmlSheet()], parts={"xl/worksheets/sheet1.xml": content})
        assert first_sheet(book.data()).rows == {1: {1: 1}}


def test_the_same_string_in_every_row_is_within_the_limits_of_a_form() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5_001))
    sheet = first_sheet(one_sheet(rows, strings=["<si><t>" + "Не участвуем " * 40 + "</t></si>"]))
    assert len(sheet.rows) == 5_000


def test_prefixed_names_comments_and_cdata_are_read() -> None:
    part = (
        f'<x:worksheet xmlns:x="{MAIN}"><!-- a --><x:sheetData><x:row r="1">'
        '<x:c r="A1"><x:v>4<!-- b -->2</x:v></x:c>'
        '<x:c r="B1" t="inlineStr"><x:is><x:t><![CDATA[а < б]]></x:t></x:is></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    book = XmlBook([XmlSheet()], parts={"xl/worksheets/sheet1.xml": part.encode()})
    assert first_sheet(book.data()).rows == {1: {1: 42, 2: "а < б"}}


def test_macro_sheets_and_charts_are_not_read() -> None:
    relations = XmlBook([XmlSheet(), XmlSheet("Макрос")]).members()["xl/_rels/workbook.xml.rels"]
    changed = relations.replace(b'worksheet" Target="worksheets/sheet2', b'xlMacrosheet" Target="worksheets/sheet2')
    assert changed != relations
    book = XmlBook([XmlSheet(), XmlSheet("Макрос")], parts={"xl/_rels/workbook.xml.rels": changed})
    assert [sheet.title for sheet in read_workbook(book.data()).sheets] == ["Лист1"]


def test_outside_links_are_not_followed() -> None:
    relations = XmlBook([XmlSheet()]).members()["xl/_rels/workbook.xml.rels"]
    outside = relations.replace(b"/>", b' TargetMode="External"/>')
    with pytest.raises(UnreadableWorkbook):
        read_workbook(XmlBook([XmlSheet()], parts={"xl/_rels/workbook.xml.rels": outside}).data())
