"""Workbooks for tests: a small form with every kind of column, workbooks written as raw XML, awkward and hostile files.

Raw XML because the point is what other editors and attackers write, not what openpyxl can.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.making.build import Cover

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TOKEN = "v1.spo240065.2.1.abcdefghijklmnop234567"

FORM_YAML = """
form: sample-form
version: 3
title: Пробный сбор
lists:
  subjects: {values: [Русский язык, Математика, Химия], opt_out: Не участвуем}
sheets:
  - id: first
    title: Первый лист
    rows: {max: 8, min_filled: 1}
    columns:
      - {id: subject, title: Предмет, type: choice, list: subjects, required: true}
      - {id: day, title: Дата проведения, type: date, range: [2021-09-15, 2021-10-09]}
      - {id: rooms, title: Количество аудиторий, type: int, range: [1, 100]}
      - {id: share, title: Доля, type: decimal, range: [0, 1]}
      - {id: code, title: Код, type: code, length: [3, 10]}
      - {id: remark, title: Примечание, type: text}
      - {id: online, title: Дистанционно, type: bool}
  - id: second
    title: Второй лист
    rows: {max: 5}
    columns:
      - {id: subject, title: Предмет, type: choice, list: subjects, required: true}
      - {id: rooms, title: Количество аудиторий, type: int, range: [1, 100]}
