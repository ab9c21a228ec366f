"""W40: only what holds the data must be sound; the rest of a workbook may be dead, strange or packed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.files.sniff import Kind, folder_of_workbook, sniff
from pipeline.forms.reading.foreign import read_any
from pipeline.forms.reading.precheck import KEPT, SENT
from pipeline.forms.reading.read import MAX_SHEETS, UnreadableWorkbook, read_workbook
from pipeline.forms.reading.sheetxml import MAX_COLUMN, MAX_MERGES, MAX_ROW
from tests.factories.workbooks import XmlBook, XmlSheet, archive, inline, one_sheet

ROOT = Path(__file__).resolve().parents[3]
ROW = f'<row r="1">{inline("A1", "да")}</row>'
BOOK = XmlBook(
    [XmlSheet("Данные", rows=ROW), XmlSheet("Другой")], strings=["<si><t>ничья</t></si>"], formats=[(0, None)]
)
RELATIONS = "xl/_rels/workbook.xml.rels"


def titles(data: bytes) -> list[str]:
    workbook = read_workbook(data)
    assert workbook.sheets[0].cell(1, 1) == "да"
    return [sheet.title for sheet in workbook.sheets]


def without(name: str) -> bytes:
    members = BOOK.members()
    del members[name]
    return archive(members)


def test_w40_a_tab_that_leads_nowhere_is_passed_over() -> None:
    members = BOOK.members()
    assert titles(archive(members)) == ["Данные", "Другой"]
    unrelated = members[RELATIONS].replace(b'Id="s2"', b'Id="other"')
    assert titles(archive(members | {RELATIONS: unrelated})) == ["Данные"]
    assert titles(without("xl/worksheets/sheet2.xml")) == ["Данные"]


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "docProps/core.xml"])
def test_w40_a_part_that_no_cell_needs_may_be_missing_or_empty(name: str) -> None:
    assert titles(without(name)) == ["Данные", "Другой"]
    assert titles(archive(BOOK.members() | {"docProps/core.xml": b""})) == ["Данные", "Другой"]


@pytest.mark.parametrize("broken", [b"", b"\0<", b"<Relationships>"])
def test_w40_relations_of_the_package_may_be_broken_where_its_parts_are_in_their_place(broken: bytes) -> None:
    assert titles(archive(BOOK.members() | {"_rels/.rels": broken})) == ["Данные", "Другой"]


@pytest.mark.parametrize("lost", [1, 40, 400])
def test_w40_a_workbook_that_lost_its_beginning_is_damaged_and_no_other_file(lost: int) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_workbook(archive(BOOK.members())[lost:])
    assert caught.value.reason == "damaged"


def test_w40_strings_that_a_cell_needs_must_be_there() -> None:
    book = XmlBook([XmlSheet(rows='<row r="1"><c r="A1" t="s"><v>0</v></c></row>')], strings=["<si><t>а</t></si>"])
    members = book.members()
    del members["xl/sharedStrings.xml"]
    with pytest.raises(UnreadableWorkbook) as caught:
        read_workbook(archive(members))
    assert caught.value.reason == "damaged"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_w40_every_part_may_be_utf_16(encoding: str) -> None:
    declared = {
        name: ('<?xml version="1.0" encoding="UTF-16"?>' + content.decode()).encode(encoding)
        for name, content in BOOK.members().items()
    }
    assert titles(archive(declared)) == ["Данные", "Другой"]


@pytest.mark.parametrize("folder", ["Форма ВПР/", "а/б/", "form/"])
def test_w40_a_workbook_packed_again_in_a_folder_is_read_with_a_note(folder: str) -> None:
    members = {f"{folder}{name}": content for name, content in BOOK.members().items()}
    data = archive(members | {f"__MACOSX/{folder}._xl": b"x", f"{folder}.DS_Store": b"x"})
    assert sniff(data) is Kind.XLSX
    assert titles(data) == ["Данные", "Другой"]
    assert read_any(data, None)[1] == ("Файл был распакован и упакован снова; пришлите в следующий раз сам файл .xlsx",)
    assert read_any(archive(BOOK.members()), None)[1] == ()


def test_w40_an_archive_of_several_workbooks_unpacked_is_an_archive() -> None:
    members = {f"{folder}/{name}": content for folder in "аб" for name, content in BOOK.members().items()}
    assert folder_of_workbook(members) is None
    with pytest.raises(UnreadableWorkbook) as caught:
        read_workbook(archive(members))
    assert caught.value.reason == "archive"


def test_w40_blank_styled_cells_are_not_counted() -> None:
    blank = "".join(f'<c r="{column}{{0}}" s="1"/>' for column in ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J"))
    rows = "".join(f'<row r="{number}">{blank.format(number)}</row>' for number in range(2, 27_002))
    assert rows.count("<c ") > 250_000
    assert titles(one_sheet(ROW + rows)) == ["Лист1"]


def test_w40_the_limits_of_a_workbook_are_in_the_guide() -> None:
    guide = (ROOT / "docs/administrator.md").read_text(encoding="utf-8").replace("\n", " ")
    (section,) = (part for part in guide.split("**") if part.startswith(" Присланная форма"))
    mega = 1024 * 1024
    for number, unit in [
        (f"{SENT.file // mega}", "МБ"),
        (f"{MAX_SHEETS}", "листов"),
        (f"{MAX_ROW:_}", "строк"),
        (f"{MAX_COLUMN}", "столбцов"),
        (f"{SENT.cells:_}", "заполненных ячеек"),
        (f"{MAX_MERGES}", "объединений"),
        (f"{SENT.member // mega}", "МБ, все части"),
        (f"{SENT.total // mega}", "МБ. Ваши"),
        (f"{KEPT.file // 1_000_000}", "МБ и"),
        (f"{KEPT.cells:_}", "ячеек"),
    ]:
        assert f"{number.replace('_', ' ')} {unit}" in section
