"""The reader of .xls: each kind of record, strings over several records, and damage."""

from __future__ import annotations

import random
import struct
from datetime import date, datetime

import pytest

from pipeline.forms.reading.legacy import (
    read_xls,
    unpack,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Raised,
    Struck,
)
from pipeline.forms.workbooks.plain import from_plain
from pipeline.forms.workbooks.workbook import (
    HIDDEN,
    VERY_HIDDEN,
    VISIBLE,
    WIDEST,
    RawSheet,
)
from pipeline.model import Refused
from tests.factories.foreign import cell_record, compound, number, record, unicode_text, xls, xls_stream

_DATE = 1
"""The second cell format of the factory shows dates."""


def first(records: bytes) -> Cell:
    """The value of A1."""
    return read_xls(xls(records)).sheets[0].cell(1, 1)


def formula(result: bytes) -> bytes:
    return cell_record(0x0006, 0, 0, result + bytes(8))


def rk(raw: int) -> bytes:
    return cell_record(0x027E, 0, 0, struct.pack("<L", raw))


FONTS = b"".join(
    record(0x0031, struct.pack("<HH4xH6x", 200, flags, place)) for flags, place in [(0, 0), (8, 0), (0, 1)]
)
"""A plain font, one that strikes out and one that raises."""
STRUCK_FORMAT = record(0x00E0, struct.pack("<2H", 1, 0) + bytes(16))


def rich(font: int, *, begin: int = 2) -> Cell:
    """The value of A1, «281», from its sign ``begin`` on in that font."""
    text = struct.pack("<HBH", 3, 8, 1) + b"281" + struct.pack("<2H", begin, font)
    strings = record(0x00FC, struct.pack("<2L", 1, 1) + text)
    return read_xls(xls(cell_record(0x00FD, 0, 0, bytes(4)), globals_=FONTS, strings=strings)).sheets[0].cell(1, 1)


@pytest.mark.parametrize(("font", "kind"), [(0, str), (1, Struck), (2, Raised), (9, str)])
def test_w35_a_raised_or_struck_sign_is_seen(font: int, kind: type) -> None:
    assert rich(font) == "281"
    assert type(rich(font)) is kind


def test_w35_a_font_that_no_sign_has_marks_nothing() -> None:
    assert type(rich(1, begin=3)) is str


def test_w35_a_cell_that_is_struck_out_whole_is_seen() -> None:
    records = number(0, 0, 28) + number(0, 1, 29, 1)
    cells = read_xls(xls(records, globals_=FONTS + STRUCK_FORMAT)).sheets[0].rows[1]
    assert cells == {1: "28", 2: 29}
    assert type(cells[1]) is Struck


@pytest.mark.parametrize(
    ("records", "value"),
    [
        (number(0, 0, 3.0), 3),
        (number(0, 0, 3.5), 3.5),
        (number(0, 0, float("inf")), CellError("#NUM!")),
        (number(0, 0, 44_454, _DATE), date(2021, 9, 15)),
        (number(0, 0, 44_454.5, _DATE), datetime(2021, 9, 15, 12)),  # noqa: DTZ001 - cells know no zone
        (rk(100 << 2 | 2), 100),
        (rk((-7 & 0x3FFFFFFF) << 2 | 2), -7),
        (rk(12_345 << 2 | 3), 123.45),
        (rk(struct.unpack("<Q", struct.pack("<d", 1.5))[0] >> 32), 1.5),
        (cell_record(0x0204, 0, 0, unicode_text("да")), "да"),
        (cell_record(0x00D6, 0, 0, unicode_text("жирно") + b"\x01\0\0\0\0\0"), "жирно"),
        (cell_record(0x0204, 0, 0, struct.pack("<HB", 3, 0) + b"abc"), "abc"),
        (cell_record(0x0205, 0, 0, b"\x01\0"), True),
        (cell_record(0x0205, 0, 0, b"\0\0"), False),
        (cell_record(0x0205, 0, 0, b"\x2a\x01"), CellError("#N/A")),
        (cell_record(0x0205, 0, 0, b"\x17\x01"), CellError("#REF!")),
        (formula(struct.pack("<d", 5)), 5),
        (formula(b"\x01\0\x01\0\0\0\xff\xff"), True),
        (formula(b"\x02\0\x07\0\0\0\xff\xff"), CellError("#DIV/0!")),
        (formula(b"\x03\0\0\0\0\0\xff\xff"), None),
        (formula(b"\0\0\0\0\0\0\xff\xff") + record(0x0207, unicode_text("итог")), "итог"),
        (formula(b"\0\0\0\0\0\0\xff\xff") + record(0x04BC, b"x") + record(0x0207, unicode_text("итог")), "итог"),
        (cell_record(0x0201, 0, 0, b""), None),
    ],
)
def test_w5_a_cell_is_read_as_it_was_written(records: bytes, value: Cell) -> None:
    found = first(records)
    assert found == value
    assert type(found) is type(value)


def test_numbers_side_by_side_are_one_record() -> None:
    pairs = b"".join(struct.pack("<HL", style, value << 2 | 2) for style, value in ((0, 1), (_DATE, 44_454)))
    sheet = read_xls(xls(record(0x00BD, struct.pack("<2H", 4, 1) + pairs + struct.pack("<H", 2)))).sheets[0]
    assert sheet.rows == {5: {2: 1, 3: date(2021, 9, 15)}}


def test_dates_are_known_by_the_formats_own_code_too() -> None:
    own = record(0x041E, struct.pack("<H", 164) + unicode_text("dd.mm.yyyy"))
    book = read_xls(xls(number(0, 0, 44_454, 2), globals_=own, formats=(0, 14, 164)))
    assert book.sheets[0].cell(1, 1) == date(2021, 9, 15)


