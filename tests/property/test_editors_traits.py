"""What each program keeps of our workbooks and what it breaks: known, so that nothing of ours rests on the rest.

A trait that changes with a new version fails here and is looked at again.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from functools import cache

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.forms.checking.check import check_batch
from pipeline.forms.locating.locate import carriers
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import build_workbook
from pipeline.forms.parts import layout
from pipeline.forms.parts.limits.choice import list_name
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.workbooks.values import parser
from pipeline.model import Finding, Outcome, Severity
from tests.conftest import SOAK
from tests.editors.cases import Typed, Typing
from tests.editors.programs import HERE, Editor, LibreOfficeEditor, NodeEditor, OpenpyxlEditor
from tests.editors.shipped import PARTICIPANTS, SCHEDULE
from tests.factories.workbooks import COVER, TOKEN

PAPER = "РАБОТЫ НА БЛАНКЕ"
FINDING = Finding("range", "range", Severity.ERROR, "Исправьте число.", PAPER, 5, "rooms_first", "C5", "300")
ZONES = (
    "Kaliningrad Moscow Samara Yekaterinburg Omsk Novosibirsk Krasnoyarsk Irkutsk Yakutsk Vladivostok Magadan Kamchatka"
)
EUROPEAN = ("Kaliningrad", "Moscow", "Samara")

openpyxl_ = pytest.param(OpenpyxlEditor(), id="openpyxl")
sheetjs = pytest.param(NodeEditor("sheetjs"), id="sheetjs", marks=pytest.mark.system("node"))
exceljs = pytest.param(NodeEditor("exceljs"), id="exceljs", marks=pytest.mark.system("node"))
libreoffice = pytest.param(LibreOfficeEditor(), id="libreoffice", marks=pytest.mark.system("libreoffice"))
ALL = [openpyxl_, sheetjs, exceljs, libreoffice]


@cache
def saved(editor: Editor) -> bytes:
    """The answer to a faulty return with one cell corrected in the editor."""
    received = {"paper": {"5": {"subject": "Химия", "date_first": {"date": "2021-09-15"}, "rooms_first": 300}}}
    (data,) = editor.fill([(annotate(SCHEDULE, COVER, received, [FINDING]), [Typing(PAPER, 5, 3, 2)])])
    return data


def opened(editor: Editor) -> Workbook:
    return load_workbook(io.BytesIO(saved(editor)))


@pytest.mark.parametrize("editor", ALL)
def test_w2_all_keep_the_identity_in_each_carrier_and_hide_its_sheets(editor: Editor) -> None:
    said = carriers(read_workbook(saved(editor)))
    assert said.tokens == (TOKEN, TOKEN)
    assert said.code == COVER.form_code
    assert said.draft is False
    book = opened(editor)
    assert "visible" not in {book[name].sheet_state for name in (layout.KEY_SHEET, layout.LISTS_SHEET)}


@pytest.mark.parametrize("editor", ALL)
def test_all_keep_the_order_of_sheets_the_lists_names_and_the_print_titles(editor: Editor) -> None:
    book = opened(editor)
    titles = [spec.title for spec in SCHEDULE.sheets]
    assert book.sheetnames[:5] == [layout.COVER_TITLE, layout.FINDINGS_TITLE, *titles]
    assert set(book.defined_names) == {list_name(name) for name in SCHEDULE.lists}
    assert book[PAPER].print_title_rows == "$3:$4"
    assert book[PAPER].auto_filter.ref == "A4:G64"


@pytest.mark.parametrize("editor", [openpyxl_, exceljs, libreoffice])
def test_w3_drop_downs_prompts_notes_protection_and_colours_survive_all_but_sheetjs(editor: Editor) -> None:
    sheet = opened(editor)[PAPER]
    rules = [rule for rule in sheet.data_validations.dataValidation if "C5" in rule.sqref]
    assert [(rule.type, rule.formula1, rule.formula2) for rule in rules] == [("whole", "1", "100")]
    assert str(rules[0].prompt).startswith("Число должно быть между 1 и 100.")
    assert sheet.protection.sheet
    assert not sheet["C5"].protection.locked
    assert sheet["C5"].comment is not None
    assert sheet["C5"].comment.text.endswith("Исправьте число.")
    assert str(sheet["C5"].fill.fgColor.rgb).endswith("FFC7CE")


@pytest.mark.parametrize("editor", [sheetjs])
def test_w3_sheetjs_drops_validations_protection_notes_and_formats_and_is_read_all_the_same(editor: Editor) -> None:
    sheet = opened(editor)[PAPER]
    assert not sheet.data_validations.dataValidation
    assert not sheet.protection.sheet
    assert sheet["C5"].comment is None
    assert (sheet["B5"].value, sheet["B5"].number_format) == (44454, "General")
    assert sheet.freeze_panes is None
    assert read_workbook(saved(editor)).sheets[2].cell(5, 2) == 44454


@pytest.mark.parametrize("editor", [exceljs])
def test_exceljs_drops_the_links_of_the_findings_only(editor: Editor) -> None:
    book = opened(editor)
    link = book[layout.FINDINGS_TITLE]["D6"].hyperlink
    assert link is None or link.location is None
    assert book[layout.FINDINGS_TITLE]["D6"].value == "C5"
    assert book[PAPER].freeze_panes == "A5"


@pytest.mark.parametrize("editor", [libreoffice])
def test_libreoffice_without_a_window_drops_the_frozen_header(editor: Editor) -> None:
    assert opened(editor)[PAPER].freeze_panes is None
    assert opened(editor)[layout.KEY_SHEET].sheet_state == "hidden"


@pytest.mark.system("node")
@pytest.mark.parametrize("city", ZONES.split())
def test_w10_a_date_typed_by_sheetjs_is_that_day_in_every_russian_zone(city: str) -> None:
    """SheetJS is off by the seconds of the zone's time in 1899, and keeps them as a bare number when it saves again."""
    editor = NodeEditor("sheetjs", f"{'Europe' if city in EUROPEAN else 'Asia'}/{city}")
    cells: tuple[Typed, ...] = ("Химия", date(2021, 9, 15), 2, 20, date(2021, 10, 9), 1, 5)
    typed = [Typing(PAPER, 5, column, value) for column, value in enumerate(cells, start=1)]
    others = [Typing(spec.title, 5, 1, "Не участвуем") for spec in SCHEDULE.sheets[1:]]
    (once,) = editor.fill([(build_workbook(SCHEDULE, COVER), [*typed, *others])])
    (checked,) = check_batch(SCHEDULE, [read_workbook(once)])
    assert (checked.outcome, checked.repaired) == (Outcome.ACCEPTED, ())
    (twice,) = editor.fill([(build_workbook(SCHEDULE, COVER, checked.received), [])])
    (again,) = check_batch(SCHEDULE, [read_workbook(twice)])
    for verdict in (checked, again):
        assert verdict.outcome is Outcome.ACCEPTED
        (row,) = verdict.data["paper"]
        assert (row["date_first"], row["date_graduates"]) == ("2021-09-15", "2021-10-09")


