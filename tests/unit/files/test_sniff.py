"""One sniffer: what each file is, and what mail and forms make of each kind."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.files.sniff import COMPOUND, Kind, begins_like_workbook, by_signature, sniff
from pipeline.forms.reading import read
from pipeline.mail.message import attachments
from pipeline.mail.message.attachments import form_of

SPREADSHEET = b'<Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def compound(*streams: str) -> bytes:
    return COMPOUND + bytes(504) + b"".join((stream + "\0").encode("utf-16-le").ljust(128, b"\0") for stream in streams)


TYPES = ("[Content_Types].xml", b"<Types/>")
XLSX = packed(TYPES, ("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", b"x" * 3_000))
PROBES: dict[str, tuple[bytes, Kind, str, str | None]] = {
    "xlsx": (XLSX, Kind.XLSX, "xlsx", None),
    "xlsx of a program that names its parts otherwise": (
        packed(("[Content_Types].xml", SPREADSHEET), ("sheets/book.xml", b"x")),
        Kind.XLSX,
        "xlsx",
        None,
    ),
    "xlsx with backslashes": (packed(TYPES, ("xl\\workbook.xml", b"x")), Kind.XLSX, "xlsx", None),
    "xlsx cut off": (XLSX[: XLSX.index(b"PK\x01\x02")], Kind.XLSX, "xlsx", None),
    "xlsx cut off in its first part": (XLSX[:50], Kind.XLSX, "xlsx", None),
    "xlsx cut off before a name": (XLSX[:30], Kind.XLSX, "xlsx", None),
    "xlsx of another program cut off": (packed(("docProps/app.xml", bytes(900)))[:60], Kind.XLSX, "xlsx", None),
    "zip cut off": (packed(("1.jpg", bytes(900)))[:60], Kind.ZIP, "zip", "archive"),
    "xls cut off": (COMPOUND + bytes(22) + b"\x09" + bytes(17) + b"\x40" + bytes(4_000), Kind.XLS, "xls", "old_xls"),
    "xlsx with bytes before it": (b"PK\x03\x04" + XLSX, Kind.XLSX, "xlsx", None),
    "xlsm": (packed(TYPES, ("xl/workbook.xml", b"x"), ("xl/vbaProject.bin", b"x")), Kind.XLSM, "xlsx", None),
    "xlsb": (packed(TYPES, ("xl/workbook.bin", b"x")), Kind.XLSB, "xlsx", "xlsb"),
    "xls": (compound("Workbook"), Kind.XLS, "xls", "old_xls"),
    "xls of Excel 95": (compound("Book"), Kind.XLS, "xls", "old_xls"),
    "xls of Excel 2": (b"\x09\x00\x04\x00\x07\x00\x10\x00", Kind.XLS, "xls", "old_xls"),
    "xls of Excel 3": (b"\x09\x02\x06\x00\x00\x00\x10\x00", Kind.XLS, "xls", "old_xls"),
    "xls of Excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00", Kind.XLS, "xls", "old_xls"),
    "xls without its container": (b"\x09\x08\x10\x00\x00\x06\x05\x00", Kind.XLS, "xls", "old_xls"),
    "a workbook under a password": (compound("EncryptionInfo", "EncryptedPackage"), Kind.ENCRYPTED, "xls", "encrypted"),
    "ods": (
        packed(("mimetype", OPEN_DOCUMENT + b"spreadsheet"), ("content.xml", b"x"), method=zipfile.ZIP_STORED),
        Kind.ODS,
        "ods",
        "ods",
    ),
    "ods packed again": (
        packed(("content.xml", b"x" * 300), ("mimetype", OPEN_DOCUMENT + b"spreadsheet")),
        Kind.ODS,
        "ods",
        "ods",
    ),
    "odt": (packed(("mimetype", OPEN_DOCUMENT + b"text")), Kind.ODT, "zip", "word"),
    "odp": (packed(("mimetype", OPEN_DOCUMENT + b"presentation")), Kind.ODF, "zip", "not_a_workbook"),
    "docx": (packed(TYPES, ("word/document.xml", b"x")), Kind.DOCX, "docx", "word"),
    "doc": (compound("WordDocument"), Kind.DOC, "ole", "word"),
    "doc with a workbook in it": (compound("WordDocument", "Workbook"), Kind.DOC_WITH_SHEET, "xls", "word"),
    "pptx": (packed(TYPES, ("ppt/presentation.xml", b"x")), Kind.PPTX, "zip", "not_a_workbook"),
    "ppt": (compound("PowerPoint Document"), Kind.PPT, "ole", "not_a_workbook"),
    "ppt with a workbook in it": (
        compound("PowerPoint Document", "Workbook"),
        Kind.PPT_WITH_SHEET,
        "xls",
        "not_a_workbook",
    ),
    "vsdx": (packed(TYPES, ("visio/document.xml", b"x")), Kind.VSDX, "zip", "archive"),
    "xps": (packed(TYPES, ("Documents/1/FixedDocument.fdoc", b"x")), Kind.PACKAGE, "xlsx", "archive"),
    "a message of Outlook": (compound("__nameid_version1.0"), Kind.COMPOUND, "ole", "not_a_workbook"),
    "a message that speaks of a Workbook": (
        compound("__nameid_version1.0") + "Workbook in text".encode("utf-16-le"),
        Kind.COMPOUND,
        "ole",
        "not_a_workbook",
    ),
    "pdf": (b"%PDF-1.7\n", Kind.PDF, "pdf", "pdf"),
    "rtf": (b"{\\rtf1\\ansi }", Kind.RTF, "rtf", "word"),
    "jpeg": (b"\xff\xd8\xff\xe0", Kind.JPEG, "jpeg", "image"),
    "png": (b"\x89PNG\r\n\x1a\n", Kind.PNG, "png", "image"),
    "gif": (b"GIF89a", Kind.GIF, "gif", "image"),
    "bmp": (b"BM" + bytes(60), Kind.BMP, "", "image"),
    "tiff": (b"II*\0" + bytes(9), Kind.TIFF, "", "image"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", Kind.WEBP, "", "image"),
    "heic": (b"\0\0\0\x18ftypheic", Kind.HEIC, "", "image"),
    "zip": (packed(("1.jpg", b"\xff\xd8\xff")), Kind.ZIP, "zip", "archive"),
    "zip of nothing": (packed(), Kind.ZIP, "zip", "archive"),
    "rar": (b"Rar!\x1a\x07\x01\0", Kind.RAR, "rar", "archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP, "7z", "archive"),
    "gzip": (b"\x1f\x8b\x08", Kind.GZIP, "gzip", "archive"),
    "winmail.dat": (b"\x78\x9f\x3e\x22" + bytes(40), Kind.TNEF, "tnef", "winmail"),
    "csv": ("Предмет;Дата\r\nХимия;15.09.2021\r\n".encode("cp1251"), Kind.CSV, "", "csv"),
    "text": ("Добрый день, вышлем позже.".encode(), Kind.TEXT, "", "text"),
    "text that begins like an archive": (b"Rar! said he", Kind.TEXT, "", "text"),
    "html": (b"<html><table><tr><td>1</td></tr></table></html>", Kind.HTML, "", "html"),
    "xml": (b'<?xml version="1.0"?><a/>', Kind.XML, "", "html"),
    "nothing": (b"", Kind.EMPTY, "", "empty"),
    "zeros": (bytes(4_096), Kind.EMPTY, "", "empty"),
    "noise": (bytes(range(256)) * 16, Kind.UNKNOWN, "", "not_a_workbook"),
}
"""Bytes → their kind, what mail calls them, and why the reader of forms refuses them."""


@pytest.mark.parametrize("name", PROBES)
def test_one_answer_serves_mail_and_forms(name: str) -> None:
    data, kind, form, reason = PROBES[name]
    assert sniff(data) is kind
    assert form_of(data) == form
    assert read._REASONS.get(kind) == reason


def test_every_kind_is_probed_and_known_to_both_rooms() -> None:
    assert {kind for _, kind, _, _ in PROBES.values()} == set(Kind)
    assert set(attachments._FORMS) == set(Kind)
    assert set(read._REASONS) == set(Kind) - {Kind.XLSX, Kind.XLSM}


@pytest.mark.parametrize("name", PROBES)
def test_what_mail_takes_for_a_workbook_begins_like_one(name: str) -> None:
    data, kind, form, _ = PROBES[name]
    assert begins_like_workbook(data[:8]) or form not in attachments.WORKBOOKS
    if kind in (Kind.CSV, Kind.TEXT, Kind.HTML, Kind.XML, Kind.EMPTY):
        assert by_signature(data) is None
        assert not begins_like_workbook(data[:8])


@given(st.binary(max_size=300), st.sampled_from([data for data, *_ in PROBES.values()]), st.integers(0, 400))
def test_any_bytes_have_one_kind(noise: bytes, data: bytes, cut: int) -> None:
    for probe in (noise, data[:cut], data[:cut] + noise, data[:-cut] if cut else data):
        assert sniff(probe) in Kind
        assert form_of(probe) in attachments._FORMS.values()
