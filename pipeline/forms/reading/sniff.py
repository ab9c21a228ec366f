"""What a file is, by its first bytes and, for archives, the names inside; the name and the declared type lie."""

from __future__ import annotations

import codecs
import re

from pipeline.forms.reading.precheck import (
    LOCAL_SIGNATURE,
    Package,
    directory_names,
    open_package,
)
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"\x09\x00\x04\x00", "xls"),
    (b"\x09\x02\x06\x00", "xls"),
    (b"\x09\x04\x06\x00", "xls"),
    (b"\x09\x08", "xls"),
)
# Streams of a compound file ([MS-CFB] 2.6.1: directory names are UTF-16LE); the first that is found decides.
_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_MIMETYPES: tuple[tuple[bytes, str], ...] = (
    (b"opendocument.spreadsheet", "ods"),
    (b"opendocument.text", "odt"),
    (b"opendocument", "odf"),
)
_TEXT_SAMPLE = 64 * 1024
_PRINTABLE_SHARE = 0.95


def sniff(data: bytes) -> str:
    """Return the sort of file: ``xlsx xlsm xlsb xls encrypted ods odt odf docx doc pptx ppt pdf rtf html xml csv text
    jpeg png gif bmp tiff webp heic zip rar 7z gzip tnef empty unknown``. Never raises, whatever the bytes.
    """
    if not data.strip(b"\0 \r\n\t"):
        return "empty"
    if data.startswith((LOCAL_SIGNATURE, b"PK\x05\x06")):
        return _archive(data)
    if data.startswith(_CFB):
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in data), "unknown")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"hevc"):
        return "heic"
    return _text(data)


def _archive(data: bytes) -> str:
    names = directory_names(data)
    if not names:
        # A cut-off download has lost the directory at its end; the names before the members are still there.
        names = tuple(
            name.decode("ascii").lower()
            for name in (b"xl/workbook.xml", b"[Content_Types].xml", b"word/document.xml", b"mimetype")
            if name in data
        )
    if "mimetype" in names and (kind := _open_document(data)):
        return kind
    if any(name.startswith("xl/") for name in names):
        return _spreadsheet(data, names)
    for folder, kind in (("word/", "docx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in names):
            return kind
    if "[content_types].xml" in names and _content_types(data).count(b"spreadsheetml"):
        return "xlsx"
    return "zip"


def _spreadsheet(data: bytes, names: tuple[str, ...]) -> str:
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.endswith("vbaproject.bin") for name in names) or b"macroEnabled" in _content_types(data):
        return "xlsm"
    return "xlsx"


def _content_types(data: bytes) -> bytes:
    return _member(data, "[content_types].xml")


def _member(data: bytes, name: str) -> bytes:
    try:
        package: Package = open_package(data)
        return package.read(name)
    except (UnreadableWorkbook, KeyError):
        return b""


def _open_document(data: bytes) -> str | None:
    """An OpenDocument says what it is in its first, uncompressed member (ODF 1.3 part 2, 3.3)."""
    head = data[:200] + _member(data, "mimetype")[:200]
    return next((kind for mark, kind in _MIMETYPES if mark in head), None)


def _text(data: bytes) -> str:
    sample = _decode(data[:_TEXT_SAMPLE])
    if sample is None:
        return "unknown"
    start = sample.lstrip("\ufeff \r\n\t")[:2_000].lower()
    if start.startswith(("<!doctype html", "<html")) or "<table" in start:
        return "html"
    if start.startswith(("<?xml", "<workbook")):
        return "xml"
    lines = [line for line in sample.splitlines() if line.strip()][:50]
    for separator in ";\t,":
        counts = [line.count(separator) for line in lines]
        if len(lines) > 1 and min(counts) > 0 and max(counts) - min(counts) <= max(counts) // 2:
            return "csv"
    return "text"


def _decode(sample: bytes) -> str | None:
    """Return the text, None when the bytes do not look like any."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        decoded = sample.decode("utf-16", "replace")
    elif b"\0" in sample:
        return None
    else:
        try:
            decoded = codecs.getincrementaldecoder("utf-8")().decode(sample)  # the sample may end in mid-letter
        except UnicodeDecodeError:
            decoded = sample.decode("cp1251", "replace")
    readable = len(re.findall(r"[\w\s\-.,;:!?\"'«»()№%/+*=<>@#&_\[\]{}|\\]", decoded))
    return decoded if readable >= _PRINTABLE_SHARE * len(decoded) else None