"""
COVER = Cover(
    login="spo240065",
    login_name='Муниципальное бюджетное учреждение "Организационно-ресурсный центр учреждений образования"',
    publication_title="Расписание проведения ВПР СПО в образовательных организациях",
    form_code="240065-2",
    token=TOKEN,
    reply_to=f"exchange+{TOKEN}@kabinet.test",
    opens_at=datetime(2021, 8, 30, 17, 41, tzinfo=UTC),
    closes_at=datetime(2021, 9, 7, 15, 0, tzinfo=UTC),
    support="support@kabinet.test",
)


def sample_form() -> FormDefinition:
    """Return a form of two sheets with every type of column."""
    return load_form(FORM_YAML, "form.yaml")


@dataclass
class XmlSheet:
    """A sheet as XML: ``rows`` is what stands inside ``sheetData``, ``after`` what follows it."""

    title: str = "Лист1"
    rows: str = ""
    after: str = ""
    state: str = "visible"
    prolog: str = ""
    dimension: str = "A1"

    def xml(self, namespace: str = MAIN) -> str:
        """Return the part."""
        return (
            f'{self.prolog}<worksheet xmlns="{namespace}"><dimension ref="{self.dimension}"/>'
            f"<sheetData>{self.rows}</sheetData>{self.after}</worksheet>"
        )


@dataclass
class XmlBook:
    """A workbook as XML parts. ``parts`` adds or replaces members; None leaves a member out."""

    sheets: Sequence[XmlSheet] = ()
    strings: Sequence[str] | None = None
    formats: Sequence[tuple[int, str | None]] = ()
    date1904: bool = False
    keywords: str = ""
    namespace: str = MAIN
    parts: Mapping[str, bytes | None] = field(default_factory=dict)

    def members(self) -> dict[str, bytes]:
        """Return the members by name, in the order in which they are written."""
        texts = {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": self._workbook(),
            "xl/_rels/workbook.xml.rels": self._workbook_relations(),
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties">'
            f"<cp:keywords>{escape(self.keywords)}</cp:keywords></cp:coreProperties>",
        }
        if self.strings is not None:
            texts["xl/sharedStrings.xml"] = f'<sst xmlns="{self.namespace}">{"".join(self.strings)}</sst>'
        if self.formats:
            texts["xl/styles.xml"] = self._styles()
        for number, sheet in enumerate(self.sheets, start=1):
            texts[f"xl/worksheets/sheet{number}.xml"] = sheet.xml(self.namespace)
        members = {name: text.encode() for name, text in texts.items()}
        for name, content in self.parts.items():
            members.pop(name, None)
            if content is not None:
                members[name] = content
        return members

    def data(self) -> bytes:
        """Return the file."""
        return archive(self.members())

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name={quoteattr(sheet.title)} sheetId="{number}" state="{sheet.state}" r:id="s{number}"/>'
            for number, sheet in enumerate(self.sheets, start=1)
        )
        properties = f'<workbookPr date1904="{int(self.date1904)}"/>'
        return f'<workbook xmlns="{self.namespace}" xmlns:r="{_DOC}">{properties}<sheets>{sheets}</sheets></workbook>'

    def _workbook_relations(self) -> str:
        numbers = range(1, len(self.sheets) + 1)
        lines = [(f"s{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
        if self.strings is not None:
            lines.append(("strings", "sharedStrings", "sharedStrings.xml"))
        if self.formats:
            lines.append(("styles", "styles", "/xl/styles.xml"))
        return _relations(lines)

    def _styles(self) -> str:
        custom = "".join(
            f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for number, code in self.formats if code
        )
        formats = "".join(f'<xf numFmtId="{number}"/>' for number, _ in self.formats)
        return (
            f'<styleSheet xmlns="{self.namespace}"><numFmts>{custom}</numFmts>'
            f"<cellStyleXfs><xf/></cellStyleXfs><cellXfs>{formats}</cellXfs></styleSheet>"
        )


def _relations(lines: Sequence[tuple[str, str, str]]) -> str:
    body = "".join(f'<Relationship Id="{id_}" Type="{_DOC}/{kind}" Target="{to}"/>' for id_, kind, to in lines)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{body}</Relationships>'


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of ``members``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, content in members.items():
            target.writestr(zipfile.ZipInfo(name, (2021, 8, 30, 0, 0, 0)), content, compress_type=method)
    return buffer.getvalue()


def one_sheet(rows: str, **rest: object) -> bytes:
    """Return a workbook of one sheet with those rows; ``rest`` goes to ``XmlBook``."""
    return XmlBook(sheets=[XmlSheet(rows=rows)], **rest).data()  # type: ignore[arg-type]  # keywords of one dataclass


def inline(address: str, text: str) -> str:
    """Return a cell with inline text."""
    return f'<c r="{address}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _plain() -> dict[str, bytes]:
    return XmlBook(sheets=[XmlSheet(rows=f'<row r="1">{inline("A1", "да")}</row>')]).members()


def _with_sheet(rows: str = "", **rest: str) -> Callable[[], bytes]:
    return lambda: XmlBook(sheets=[XmlSheet(rows=rows, **rest)]).data()


def _directory_patched(change: Callable[[bytearray, int], None]) -> bytes:
    """Change the directory entry of the sheet: ``change`` gets the file and where the entry begins."""
    data = bytearray(archive(_plain()))
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    change(data, at)
    return bytes(data)


def _lied_size() -> bytes:
    """The directory and the local header promise 10 bytes; the member inflates to all of it."""

    def change(data: bytearray, at: int) -> None:
        struct.pack_into("<L", data, at + 24, 10)
        local = struct.unpack_from("<L", data, at + 42)[0]
        struct.pack_into("<L", data, local + 22, 10)

    return _directory_patched(change)


def _lied_bomb() -> bytes:
    """Like ``_lied_size``, with 500 MB behind the 10 bytes promised."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(squeeze.compress(b" " * 1_000_000) for _ in range(500)) + squeeze.flush()
    members = _plain()
    members["xl/worksheets/sheet1.xml"] = packed
    data = bytearray(archive(members, zipfile.ZIP_STORED))
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<H", data, at + 10, 8)
    struct.pack_into("<L", data, at + 24, 10)
    return bytes(data)


