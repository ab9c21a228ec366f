"""What is put into a form is read out of it again; whatever bytes come, the reader gives a workbook or one error."""

from __future__ import annotations

import contextlib
import zipfile
from datetime import date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.files.sniff import sniff
from pipeline.forms.locating.locate import (
    carriers,
    locate,
)
from pipeline.forms.making.build import build_workbook
from pipeline.forms.making.datasheet import place_rows
from pipeline.forms.parts import layout
from pipeline.forms.reading.precheck import open_package
from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)
from pipeline.forms.reading.sheetxml import decode_escapes
from pipeline.forms.workbooks.cells import (
    CellError,
    to_json,
)
from pipeline.forms.workbooks.serials import from_serial
from pipeline.forms.workbooks.values import parser
from tests.factories.workbooks import COVER, TOKEN, XmlBook, XmlSheet, archive, sample_form

FORM = sample_form()
FIRST = FORM.sheet("first")

# Letters that XML can carry; what it cannot is left out on writing (see test_build).
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
).filter(lambda value: "_x" not in value)
cells = st.one_of(
    texts,
    st.integers(-(10**15), 10**15),
    # Spreadsheets keep 15 digits of a number.
    st.floats(-1e12, 1e12, allow_subnormal=False)
    .map(lambda value: float(f"{value:.15g}"))
    .filter(lambda value: not value.is_integer()),
    st.dates(date(1901, 1, 1), date(2200, 1, 1)),
    st.datetimes(datetime.fromisoformat("1901-01-01"), datetime.fromisoformat("2200-01-01")).map(
        lambda value: value.replace(microsecond=0)
    ),
)
columns = st.sampled_from([column.id for column in FIRST.columns])
rows = st.dictionaries(
    st.integers(layout.first_row(FIRST), layout.last_row(FIRST)),
    st.dictionaries(columns, cells, min_size=1, max_size=len(FIRST.columns)),
    max_size=FIRST.rows.max,
)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_what_is_put_into_a_form_is_read_out_of_it(filled: dict[int, dict[str, Any]]) -> None:
    received = {"first": {str(row): {key: to_json(cell) for key, cell in line.items()} for row, line in filled.items()}}
    book = read_workbook(build_workbook(FORM, COVER, received))
    place = locate(FORM, book).sheets["first"]
    for row in range(place.first_row, place.last_row + 1):
        for column, number in place.columns.items():
            kept = _as_kept(column, filled.get(row, {}).get(column))
            got = place.raw.cell(row, number)
            assert got == kept
            assert type(got) is type(kept)
    assert carriers(book).tokens == (TOKEN, TOKEN)


def _as_kept(column: str, put: Any) -> Any:
    """A spreadsheet has no datetime at midnight; a serial that the check takes for a date is shown as one."""
    if column == "day" and isinstance(put, int | float) and parser("date")(put).problem is None:
        return from_serial(put)
    return put.date() if isinstance(put, datetime) and put.time() == put.min.time() else put


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(1, 10_000), max_size=30))
def test_every_received_row_has_a_place_of_its_own(numbers: set[int]) -> None:
    placed = place_rows(FIRST, {str(number): {"subject": "Химия"} for number in numbers})
    assert set(placed) == numbers
    assert len(set(placed.values())) == len(numbers)
    assert [placed[number] for number in sorted(numbers)] == sorted(placed.values())
    assert all(row >= layout.first_row(FIRST) for row in placed.values())
    assert len(numbers) > FIRST.rows.max or all(row <= layout.last_row(FIRST) for row in placed.values())


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
)
def test_w28_any_bytes_give_a_workbook_or_one_error(data: bytes, head: bytes) -> None:
    assert sniff(head + data)
    with contextlib.suppress(UnreadableWorkbook):
        read_workbook(head + data)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["rows", "after", "prolog"]))
def test_any_text_in_a_sheet_gives_a_workbook_or_one_error(text: str, where: str) -> None:
    part = XmlSheet(**{where: text}).xml().encode("utf-8", "replace")
    with contextlib.suppress(UnreadableWorkbook):
        read_workbook(XmlBook([XmlSheet()], parts={"xl/worksheets/sheet1.xml": part}).data())


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.xml", fullmatch=True), st.binary(max_size=2_000), max_size=8
    ),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_an_archive_gives_back_what_was_put_in(members: dict[str, bytes], method: int) -> None:
    package = open_package(archive(members, method))
    assert {name: package.read(name) for name in package.names} == members


@given(st.floats() | st.integers(), st.booleans())
def test_any_number_is_a_date_or_stays_itself(serial: float, date1904: bool) -> None:
    result = from_serial(serial, date1904=date1904)
    assert isinstance(result, date) or result is serial


@given(st.text())
def test_escapes_never_leave_half_a_letter(value: str) -> None:
    decode_escapes(value).encode("utf-8")


def test_error_cells_are_prefilled_as_their_text() -> None:
    received = {"first": {"5": {"subject": to_json(CellError("#REF!"))}}}
    assert read_workbook(build_workbook(FORM, COVER, received)).sheets[1].cell(5, 1) == "#REF!"