@pytest.mark.parametrize("editor", ALL if SOAK else [openpyxl_, sheetjs, exceljs])
def test_w12_codes_keep_their_zeros_in_every_editor(editor: Editor) -> None:
    cells: tuple[Typed, ...] = ("Основное общее", "09.02.07", "Дизайн", "Очная", 25, 20)
    typed = [Typing(PARTICIPANTS.sheets[0].title, 5, column, value) for column, value in enumerate(cells, start=1)]
    (data,) = editor.fill([(build_workbook(PARTICIPANTS, COVER), typed)])
    (checked,) = check_batch(PARTICIPANTS, [read_workbook(data)])
    assert (checked.outcome, checked.data["first_year"][0]["specialty_code"]) == (Outcome.ACCEPTED, "09.02.07")


@pytest.mark.parametrize(
    ("cell", "repair"),
    [
        (datetime.fromisoformat("2021-09-15T00:00:17"), None),
        (datetime.fromisoformat("2021-09-15T10:30:00"), "time"),
        (44454 + 58 / 86_400, "serial"),
    ],
)
def test_w10_seconds_after_midnight_are_an_editors_slip_and_a_time_is_told(
    cell: float | datetime, repair: str | None
) -> None:
    parsed = parser("date")(cell)
    assert (parsed.value, parsed.repair) == (date(2021, 9, 15), repair)


def test_w10_half_a_day_as_a_bare_number_is_no_date() -> None:
    problem = parser("date")(44454.5).problem
    assert problem is not None
    assert problem.code == "type.date"


def test_notes_stand_where_excel_puts_them() -> None:
    """exceljs does not open the workbook otherwise."""
    with zipfile.ZipFile(io.BytesIO(annotate(SCHEDULE, COVER, {}, [FINDING]))) as archive:
        names = set(archive.namelist())
        types = archive.read("[Content_Types].xml").decode()
    assert {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"} <= names
    assert 'PartName="/xl/comments1.xml"' in types


def test_the_lock_of_the_npm_packages_holds_hashes_and_no_addresses() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages.pop("")
    assert packages["node_modules/xlsx"]["version"] == "0.18.5"
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not [name for name, package in packages.items() if "resolved" in package]