def test_days_count_from_1904_when_the_workbook_says_so() -> None:
    book = read_xls(xls(number(0, 0, 1, _DATE), globals_=record(0x0022, b"\1\0")))
    assert book.date1904
    assert book.sheets[0].cell(1, 1) == date(1904, 1, 2)


def test_shared_strings_run_on_over_records() -> None:
    """Each record says anew how wide its letters are; runs of rich text and phonetic hints are passed over."""
    rich = struct.pack("<HBHL", 4, 1 | 8 | 4, 1, 3) + "текс".encode("utf-16-le") + b"\1\0\2\0" + b"xyz"
    start = struct.pack("<2L", 3, 3) + rich + struct.pack("<HB", 6, 1) + "При".encode("utf-16-le")
    pieces = record(0x00FC, start) + record(0x003C, b"\1" + "м".encode("utf-16-le"))
    pieces += record(0x003C, b"\0er" + struct.pack("<HB", 2, 0) + b"ok")
    cells = b"".join(cell_record(0x00FD, row, 0, struct.pack("<L", row)) for row in range(3))
    sheet = read_xls(xls(cells, strings=pieces)).sheets[0]
    assert [cells[1] for cells in sheet.rows.values()] == ["текс", "Примer", "ok"]


def test_w15_w16_merges_hidden_rows_and_filters_are_seen() -> None:
    hidden = record(0x0208, struct.pack("<6HL", 2, 0, 1, 255, 0, 0, 0x20))
    merged = record(0x00E5, struct.pack("<5H", 1, 0, 2, 0, 1))
    sheet = read_xls(xls(hidden + record(0x009B) + number(2, 0, 1) + merged)).sheets[0]
    assert sheet == RawSheet("Лист1", VISIBLE, {3: {1: 1}}, ("A1:B3",), frozenset({3}), filtered=True)


def test_w16_hidden_columns_and_those_of_no_width_are_seen() -> None:
    shapes = ((1, 2, 2560, 0, 1, 0), (4, 4, 0, 0, 0, 0), (6, 6, 2560, 0, 0, 0))
    columns = b"".join(record(0x007D, struct.pack("<6H", *shape)) for shape in shapes)
    assert read_xls(xls(columns + number(2, 0, 1))).sheets[0].hidden_columns == {2, 3, 5}
    broken = record(0x007D, b"\0") + record(0x007D, struct.pack("<6H", 2, 0xFFFF, 2560, 0, 1, 0))
    sheet = read_xls(xls(broken + number(2, 0, 1))).sheets[0]
    assert sheet.rows == {3: {1: 1}}
    assert max(sheet.hidden_columns) == WIDEST


def test_w2_hidden_sheets_keep_their_state_and_charts_are_passed_over() -> None:
    chart = record(0x0809, struct.pack("<2H", 0x600, 0x20)) + number(0, 0, 9) + record(0x000A)
    book = read_xls(xls(number(0, 0, 1), chart + number(0, 0, 2), b"", states=(0, 1, 2)))
    assert [sheet.state for sheet in book.sheets] == [VISIBLE, HIDDEN, VERY_HIDDEN]
    assert book.sheets[1].rows == {1: {1: 2}}


def test_w2_keywords_are_read_and_their_damage_is_not_the_forms() -> None:
    words = "kabinet, token=abc, form=х".encode()
    properties = struct.pack("<2L", 1, 24) + struct.pack("<2L", 5, 32)
    values = struct.pack("<LL", 2, 65_001) + struct.pack("<2L", 0x1E, len(words)) + words
    summary = struct.pack("<2HL16xL16xL", 0xFFFE, 0, 0, 1, 48) + struct.pack("<2L", 99, 2) + properties + values
    stream = xls_stream(number(0, 0, 1))
    assert read_xls(compound({"Workbook": stream, "\5SummaryInformation": summary})).keywords == (
        "kabinet token=abc form=х"
    )
    broken = compound({"Workbook": stream, "\5SummaryInformation": b"\xff" * 60})
    assert read_xls(broken).keywords == ""


def test_w9_the_dimension_record_is_not_trusted() -> None:
    lie = record(0x0200, struct.pack("<2L3H", 0, 65_536, 0, 256, 0))
    assert read_xls(xls(lie + number(4, 1, 7))).sheets[0].rows == {5: {2: 7}}


def test_what_crosses_from_the_child_is_the_same_workbook() -> None:
    data = xls(number(0, 0, 44_454, _DATE) + cell_record(0x0205, 1, 0, b"\x2a\x01"))
    assert from_plain(unpack(data)) == read_xls(data)


def test_damaged_bytes_give_the_workbook_or_one_refusal(soak: bool) -> None:
    """Random damage from a fixed seed: nothing but a refusal may come out of the task."""
    chance = random.Random(20210907)
    strings = record(0x00FC, struct.pack("<2L", 2, 2) + unicode_text("да") + unicode_text("нет"))
    cells = cell_record(0x00FD, 0, 0, struct.pack("<L", 1)) + number(1, 1, 5) + formula(struct.pack("<d", 5))
    whole = xls(cells, cells, strings=strings)
    used = [at for at, byte in enumerate(whole) if byte not in (0, 0xFF)]
    reasons = set()
    for _ in range(20_000 if soak else 2_000):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 3, 20))):
            data[chance.choice(used)] = chance.randrange(256)
        result = unpack(bytes(data))
        reasons.add(result.reason if isinstance(result, Refused) else "read")
    assert {"read", "damaged"} <= reasons