def _overlap() -> bytes:
    """One member lies within the bytes of another, as in the bombs that use the same bytes again and again."""
    inner = archive({"b.xml": b"x" * 100}, zipfile.ZIP_STORED)
    inner = inner[: inner.index(b"PK\x01\x02")]
    data = bytearray(archive(_plain() | {"a.xml": inner, "b.xml": b"x" * 100}, zipfile.ZIP_STORED))
    outer = struct.unpack_from("<L", data, data.rfind(b"a.xml") - 4)[0]
    struct.pack_into("<L", data, data.rfind(b"b.xml") - 4, outer + 30 + len("a.xml"))
    return bytes(data)


def _doubled() -> bytes:
    members = _plain()
    members["xl/worksheets/SHEET1.xml"] = members["xl/worksheets/sheet1.xml"]
    return archive(members)


def _encrypted_zip() -> bytes:
    return _directory_patched(lambda data, at: struct.pack_into("<H", data, at + 8, 1))


def _fewer_entries_promised() -> bytes:
    data = bytearray(archive(_plain()))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", data, end + 8, 2, 2)
    return bytes(data)


def _shared(text: str, times: int) -> bytes:
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, times + 1))
    return one_sheet(rows, strings=[f"<si><t>{text}</t></si>"])


def _cfb(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(2_000)


def _utf16_doctype() -> bytes:
    xml = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]>' + XmlSheet().xml()
    return XmlBook(sheets=[XmlSheet()], parts={"xl/worksheets/sheet1.xml": xml.encode("utf-16")}).data()


