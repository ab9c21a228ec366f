"""A form from the template is, byte for byte, the form that openpyxl writes cell by cell, whatever stands in it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pipeline.forms.definition.form import load_form
from pipeline.forms.locating.locate import (
    carriers,
    locate,
)
from pipeline.forms.making.build import build_workbook
from pipeline.forms.making.cover import Cover
from pipeline.forms.making.pack import (
    MAX_TEXT,
    clean,
)
from pipeline.forms.making.template import whole
from pipeline.forms.parts import layout
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.workbooks.cells import (
    CellError,
    Formula,
    to_json,
)
from tests.conftest import SOAK
from tests.factories.workbooks import COVER, FORM_YAML, TOKEN, sample_form

FORM = sample_form()
WITHOUT_LISTS = """
form: sample-form
version: 3
title: Пробный сбор
sheets:
  - id: first
    title: Лист <1> & «1»
    rows: {max: 3}
    columns:
      - {id: rooms, title: Аудитории, type: int, range: [1, 100]}
"""
EXAMPLES = 1_000 if SOAK else 40
AWKWARD = [
    "",
    " ",
    'ГБПОУ «Колледж "Связь" & <Ко>»',
    "]]> &amp; <!-- --> <?xml?> &#1;",
    "первая строка\nвторая\r\nтретья\tс табуляцией\r",
    " пробелы по краям ",
    "=HYPERLINK(A1)",
    "+7 900",
    "-",
    "@имя",
    "#REF!",
    "\x00=1",
    "\x01\x0b\x7f\x85\u2028\ufeff",
    "\ufffe\uffff\ud800",
    "_x0041_ и _x005F_x0041_ и _xYZ",
    "🏫 \U0010ffff e\u0301",
    "слово " * 4_000,
    "ш" * (MAX_TEXT + 10),
]

words = st.one_of(
    st.sampled_from(AWKWARD), st.text(st.characters(), max_size=60), st.text("=+-@#&<>\"'\n\r_x04 ", max_size=12)
)
instants = st.datetimes(
    datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2090-01-01"), timezones=st.just(UTC)
)
covers = st.builds(
    Cover,
    login=words,
    login_name=words,
    publication_title=st.one_of(st.just(COVER.publication_title), words),
    form_code=words,
    token=st.one_of(st.just(TOKEN), words),
    reply_to=words,
    opens_at=st.one_of(st.just(COVER.opens_at), instants),
    closes_at=st.one_of(st.just(COVER.closes_at), instants),
    support=st.one_of(st.just(COVER.support), words),
)
cells = st.one_of(
    words,
    st.booleans(),
    st.none(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    st.datetimes(datetime.fromisoformat("1900-01-01")),
    st.just(CellError("#DIV/0!")),
    st.just(Formula()),
).map(to_json)


def rows(sheet: str) -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    spec = FORM.sheet(sheet)
    numbers = st.integers(layout.FIRST_ROW, layout.last_row(spec)) | st.integers(1, 40)
    filled = st.dictionaries(st.sampled_from([column.id for column in spec.columns]), cells, max_size=len(spec.columns))
    return st.dictionaries(numbers.map(str), filled, max_size=spec.rows.max + 2)


received = st.fixed_dictionaries({}, optional={"first": rows("first"), "second": rows("second")})


def seen_by_openpyxl(data: bytes) -> list[tuple[object, ...]]:
    """Return what openpyxl finds in the workbook: values, formats, guards and row heights."""
    book: Workbook = load_workbook(io.BytesIO(data))
    found: list[tuple[object, ...]] = [(book.sheetnames, book.properties.keywords, book.properties.title)]
    for sheet in book.worksheets:
        found += [(number, size.height) for number, size in sorted(sheet.row_dimensions.items())]
        found += [
            (cell.coordinate, cell.value, cell.data_type, cell.number_format, getattr(cell, "quotePrefix", None))
            for row in sheet.iter_rows()
            for cell in row
        ]
    return found


def same(fast: bytes, slow: bytes) -> None:
    """Bytes are the strictest of comparisons; the others say what differs when they do."""
    if fast != slow:
        assert read_workbook(fast) == read_workbook(slow)
        assert seen_by_openpyxl(fast) == seen_by_openpyxl(slow)
    assert fast == slow


@settings(max_examples=EXAMPLES, deadline=None)
@given(covers)
@example(replace(COVER, login_name="ш" * 50_000))
@example(replace(COVER, reply_to=""))
def test_w24_any_cover_is_written_as_openpyxl_writes_it(cover: Cover) -> None:
    same(build_workbook(FORM, cover), whole(FORM, cover, None))


@settings(max_examples=EXAMPLES, deadline=None)
@given(received)
def test_w24_any_received_rows_are_written_as_openpyxl_writes_them(rows: dict[str, Any]) -> None:
    same(build_workbook(FORM, COVER, rows), whole(FORM, COVER, rows))


@pytest.mark.parametrize("name", AWKWARD, ids=range(len(AWKWARD)))
def test_any_name_is_read_back_by_us_and_by_openpyxl(name: str) -> None:
    data = build_workbook(FORM, replace(COVER, login_name=name, login=name))
    book = read_workbook(data)
    said = clean(name)
    ours = book.sheets[0].cell(5, 3) or ""
    assert str(ours) == said[: len(str(ours))]
    assert len(str(ours)) >= min(len(said), MAX_TEXT) - 2 * said.count("_x")
    assert carriers(book).tokens == (TOKEN, TOKEN)
    assert seen_by_openpyxl(data) == seen_by_openpyxl(whole(FORM, replace(COVER, login_name=name, login=name), None))


def test_forms_of_several_publications_and_versions_do_not_mix() -> None:
    longer = load_form(FORM_YAML.replace("max: 8", "max: 20"), "form.yaml")
    without_lists = load_form(WITHOUT_LISTS, "form.yaml")
    forms = (FORM, longer, without_lists)
    for number in [*range(6), 0, 1]:  # more than are kept
        cover = replace(COVER, publication_title=f"Сбор {number}", login=f"spo{number}")
        for form in forms:
            book = read_workbook(build_workbook(form, cover))
            assert book.sheets[0].cell(2, 2) == cover.publication_title
            assert locate(form, book).findings == ()
    for form in forms:
        assert build_workbook(form, COVER) == whole(form, COVER, None)


def test_the_archive_is_one_that_zip_programs_know() -> None:
    data = build_workbook(FORM, COVER, {"first": {"5": {"subject": "Химия"}}})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert len(set(archive.namelist())) == len(archive.namelist())
        assert {(info.create_version, info.flag_bits, info.compress_type) for info in archive.infolist()} == {
            (20, 0, 8)
        }
