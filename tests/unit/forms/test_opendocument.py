"""The reader of .ods: values as they were written, and what LibreOffice and Excel write differently."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from pipeline.forms.reading.opendocument import (
    read_ods,
    unpack,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Formula,
    PartDate,
    Percent,
    Raised,
    Struck,
)
from pipeline.forms.workbooks.plain import (
    from_plain,
    to_plain,
)
from pipeline.forms.workbooks.workbook import (
    HIDDEN,
    VISIBLE,
)
from tests.factories.foreign import ods, ods_cell, ods_of, ods_row

_FORMULA = 'table:formula="of:=1/0"'
_ERROR = 'table:formula="of:=NA()" office:value-type="string" office:string-value=""'


def first(cells: str) -> Cell:
    """The value of A1."""
    return read_ods(ods(ods_row(cells))).sheets[0].cell(1, 1)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (ods_cell("Химия"), "Химия"),
        (ods_cell("3", "float"), 3),
        (ods_cell("3.50", "float"), 3.5),
        (ods_cell("0.15", "percentage"), Percent(0.15)),
        (ods_cell("1e3", "currency"), 1000),
        (ods_cell("inf", "float"), "inf"),
        (ods_cell("true", "boolean"), True),
        (ods_cell("2021-09-15", "date"), date(2021, 9, 15)),
        (ods_cell("2021-09-15T00:00:00", "date"), date(2021, 9, 15)),
        (ods_cell("2021-09-15T12:30:00", "date"), datetime(2021, 9, 15, 12, 30)),  # noqa: DTZ001 - cells know no zone
        (ods_cell("15.09.2021", "date"), "15.09.2021"),
        (ods_cell("PT12H00M00S", "time"), time(12)),
        (ods_cell("P1DT12H", "time"), timedelta(hours=36)),
        (ods_cell("полдень", "time"), "полдень"),
        (ods_cell("007"), "007"),
        ("<table:table-cell/>", None),
        (ods_cell(""), None),
    ],
)
def test_a_cell_is_read_as_it_was_written(cell: str, value: Cell) -> None:
    found = first(cell)
    assert found == value
    assert type(found) is type(value)


STYLES = """
<style:style style:name="out"><style:text-properties style:text-line-through-type="single"/></style:style>
<style:style style:name="in" style:parent-style-name="out"><style:text-properties style:text-line-through-type="none"/>
</style:style>
<style:style style:name="up" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="level"><style:text-properties style:text-position="0% 100%"/></style:style>
<style:style style:name="cell" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/>
</style:style>
<style:style style:name="heir" style:parent-style-name="cell"/>
<style:style style:name="day" style:data-style-name="N1"/><style:style style:name="whole" style:data-style-name="N2"/>
<n:date-style xmlns:n="NUMBER" style:name="N1"><n:day/><n:month/></n:date-style>
<n:date-style xmlns:n="NUMBER" style:name="N2"><n:day/><n:year/></n:date-style>
""".replace("NUMBER", "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0")


def styled(cell: str, columns: str = "") -> Cell:
    data = ods_of(f'<table:table table:name="Лист1">{columns}{ods_row(cell)}</table:table>', styles=STYLES)
    return read_ods(data).sheets[0].cell(1, 1)


@pytest.mark.parametrize(
    ("style", "kind"), [("out", Struck), ("in", str), ("up", Raised), ("level", str), ("unknown", str)]
)
def test_w35_a_raised_or_struck_sign_is_seen(style: str, kind: type) -> None:
    found = styled(ods_cell(f'28<text:span text:style-name="{style}">1</text:span>'))
    assert found == "281"
    assert type(found) is kind


@pytest.mark.parametrize("style", ["cell", "heir"])
def test_w35_a_cell_that_is_struck_out_whole_is_seen(style: str) -> None:
    found = styled(ods_cell("28", "float", f'table:style-name="{style}"'))
    assert (found, type(found)) == ("28", Struck)


def test_w35_a_date_shown_without_its_year_is_seen() -> None:
    column = '<table:table-column table:default-cell-style-name="day"/>'
    own = styled(ods_cell("2021-09-05", "date", 'table:style-name="day"'))
    of_column = styled(ods_cell("2021-09-05", "date"), column)
    whole = styled(ods_cell("2021-09-05", "date", 'table:style-name="whole"'), column)
    assert own == of_column == whole == date(2021, 9, 5)
    assert [type(found) for found in (own, of_column, whole)] == [PartDate, PartDate, date]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('а<text:s text:c="3"/>б', "а   б"),
        ("а<text:s/>б<text:tab/>в<text:line-break/>г", "а б\tв\nг"),
        ("а\n   б", "а б"),
        ("<text:span>а<text:a>б</text:a>в</text:span>г", "абвг"),
        ("а</text:p><text:p>б", "а\nб"),
        ("а<office:annotation><text:p>не данные</text:p></office:annotation>б", "аб"),
    ],
)
def test_text_is_put_together_as_people_see_it(text: str, value: str) -> None:
    assert first(ods_cell(text)) == value


def test_a_note_on_a_cell_is_not_its_value() -> None:
    note = "<office:annotation><text:p>Проверьте</text:p></office:annotation>"
    cell = f'<table:table-cell office:value-type="string">{note}<text:p>да</text:p></table:table-cell>'
    assert first(cell) == "да"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (f'<table:table-cell {_ERROR} calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>', "#N/A"),
        (
            f'<table:table-cell {_ERROR} calcext:value-type="error"><text:p>Err:502</text:p></table:table-cell>',
            "Err:502",
        ),
        (f"<table:table-cell {_ERROR}><text:p>#Н/Д</text:p></table:table-cell>", "#N/A"),
        (
            f'<table:table-cell {_FORMULA} office:value-type="float"><text:p>#DIV/0!</text:p></table:table-cell>',
            "#DIV/0!",
        ),
    ],
    ids=["libreoffice", "libreoffice's own", "in Russian", "excel"],
)
def test_w5_error_cells_come_out_as_errors(cell: str, code: str) -> None:
    assert first(cell) == CellError(code)


def test_a_text_that_only_looks_like_an_error_is_a_text() -> None:
    assert first(ods_cell("#N/A")) == "#N/A"


def test_w5_a_formula_without_its_value_is_not_a_blank() -> None:
    assert first('<table:table-cell table:formula="of:=[.B1]"/>') == Formula()
    assert first('<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>') is None


def test_repeated_cells_and_rows_are_written_out_and_blank_ones_are_not() -> None:
    sheet = read_ods(
        ods(
            ods_row(attributes='table:number-rows-repeated="3"')
            + ods_row(
                '<table:table-cell table:number-columns-repeated="2"/>',
                ods_cell("да", attributes='table:number-columns-repeated="2"'),
                '<table:table-cell table:number-columns-repeated="16380"/>',
                attributes='table:number-rows-repeated="2"',
            )
            + ods_row('<table:table-cell table:style-name="ce1"/>', attributes='table:number-rows-repeated="1048571"')
        )
    ).sheets[0]
    assert sheet.rows == {4: {3: "да", 4: "да"}, 5: {3: "да", 4: "да"}}


def test_w16_hidden_columns_are_seen_those_of_groups_too() -> None:
    column = "<table:table-column {}/>".format
    grouped = column('table:visibility="collapse" table:number-columns-repeated="2"') + column("")
    columns = (
        column('table:number-columns-repeated="2"')
        + f"<table:table-column-group>{grouped}</table:table-column-group>"
        + column('table:visibility="filter"')
        + column('table:visibility="collapse" table:number-columns-repeated="damaged"')
    )
    sheet = read_ods(ods(columns + ods_row(ods_cell("а")))).sheets[0]
    assert sheet.hidden_columns == {3, 4, 6}
    assert sheet.rows == {1: {1: "а"}}


def test_w15_w16_merges_hidden_rows_and_filters_are_seen() -> None:
    sheet = read_ods(
        ods(
            ods_row(
                ods_cell("а", attributes='table:number-columns-spanned="2" table:number-rows-spanned="3"'),
                "<table:covered-table-cell/>",
            )
            + "<table:table-row-group>"
            + ods_row(ods_cell("б"), attributes='table:visibility="collapse"')
            + ods_row(ods_cell("в"), attributes='table:visibility="filter"')
            + "</table:table-row-group>"
        )
    ).sheets[0]
    assert sheet.merged == ("A1:B3",)
    assert sheet.hidden_rows == {2, 3}
    assert sheet.filtered
    assert [cells[1] for cells in sheet.rows.values()] == ["а", "б", "в"]


def test_w2_hidden_sheets_and_keywords_keep_the_identity() -> None:
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    tables = '<table:table table:name="Лист"/><table:table table:name="kabinet_key" table:style-name="ta2"/>'
    book = read_ods(ods_of(tables, styles=hidden, keywords="kabinet token=x"))
    assert [(sheet.title, sheet.state) for sheet in book.sheets] == [("Лист", VISIBLE), ("kabinet_key", HIDDEN)]
    assert book.keywords == "kabinet token=x"
    assert not book.date1904


def test_days_count_from_1904_when_the_workbook_says_so() -> None:
    settings = (
        '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    )
    assert read_ods(ods_of(f'{settings}<table:table table:name="Л"/>')).date1904


def test_what_crosses_from_the_child_is_the_same_workbook() -> None:
    data = ods(ods_row(ods_cell("а"), ods_cell("2021-09-15", "date"), '<table:table-cell table:formula="of:=1"/>'))
    plain = unpack(data)
    assert isinstance(plain, dict)
    assert from_plain(plain) == read_ods(data)


@pytest.mark.parametrize(
    "change",
    [
        {"sheets": None},
        {"sheets": [{}]},
        {"keywords": 1},
        {"date1904": "да"},
        {"rows": [[0, []]]},
        {"rows": [[1, [["A", 1]]]]},
        {"rows": [[1, [[1, {"formula": False}]]]]},
        {"rows": [[1, [[1, [1]]]]]},
        {"rows": {"1": {}}},
        {"rows": [[1, [[1, {"date": "вчера"}]]]]},
        {"state": "нет"},
        {"merged": [1]},
    ],
)
def test_what_is_no_workbook_does_not_cross(change: dict[str, Any]) -> None:
    plain = to_plain(read_ods(ods(ods_row(ods_cell("а")))))
    for name, value in change.items():
        (plain if name in plain else plain["sheets"][0])[name] = value
    with pytest.raises(ValueError, match=r"."):
        from_plain(plain)
