"""Nothing in a cell is changed on the way: percentages, times, long numbers, formulas, rich text (W32–W35)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from pipeline.forms.making.datasheet import shown_value
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.reading.sheetrows import read_tree
from pipeline.forms.reading.sheetxml import Budget, Shared
from pipeline.forms.workbooks.cells import Cell, Formula, PartDate, Percent, Raised, Struck, from_json, to_json
from pipeline.forms.workbooks.plain import from_plain, to_plain
from pipeline.forms.workbooks.values import Choices, Expected, Parsed, Problem, parser
from pipeline.forms.workbooks.workbook import VISIBLE, RawSheet, RawWorkbook
from tests.factories.workbooks import MAIN, XmlBook, XmlSheet, one_sheet

SHARES = Expected(0, 100)
FORMULA = '<row r="1"><c r="A1"><f>10/4</f><v>{value}</v></c></row>'


def shown(code: str | int, value: object) -> Cell:
    """Return what is read of a number shown through a format: its code, or its number where it is built in."""
    number, own = (code, None) if isinstance(code, int) else (164, code)
    data = one_sheet(f'<row r="1"><c r="A1" s="0"><v>{value}</v></c></row>', formats=[(number, own)])
    return read_workbook(data).sheets[0].cell(1, 1)


def problem(column_type: str, cell: Cell, expected: Expected = SHARES) -> str | None:
    found = parser(column_type, expected=expected)(cell).problem
    return found.code if found else None


@pytest.mark.parametrize(
    ("code", "value", "cell"),
    [
        (9, 0.15, Percent(0.15)),
        (10, 1, Percent(1)),
        ("0.0%", 0.15, Percent(0.15)),
        (r"0.0\%", 15, 15),
        ('0"%"', 15, 15),
        (20, 0.4375, time(10, 30)),
        ("hh:mm;@", 0.4375, time(10, 30)),
        ("h:mm", 44454.4375, datetime(2021, 9, 15, 10, 30)),  # noqa: DTZ001 - cells know no zone
        ("h:mm", 1.5, timedelta(hours=36)),
        (46, 1.5, timedelta(hours=36)),
        ("[h]:mm", 1.0625, timedelta(hours=25, minutes=30)),
        ("[h]:mm", -0.5, timedelta(hours=-12)),
        ("[h]:mm", 44454, timedelta(days=44454)),
        (16, 44444, PartDate(2021, 9, 5)),
        ("d/m;@", 44444, PartDate(2021, 9, 5)),
        ("mmm.yy", 44444, PartDate(2021, 9, 5)),
        (14, 44444, date(2021, 9, 5)),
        ("0.00", 0.15, 0.15),
    ],
)
def test_w32_w33_a_number_is_what_its_format_shows(code: str | int, value: object, cell: Cell) -> None:
    found = shown(code, value)
    assert found == cell
    assert type(found) is type(cell)


@pytest.mark.parametrize(
    ("column_type", "cell", "expected", "value"),
    [
        ("decimal", Percent(0.15), SHARES, 15.0),
        ("decimal", Percent(0.07), SHARES, 7.0),
        ("int", Percent(0.15), SHARES, 15),
        ("decimal", "15 %", SHARES, 15.0),
        ("decimal", "12,5%", SHARES, 12.5),
        ("decimal", Percent(0.15), Expected(0, 1), 0.15),
        ("decimal", Percent(0.15), Expected(in_percent=True), 15.0),
    ],
)
def test_w32_a_percentage_is_what_people_see(
    column_type: str, cell: Cell, expected: Expected, value: float | str
) -> None:
    assert parser(column_type, expected=expected)(cell) == Parsed(value, repair="percent")


@pytest.mark.parametrize("bounds", [Expected(0, 5000), Expected(), Expected(0, None), Expected(None, 5000)])
@pytest.mark.parametrize("column_type", ["int", "decimal"])
def test_w32_a_percentage_of_what_is_no_share_is_a_finding(column_type: str, bounds: Expected) -> None:
    assert parser(column_type, expected=bounds)(Percent(0.96)).problem == Problem("type.percent", "96 %")


@pytest.mark.parametrize("bounds", [Expected(0, 5000), Expected()])
@pytest.mark.parametrize("written", ["96%", "96 %", "12,5 %"])
def test_w32_a_percentage_that_was_typed_is_called_so(written: str, bounds: Expected) -> None:
    found = [parser(kind, expected=bounds)(written).problem for kind in ("int", "decimal")]
    assert found == [Problem("type.percent", written)] * 2


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (time(10, 30), "10:30"),
        (time(9, 0), "9:00"),
        (time(9, 0, 5), "9:00:05"),
        (timedelta(hours=25, minutes=30), "25:30"),
        (Percent(0.15), "15 %"),
        (date(2021, 9, 15), "15.09.2021"),
    ],
)
def test_w33_a_text_column_takes_what_people_see(cell: Cell, value: str) -> None:
    assert parser("text")(cell) == Parsed(value, repair="text")


def test_w33_a_time_is_no_number_and_no_date_but_a_value_of_a_list() -> None:
    assert problem("int", time(10, 30)) == problem("decimal", timedelta(hours=2)) == "type.number_as_time"
    assert problem("date", time(10, 30)) == problem("date", timedelta(days=44454)) == "type.date"
    assert problem("date", Percent(44454)) == "type.date"
    read = parser("choice", choices=Choices(["9:00", "10:30"], {}))
    assert read(time(9, 0)).value == "9:00"
    assert parser("choice", choices=Choices(["09:00"], {}))(time(9, 0)).value == "09:00"


def test_w31_a_number_is_a_value_of_a_list_with_either_sign_of_its_fraction() -> None:
    for values in (["2.5", "3"], ["2,5", "3"]):
        assert parser("choice", choices=Choices(values, {}))(2.5).value == values[0]


@pytest.mark.parametrize("column_type", ["text", "code"])
@pytest.mark.parametrize("written", ["4,0702810500000E+19", "4.07E+19"])
def test_w35_a_number_that_lost_its_digits_is_a_finding(column_type: str, written: str) -> None:
    assert problem(column_type, written) == "type.lost_digits"
    assert problem("text", 40702810500000000001) == problem("text", 4.07028105e19) == "type.lost_digits"
    assert parser("text")(407028105000001).value == "407028105000001"


def test_w35_a_date_that_excel_made_names_its_cause_and_the_way_out() -> None:
    assert problem("text", PartDate(2021, 9, 5)) == "type.text_as_date"
    assert problem("code", date(2007, 2, 9)) == "type.code_as_date"
    assert problem("code", time(9, 2, 7)) == problem("code", timedelta(hours=31)) == "type.code_as_time"
    assert problem("int", PartDate(2021, 9, 5)) == "type.number_as_date"
    found = parser("choice", choices=Choices(["5-9"], {}))(PartDate(2021, 9, 5)).problem
    assert found == Problem("type.choice_as_date")
    assert parser("choice", choices=Choices(["15.09.2021"], {}))(date(2021, 9, 15)).value == "15.09.2021"
    assert parser("date")(PartDate(2021, 9, 5)) == Parsed(date(2021, 9, 5))


def book(*, to_calculate: bool, chain: bool, value: str = "0") -> Cell:
    xml = XmlBook(sheets=[XmlSheet(rows=FORMULA.format(value=value))])
    members = xml.members()
    parts = {}
    if to_calculate:
        main = members["xl/workbook.xml"]
        parts["xl/workbook.xml"] = main.replace(b"</workbook>", b'<calcPr fullCalcOnLoad="1"/></workbook>')
    if chain:
        name = "xl/_rels/workbook.xml.rels"
        line = b'<Relationship Id="c" Type="x/calcChain" Target="calcChain.xml"/></Relationships>'
        parts[name] = members[name].replace(b"</Relationships>", line)
    data = XmlBook(sheets=xml.sheets, parts=parts).data()
    return read_workbook(data).sheets[0].cell(1, 1)


def test_w34_the_zero_of_a_formula_that_nobody_calculated_is_not_taken() -> None:
    assert book(to_calculate=True, chain=False) == Formula()
    assert book(to_calculate=True, chain=False, value="2.5") == 2.5
    assert book(to_calculate=True, chain=True) == 0
    assert book(to_calculate=False, chain=False) == 0


@pytest.mark.parametrize(("uncalculated", "value"), [(True, Formula()), (False, 0)])
def test_w34_a_sheet_of_uncommon_shape_is_read_alike(value: Cell, *, uncalculated: bool) -> None:
    data = XmlSheet(rows=FORMULA.format(value="0")).xml(MAIN).encode()
    assert read_tree(data, "л", VISIBLE, Shared(uncalculated=uncalculated), Budget()).cell(1, 1) == value


def rich(look: str, second: str = "1") -> Cell:
    runs = f"<si><r><t>28</t></r><r><rPr>{look}</rPr><t>{second}</t></r></si>"
    data = one_sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=[runs])
    return read_workbook(data).sheets[0].cell(1, 1)


@pytest.mark.parametrize(
    ("look", "second", "kind"),
    [
        ('<vertAlign val="superscript"/>', "1", Raised),
        ('<vertAlign val="subscript"/>', "1", Raised),
        ('<vertAlign val="baseline"/>', "1", str),
        ("<strike/>", "1", Struck),
        ('<strike val="1"/>', "1", Struck),
        ('<strike val="0"/>', "1", str),
        ("<strike/>", " ", str),
        ("<b/>", "1", str),
    ],
)
def test_a_raised_or_struck_sign_is_seen(look: str, second: str, kind: type) -> None:
    found = rich(look, second)
    assert found == f"28{second}"
    assert type(found) is kind


@pytest.mark.parametrize(("mark", "kind"), [("<strike/>", Struck), ('<strike val="0"/>', int)])
def test_a_cell_that_is_struck_out_whole_is_seen(mark: str, kind: type) -> None:
    style = (
        f'<styleSheet xmlns="{MAIN}"><fonts><font/><font>{mark}</font></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs>'
    )
    rows = '<row r="1"><c r="A1" s="1"><v>28</v></c><c r="B1"><v>29</v></c></row>'
    cells = read_workbook(
        one_sheet(rows, parts={"xl/styles.xml": f"{style}</styleSheet>".encode()}, formats=[(0, None)])
    )
    assert cells.sheets[0].cell(1, 2) == 29
    assert type(cells.sheets[0].cell(1, 1)) is kind


def test_a_raised_or_struck_sign_is_no_part_of_a_number() -> None:
    assert problem("int", Raised("281")) == "cell.raised"
    assert problem("int", Struck("2728")) == problem("text", Struck("2728")) == "cell.struck"
    assert parser("text")(Raised("м2")).value == "м2"


def test_the_noise_of_a_formula_is_put_right_and_a_fraction_is_not() -> None:
    assert parser("int")(24.000000000000004) == Parsed(24, repair="noise")
    assert parser("int")(23.999999999999996) == Parsed(24, repair="noise")
    assert problem("int", 24.6) == problem("int", 24.0001) == "type.fraction"


CELLS: list[Cell] = [Percent(0.15), PartDate(2021, 9, 5), time(9), timedelta(hours=-49), Raised("281"), Struck("5 4")]


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_kept_of_a_cell_says_how_it_was_shown(cell: Cell) -> None:
    workbook = RawWorkbook((RawSheet("л", rows={1: {1: cell}}),))
    for back in (from_json(to_json(cell)), from_plain(to_plain(workbook)).sheets[0].cell(1, 1)):
        assert back == cell
        assert type(back) is type(cell)


def test_a_return_that_is_sent_back_never_hides_what_was_wrong() -> None:
    """The copy for corrections shows the value as it was seen, or nothing where it would read as another."""
    assert shown_value(to_json(Percent(0.15))) == "15 %"
    assert shown_value(to_json(time(9))) == "9:00"
    assert [shown_value(to_json(cell)) for cell in (PartDate(2021, 9, 5), Raised("281"), Struck("5 4"))] == [None] * 3


@pytest.mark.parametrize("written", ["12; 14", "12/14", "12 и 14", "12 или 14", "12\n14", "12, 14", "12-14"])
def test_several_numbers_in_a_cell_are_called_so(written: str) -> None:
    assert problem("int", written) == problem("decimal", written) == "type.several"


@pytest.mark.parametrize("written", ["50 чел.", "50*", "около 50", "50 (пятьдесят)", "№ 50", "50 юношей и 20 девушек"])
def test_words_beside_a_number_are_called_so(written: str) -> None:
    assert problem("int", written) == problem("decimal", written) == "type.number_and_words"


@pytest.mark.parametrize("written", ["пятьдесят", "12.03.2021", "1.234,5"])
def test_what_has_no_words_beside_a_number_is_not_called_so(written: str) -> None:
    assert problem("int", written) == "type.int"


@pytest.mark.parametrize("written", ["12+14", "12 + 14", "1+2+3"])
def test_an_addition_is_asked_for_its_result(written: str) -> None:
    assert problem("int", written) == problem("decimal", written) == "type.sum"


@pytest.mark.parametrize("written", ["=15+12", "= 15 + 12", "'=C5*13", "=СУММ(E5:E9)", " =A1", "=ДАТА(2021;9;20)"])
@pytest.mark.parametrize("kind", ["int", "decimal", "date", "code", "bool"])
def test_w34_a_formula_that_stayed_a_text_is_called_a_formula(kind: str, written: str) -> None:
    assert problem(kind, written) == "cell.formula_text"


@pytest.mark.parametrize("written", ["=", "==", "27", "≈27"])
def test_w34_a_sign_alone_is_no_formula(written: str) -> None:
    assert problem("int", written) != "cell.formula_text"


def test_several_values_of_a_list_in_a_cell_are_called_so() -> None:
    read = parser("choice", choices=Choices(["Русский язык", "Физика", "Химия и биология"], {}))
    for written in ("Русский язык, физика", "Физика/Русский язык", "физика и русский язык"):
        found = read(written).problem
        assert found is not None
        assert found.code == "list.several"
    assert read("химия и биология").value == "Химия и биология"
    assert read("Физика, латынь").problem == Problem("list")


@pytest.mark.parametrize(
    ("column_type", "written", "value"),
    [("int", "'50", 50), ("code", "'09.02.07", "09.02.07"), ("date", "'15.09.2021", None)],
)
def test_the_mark_of_a_text_that_stayed_a_sign_is_taken_off(column_type: str, written: str, value: object) -> None:
    found = parser(column_type)(written)
    assert found.value == (value or date(2021, 9, 15))
    assert found.repair is not None
    assert parser("text")("'s-Hertogenbosch") == Parsed("'s-Hertogenbosch")


def test_w11_what_was_read_before_is_not_taken_for_what_only_equals_it() -> None:
    read = parser("int")
    cells: list[Cell] = [1, True, 1.0, Percent(1.0), None]
    assert [read(cell) for cell in cells] == [
        Parsed(1),
        Parsed(problem=Problem("type.int")),
        Parsed(1),
        Parsed(problem=Problem("type.percent", "100 %")),
        Parsed(),
    ]


def test_w23_a_column_of_ever_new_cells_is_remembered_within_bounds() -> None:
    read = parser("text")
    for number in range(10_000):
        assert read(f"строка {number}").value == f"строка {number}"
    assert read("длинная " * 1_000).value == "длинная " * 999 + "длинная"
    assert len(read) <= 4_096
    assert max(len(str(cell)) for _, cell in read) <= 100
