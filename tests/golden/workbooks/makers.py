"""How each golden workbook is made: our form, filled in and spoilt as people and programs do it.

The docstring of a maker says what is awkward; it is kept beside the verdict.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.making.build import build_workbook
from tests.editors.cases import Typing
from tests.editors.programs import LibreOfficeEditor, NodeEditor
from tests.factories.sheets import shipped_form
from tests.factories.workbooks import COVER, MAIN, XmlBook, XmlSheet, archive, inline

SCHEDULE, PARTICIPANTS = "vpr-spo-2021-schedule", "vpr-spo-2021-participants"
PAPER, META, COMPUTER = (sheet.title for sheet in shipped_form(SCHEDULE).sheets)
FIRST_YEAR = shipped_form(PARTICIPANTS).sheets[0].title
FIRST_ROW = 5
OPT_OUT = "Не участвуем"
Cells = Sequence[Any]
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DAYS: tuple[Cells, ...] = (
    ("Химия", date(2021, 9, 15), 2, 25, date(2021, 10, 9), 1, 12),
    ("Математика", date(2021, 9, 17), 3, 40, None, None, None),
)
SPECIALITIES: tuple[Cells, ...] = (
    ("Основное общее", "09.02.07", "Информационные системы и программирование", "Очная", 50, 48),
    ("Среднее общее", "38.02.01", "Экономика и бухгалтерский учёт", "Заочная", 20, 20),
)


@dataclass(frozen=True, slots=True)
class Awkward:
    """A workbook of the form ``form``. ``remade`` is False where a program of the system makes it."""

    name: str
    form: str
    what: str
    make: Callable[[], bytes]
    remade: bool


AWKWARD: dict[str, Awkward] = {}
"""File name → how it is made."""


def _awkward(name: str, form: str, *, program: bool = False) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        what = " ".join((make.__doc__ or "").split())
        assert what, f"say what is awkward about {name}"
        AWKWARD[name] = Awkward(name, form, what, make, remade=not program)
        return make

    return register


# What other programs save


@_awkward("libreoffice.xlsx", SCHEDULE, program=True)
def _libreoffice() -> bytes:
    """Filled in and saved by LibreOffice with Russian habits."""
    return _edited(LibreOfficeEditor(), SCHEDULE)


@_awkward("libreoffice.ods", PARTICIPANTS, program=True)
def _libreoffice_ods() -> bytes:
    """Saved by LibreOffice in its own format."""
    return _edited(LibreOfficeEditor("calc8"), PARTICIPANTS)


@_awkward("libreoffice.xls", PARTICIPANTS, program=True)
def _libreoffice_xls() -> bytes:
    """Saved by LibreOffice in the format of Excel 97."""
    return _edited(LibreOfficeEditor("MS Excel 97"), PARTICIPANTS)


@_awkward("password.xlsx", PARTICIPANTS, program=True)
def _password() -> bytes:
    """Saved with a password to open it: a compound file that holds an encrypted package."""
    return _edited(LibreOfficeEditor("Calc MS Excel 2007 XML", "parol"), PARTICIPANTS)


@_awkward("sheetjs-serials.xlsx", SCHEDULE, program=True)
def _sheetjs() -> bytes:
    """Saved by SheetJS and then again, as web pages and services do: dates are bare numbers, seconds off midnight."""
    editor = NodeEditor("sheetjs")
    (data,) = editor.fill([(_edited(editor, SCHEDULE), ())])
    return _parts_changed(data, lambda _, part: part)  # SheetJS does not compress: too large for here


@_awkward("exceljs.xlsx", SCHEDULE, program=True)
def _exceljs() -> bytes:
    """Saved by exceljs, which drops the custom properties and the names of constants."""
    return _edited(NodeEditor("exceljs"), SCHEDULE)


@_awkward("prefixed-parts.xlsx", SCHEDULE)
def _prefixed() -> bytes:
    """As WPS Office and the Open XML SDK write: prefixed elements, foreign attributes, shared texts in runs."""
    texts: list[str] = []

    def rewrite(name: str, part: bytes) -> bytes:
        if name.startswith("xl/worksheets/"):
            return _prefixed_sheet(part, texts)
        strings = f"{_OFFICE}/sharedStrings"
        relation = f'<Relationship Type="{strings}" Target="sharedStrings.xml" Id="rId99"/></Relationships>'
        return part.replace(b"</Relationships>", relation.encode()) if name.startswith("xl/_rels") else part

    book = _parts_changed(_typed(SCHEDULE, DAYS), rewrite)
    return _parts_changed(book, lambda _, part: part, {"xl/sharedStrings.xml": _shared_texts(texts)})


@_awkward("script.xlsx", PARTICIPANTS)
def _script() -> bytes:
    """Made by a script of the organisation: one table with inline texts, no styles, no identity, a false dimension."""
    titles = [column.title for column in shipped_form(PARTICIPANTS).sheets[0].columns]
    rows = "".join(_xml_row(number, cells) for number, cells in enumerate([titles, *SPECIALITIES], start=1))
    return XmlBook([XmlSheet(FIRST_YEAR, rows)]).data()


# What people do to the sheets


@_awkward("merged-cells.xlsx", SCHEDULE)
def _merged() -> bytes:
    """One subject over two rows in a merged cell, for two days."""

    def merge(sheet: Worksheet) -> None:
        _type(sheet, [DAYS[0], (None, *DAYS[1][1:])])
        sheet.merge_cells("A5:A6")

    return _changed(SCHEDULE, PAPER, merge)


@_awkward("hidden-sheet-and-rows.xlsx", SCHEDULE)
def _hidden() -> bytes:
    """A filtered row of the data and a sheet of the form are hidden; both are filled in."""

    def hide(book: Workbook) -> None:
        book[PAPER].row_dimensions[FIRST_ROW + 1].hidden = True
        book[COMPUTER].sheet_state = "hidden"
        _type(book[COMPUTER], DAYS)

    return _typed(SCHEDULE, DAYS, hide)


@_awkward("tab-renamed.xlsx", SCHEDULE)
def _tab_renamed() -> bytes:
    """A tab has another name, the sheets another order, and a sheet of notes is added."""

    def rename(book: Workbook) -> None:
        book[PAPER].title = "Лист1"
        book.move_sheet(book[META], -2)
        book.create_sheet("Черновик").append(["считали дважды", 25])

    return _typed(SCHEDULE, DAYS, rename)


@_awkward("tables-pasted-into-a-new-book.xlsx", SCHEDULE)
def _pasted() -> bytes:
    """The tables are copied into a new book: no identity, no printed titles, tabs as Excel names them."""
    form = shipped_form(SCHEDULE)
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for number, spec in enumerate(form.sheets, start=1):
        sheet = book.create_sheet(f"Лист{number}")
        sheet.append([column.title for column in spec.columns])
        for cells in DAYS if spec.title == PAPER else [(OPT_OUT,)]:
            sheet.append(list(cells))
    return _saved(book)


@_awkward("rows-moved.xlsx", SCHEDULE)
def _rows_moved() -> bytes:
    """Three rows with a letterhead inserted above the header, the row of kinds deleted, a blank row in the data."""

    def move(sheet: Worksheet) -> None:
        _type(sheet, [DAYS[0], (), DAYS[1]])
        sheet.delete_rows(4)
        sheet.insert_rows(3, 3)
        sheet["A3"] = "ГБПОУ «Техникум», исх. № 12"

    return _changed(SCHEDULE, PAPER, move)


@_awkward("columns-moved.xlsx", PARTICIPANTS)
def _columns_moved() -> bytes:
    """Numbers of rows in a new first column, remarks behind the last one, the last two columns exchanged."""

    def move(sheet: Worksheet) -> None:
        sheet["E3"], sheet["F3"] = sheet["F3"].value, sheet["E3"].value
        _type(sheet, [(*cells[:4], cells[5], cells[4], "по плану приёма") for cells in SPECIALITIES])
        sheet["G3"] = "Примечание"
        sheet.insert_cols(1)
        sheet["A3"], sheet["A5"], sheet["A6"] = "№ п/п", 1, 2

    return _changed(PARTICIPANTS, FIRST_YEAR, move)


@_awkward("header-rewritten.xlsx", PARTICIPANTS)
def _header_rewritten() -> bytes:
    """The title of one column is put into other words, that of another is in capitals with spaces."""

    def rewrite(sheet: Worksheet) -> None:
        _type(sheet, SPECIALITIES)
        sheet["E3"], sheet["D3"] = "Численность первокурсников", "  ФОРМА   ОБУЧЕНИЯ "

    return _changed(PARTICIPANTS, FIRST_YEAR, rewrite)


@_awkward("column-deleted.xlsx", PARTICIPANTS)
def _column_deleted() -> bytes:
    """The column of the form of education is deleted."""

    def delete(sheet: Worksheet) -> None:
        _type(sheet, SPECIALITIES)
        sheet.delete_cols(4)

    return _changed(PARTICIPANTS, FIRST_YEAR, delete)


# What people put into the cells


@_awkward("dates-as-text.xlsx", SCHEDULE)
def _dates_as_text() -> bytes:
    """Dates typed as text in many ways, with spaces that do not break; one has two meanings, one is none."""
    dates = ["15.09.2021", "16/09/21", "2021-09-17", "18 сентября 2021 г.", "\u00a020.09.2021\u00a0", "31.09.2021"]
    dates += ["09/10/2021", "сентябрь"]
    subjects = ("Химия", "Химия", "Физика", "Физика", "История", "История", "ОБЖ", "ОБЖ")
    return _typed(SCHEDULE, [(subject, day, 1, 10) for subject, day in zip(subjects, dates, strict=True)])


@_awkward("numbers-as-text.xlsx", PARTICIPANTS)
def _numbers_as_text() -> bytes:
    """Numbers as text: grouped by spaces, with units, with a comma, as 25.0, with an apostrophe, in words."""
    numbers = ("1 200", "1\u00a0200", "25 чел.", "25,0", "'25", "двадцать", "12,5", "-")
    rows = [
        ("Основное общее", f"09.02.{number:02}", "Право", "Очная", written, 0)
        for number, written in enumerate(numbers, start=1)
    ]
    return _typed(PARTICIPANTS, rows)


@_awkward("zeros-lost.xlsx", PARTICIPANTS)
def _zeros_lost() -> bytes:
    """Codes that an editor took for numbers and dates, and names with zero-width and non-breaking spaces."""
    rows = (
        ("Основное общее", datetime.fromisoformat("2007-02-09"), "Право", "Очная", 25, 20),
        ("Основное общее", 9.0207, "Дизайн", "Очная", 25, 20),
        ("Основное\u00a0общее", "\u200b09.02.07 ", "Сварка\u200b", "очная", 25, 20),
    )
    return _typed(PARTICIPANTS, rows)


@_awkward("formulas-without-values.xlsx", PARTICIPANTS)
def _formulas() -> bytes:
    """Formulas copied in by a program that does not calculate: no value is kept beside them."""
    return _typed(PARTICIPANTS, [SPECIALITIES[0], (*SPECIALITIES[1][:4], "=E5-30", "=E6")])


@_awkward("shared-formulas.xlsx", PARTICIPANTS)
def _shared_formulas() -> bytes:
    """Participants by a shared formula with its values kept: only the first cell has the text of the formula."""

    def share(name: str, part: bytes) -> bytes:
        first = rb'\g<1>><f t="shared" ref="F5:F6" si="0">E5-2</f><v>48</v></c>'
        second = rb'\g<1>><f t="shared" si="0"/><v>18</v></c>'
        for address, cell in ((b"F5", first), (b"F6", second)):
            part = re.sub(rb'(<c r="' + address + rb'"[^>]*)><v>\d+</v></c>', cell, part)
        return part

    return _parts_changed(_typed(PARTICIPANTS, SPECIALITIES), share)


@_awkward("error-values.xlsx", PARTICIPANTS)
def _errors() -> bytes:
    """Two cells hold errors of formulas whose sources are lost, a third such an error copied as Russian text."""
    rows = [(*SPECIALITIES[0][:4], "#REF!", "#N/A"), ("#ИМЯ?", *SPECIALITIES[1][1:])]
    return _typed(PARTICIPANTS, rows)


@_awkward("date1904.xlsx", SCHEDULE)
def _date1904() -> bytes:
    """Days are counted from 1904, as in books that were begun on an old Macintosh."""
    counted = [tuple(_since_1904(cell) for cell in cells) for cells in DAYS]

    def mark(name: str, part: bytes) -> bytes:
        return part.replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>') if name == "xl/workbook.xml" else part

    return _parts_changed(_typed(SCHEDULE, counted, _as_dates), mark)


@_awkward("blank.xlsx", PARTICIPANTS)
def _blank() -> bytes:
    """Sent back as it came, with nothing filled in."""
    return _saved(_opened(PARTICIPANTS))


# What happens to the file


@_awkward("styles-missing.xlsx", SCHEDULE)
def _styles_missing() -> bytes:
    """A repair dropped the styles: cells name formats that are gone, dates are bare numbers."""

    def drop(name: str, part: bytes) -> bytes | None:
        if name == "xl/styles.xml":
            return None
        return re.sub(rb'<Relationship [^>]*styles.xml"[^>]*>', b"", part) if name.endswith(".rels") else part

    return _parts_changed(_typed(SCHEDULE, DAYS), drop)


@_awkward("cut-short.xlsx", PARTICIPANTS)
def _cut_short() -> bytes:
    """The download stopped before its end: the directory of the zip is missing."""
    with zipfile.ZipFile(io.BytesIO(_typed(PARTICIPANTS, SPECIALITIES))) as source:
        # Excel's order: what the package is comes first, its directory last.
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name != "xl/workbook.xml"))
        return archive({name: source.read(name) for name in names})[:-4_000]


@_awkward("csv-named.xlsx", PARTICIPANTS)
def _csv() -> bytes:
    """A table as text in cp1251 that was given the name of a workbook."""
    lines = [";".join(str(cell) for cell in cells) for cells in SPECIALITIES]
    return "\r\n".join(lines).encode("cp1251")


@_awkward("html-named.xls", PARTICIPANTS)
def _html() -> bytes:
    """A page with a table, as the export of a web service, under the name of an old workbook."""
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in SPECIALITIES)
    return f'<html><head><meta charset="utf-8"></head><body><table border=1>{rows}</table></body></html>'.encode()


# Helpers


def _opened(form: str) -> Workbook:
    return load_workbook(io.BytesIO(build_workbook(shipped_form(form), COVER)))


def _saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _type(sheet: Worksheet, rows: Iterable[Cells]) -> None:
    for number, cells in enumerate(rows, start=FIRST_ROW):
        for column, value in enumerate(cells, start=1):
            if value is not None:
                sheet.cell(number, column).value = value


def _typed(form: str, rows: Iterable[Cells], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    """Fill in the first sheet, say in the others that we do not take part, then ``change`` the book."""
    book = _opened(form)
    first, *others = shipped_form(form).sheets
    _type(book[first.title], rows)
    for spec in others:
        _type(book[spec.title], [(OPT_OUT,)])
    change(book)
    return _saved(book)


def _changed(form: str, title: str, change: Callable[[Worksheet], None]) -> bytes:
    return _typed(form, [], lambda book: change(book[title]))


def _edited(editor: LibreOfficeEditor | NodeEditor, form: str) -> bytes:
    first, *others = shipped_form(form).sheets
    typed = [
        Typing(first.title, row, column, value)
        for row, cells in enumerate(DAYS if form == SCHEDULE else SPECIALITIES, start=FIRST_ROW)
        for column, value in enumerate(cells, start=1)
        if value is not None
    ]
    typed += [Typing(spec.title, FIRST_ROW, 1, OPT_OUT) for spec in others]
    (data,) = editor.fill([(build_workbook(shipped_form(form), COVER), typed)])
    return data


def _parts_changed(
    data: bytes, change: Callable[[str, bytes], bytes | None], more: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the workbook with each part as ``change`` gives it back, None leaves it out, and ``more`` parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts: Mapping[str, bytes | None] = {name: change(name, source.read(name)) for name in source.namelist()}
    return archive({name: part for name, part in parts.items() if part is not None} | dict(more or {}))


def _prefixed_sheet(part: bytes, texts: list[str]) -> bytes:
    """Give the elements a prefix and move the texts of the cells to the end of ``texts``."""
    root = etree.fromstring(part)
    result = etree.Element(root.tag, nsmap={"x": MAIN, "etc": "http://www.wps.cn/officeDocument/2017/etCustomData"})
    result.extend(list(root))
    for cell in result.iter(f"{{{MAIN}}}c"):
        found = cell.find(f"{{{MAIN}}}is/{{{MAIN}}}t")
        if cell.get("t") == "inlineStr" and found is not None:
            cell.remove(cell[0])
            cell.set("t", "s")
            etree.SubElement(cell, f"{{{MAIN}}}v").text = str(len(texts))
            texts.append(found.text or "")
    for shown in result.iter(f"{{{MAIN}}}autoFilter"):
        shown.set("{http://www.wps.cn/officeDocument/2017/etCustomData}filterBottomFollowUsedRange", "0")
    return etree.tostring(result, xml_declaration=True, encoding="UTF-8", standalone=True)


def _shared_texts(texts: Sequence[str]) -> bytes:
    """A table of texts, each in two runs, with the phonetics that people of other scripts need."""
    runs = "".join(
        f"<x:si><x:r><x:t xml:space='preserve'>{escape(text[:3])}</x:t></x:r><x:r><x:rPr><x:b/></x:rPr>"
        f"<x:t xml:space='preserve'>{escape(text[3:])}</x:t></x:r><x:rPh sb='0' eb='1'><x:t>fu</x:t></x:rPh></x:si>"
        for text in texts
    )
    return f'<x:sst xmlns:x="{MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">{runs}</x:sst>'.encode()


def _xml_row(number: int, cells: Cells) -> str:
    written = (
        inline(f"{'ABCDEFG'[at]}{number}", cell) if isinstance(cell, str) else f"<c><v>{cell}</v></c>"
        for at, cell in enumerate(cells)
    )
    return f'<row r="{number}">{"".join(written)}</row>'


def _since_1904(cell: Any) -> Any:
    return (cell - date(1904, 1, 1)).days if isinstance(cell, date) else cell


def _as_dates(book: Workbook) -> None:
    for row in (FIRST_ROW, FIRST_ROW + 1):
        for column in (2, 5):
            book[PAPER].cell(row, column).number_format = "dd.mm.yyyy"