def _strings_part(content: bytes) -> bytes:
    return XmlBook(
        sheets=[XmlSheet()],
        strings=(),
        parts={"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'.encode() + content + b"</sst>"},
    ).data()


def _macro_sheets_alone() -> bytes:
    """A workbook whose only sheet is one of Excel 4.0 macros: code that runs on opening, and nothing that is data."""
    book = XmlBook([XmlSheet(rows='<row r="1"><c r="A1"><f>EXEC("calc.exe")</f><v>1</v></c></row>')])
    relations = book.members()["xl/_rels/workbook.xml.rels"].replace(b"/worksheet", b"/xlMacrosheet", 1)
    return XmlBook(book.sheets, parts={"xl/_rels/workbook.xml.rels": relations}).data()


def _dressed_as(stream: str, name: str) -> bytes:
    """An archive within which lies a compound file under the name of a part."""
    return archive(_plain() | {name: _cfb(stream)})


_LAUGHS = '<!DOCTYPE worksheet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_CELLS = "".join(f'<c r="{letter}{{0}}"><v>1</v></c>' for letter in "ABCDEFGHIJ")

HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "far cell": ("far_cell", _with_sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    "far row": ("far_cell", _with_sheet('<row r="900000"><c r="A900000"><v>1</v></c></row>')),
    "column ZZZZZ": ("damaged", _with_sheet('<row r="1"><c r="ZZZZZ1"><v>1</v></c></row>')),
    "giant merge": (
        "giant_merge",
        _with_sheet(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    ),
    "thousands of merges": (
        "giant_merge",
        _with_sheet(after="<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 6_000 + "</mergeCells>"),
    ),
    "zip bomb": ("too_large", lambda: archive(_plain() | {"xl/media/a.png": bytes(9_000_000)})),
    "many large members": ("too_large", lambda: archive(_plain() | {f"{n}.bin": bytes(7_000_000) for n in range(4)})),
    "lied size": ("damaged", _lied_size),
    "lied size, bomb": ("damaged", _lied_bomb),
    "fewer entries promised": ("damaged", _fewer_entries_promised),
    "overlapping members": ("unsafe", _overlap),
    "one name twice": ("unsafe", _doubled),
    "bzip2": ("unsafe", lambda: archive(_plain(), zipfile.ZIP_BZIP2)),
    "encrypted member": ("encrypted", _encrypted_zip),
    "5 million strings": ("too_large", lambda: _strings_part(b"<si/>" * 5_000_000)),
    "300 thousand strings": ("too_much_text", lambda: _strings_part(b"<si></si>" * 300_000)),
    "1 MB string 20,000 times": ("too_much_text", lambda: _shared("я" * 500_000, 20_000)),
    "long string 20,000 times": ("too_much_text", lambda: _shared("y" * 32_000, 20_000)),
    "doctype": ("unsafe", _with_sheet(prolog=_LAUGHS, rows='<row r="1"><c r="A1"><v>&b;</v></c></row>')),
    "doctype in UTF-16": ("unsafe", _utf16_doctype),
    "outer entity": (
        "unsafe",
        _with_sheet(prolog='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', rows="<row>&e;</row>"),
    ),
    "300 sheets": ("too_many_parts", lambda: XmlBook([XmlSheet(f"Лист{n}") for n in range(300)]).data()),
    "100 sheets": ("too_many_sheets", lambda: XmlBook([XmlSheet(f"Лист{n}") for n in range(100)]).data()),
    "300 thousand cells": (
        "too_many_cells",
        _with_sheet("".join(f'<row r="{n}">{_CELLS.format(n)}</row>' for n in range(1, 30_001))),
    ),
    "a million blank cells": ("too_many_cells", _with_sheet("<row>" + '<c s="1"/>' * 700_000 + "</row>")),
    "wide and long": (
        "too_many_cells",
        _with_sheet("".join(f'<row r="{n}"><c r="SA{n}"><v>1</v></c></row>' for n in range(1, 20_000))),
    ),
    "deep": ("damaged", _with_sheet("<a>" * 50_000 + "</a>" * 50_000)),
    "string that is not there": ("damaged", _with_sheet('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')),
    "sheet that is not there": (
        "damaged",
        lambda: XmlBook([XmlSheet()], parts={"xl/worksheets/sheet1.xml": None}).data(),
    ),
    "macro sheets alone": ("damaged", _macro_sheets_alone),
    "macros larger than any form": ("too_large", lambda: archive(_plain() | {"xl/vbaProject.bin": bytes(9_000_000)})),
    "a compound file for a sheet": ("damaged", lambda: _dressed_as("Workbook", "xl/worksheets/sheet1.xml")),
    "truncated": ("damaged", lambda: archive(_plain())[:-400]),
    "encrypted": ("encrypted", lambda: _cfb("EncryptedPackage")),
    "old xls": ("old_xls", lambda: _cfb("Workbook")),
    "ods renamed": (
        "ods",
        lambda: archive(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office/>"},
            zipfile.ZIP_STORED,
        ),
    ),
    "xlsb": ("xlsb", lambda: archive({"[Content_Types].xml": b"", "xl/workbook.bin": b""})),
    "csv": ("csv", lambda: "Предмет;Дата;Аудиторий\r\nХимия;15.09.2021;3\r\n".encode("cp1251")),
    "pdf": ("pdf", lambda: b"%PDF-1.7\n%\xe2\xe3"),
    "jpeg": ("image", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF"),
    "png": ("image", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "heic": ("image", lambda: b"\0\0\0\x18ftypheic\0\0\0\0"),
    "docx": ("word", lambda: archive({"[Content_Types].xml": b"", "word/document.xml": b""})),
    "old doc": ("word", lambda: _cfb("WordDocument")),
    "rtf": ("word", lambda: rb"{\rtf1\ansi }"),
    "html table": ("html", lambda: b"<html><table><tr><td>1</td></tr></table></html>"),
    "letter text": ("text", "Добрый день, высылаем данные позже.".encode),
    "zip of photos": ("archive", lambda: archive({"1.jpg": b"\xff\xd8\xff"})),
    "rar": ("archive", lambda: b"Rar!\x1a\x07\x01\0"),
    "winmail": ("winmail", lambda: b"\x78\x9f\x3e\x22" + bytes(40)),
    "nothing": ("empty", bytes),
    "zeros": ("empty", lambda: bytes(4_096)),
    "noise": ("not_a_workbook", lambda: bytes(range(256)) * 16),
    "more than 10 MB": ("too_large", lambda: archive(_plain()) + bytes(10_500_000)),
}
"""Name → the reason with which it must be refused, and how to make it."""
