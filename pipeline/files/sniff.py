"""What a file is, by its first bytes and, for archives, the names inside; the name and the declared type lie."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from enum import StrEnum

from pipeline.files.zips import END_SIGNATURE, LOCAL_SIGNATURE, BadZip, content_of, entries_of, names_by_headers

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The signature of compound files ([MS-CFB] 2.2): .xls, .doc, .ppt, .msg, encrypted .xlsx."""


class Kind(StrEnum):
    """What a file is. Each room says in a table of its own what it makes of each."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ENCRYPTED = "encrypted"
    """A workbook or document of Office under a password."""
    ODS = "ods"
    ODT = "odt"
    ODF = "odf"
    """Another OpenDocument."""
    DOCX = "docx"
    DOC = "doc"
    DOC_WITH_SHEET = "doc+xls"
    """A compound file that holds both: a document with a workbook put into it, or the other way round."""
    PPTX = "pptx"
    PPT = "ppt"
    PPT_WITH_SHEET = "ppt+xls"
    VSDX = "vsdx"
    PACKAGE = "package"
    """An Open Packaging archive (ECMA-376 part 2) that is none of these."""
    COMPOUND = "compound"
    """A compound file that is none of these, such as .msg."""
    PDF = "pdf"
    RTF = "rtf"
    HTML = "html"
    XML = "xml"
    CSV = "csv"
    TEXT = "text"
    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    BMP = "bmp"
    TIFF = "tiff"
    WEBP = "webp"
    HEIC = "heic"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    GZIP = "gzip"
    TNEF = "tnef"
    EMPTY = "empty"
    UNKNOWN = "unknown"


_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
"""Beginnings of a workbook of Excel 2 to 95 without a compound file around it ([MS-XLS] 2.4.21)."""
_WORKBOOKS = (LOCAL_SIGNATURE, COMPOUND[:4], *_BIFF)
_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF", Kind.PDF),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG", Kind.PNG),
    (b"GIF8", Kind.GIF),
    (b"BM", Kind.BMP),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"{\\rt", Kind.RTF),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"7z\xbc\xaf", Kind.SEVEN_ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"\x78\x9f\x3e\x22", Kind.TNEF),
    *((beginning, Kind.XLS) for beginning in _BIFF),
)
# The names of folders in an archive that are found in one kind only; the first decides.
_FOLDERS: tuple[tuple[str, Kind], ...] = (("word/", Kind.DOCX), ("ppt/", Kind.PPTX), ("visio/", Kind.VSDX))
_MIMETYPES: tuple[tuple[bytes, Kind], ...] = (
    (b"opendocument.spreadsheet", Kind.ODS),
    (b"opendocument.text", Kind.ODT),
    (b"opendocument", Kind.ODF),
)
_MAIN_PART = "xl/workbook.xml"
_CONTENT_TYPES = "[content_types].xml"
_FIRST_PARTS = ("_rels/", "docprops/", "customxml/")
"""Where parts lie that some programs write first."""
_COMPOUND_HEADER = 512
_SECTOR_SHIFTS = (9, 12)
_TELLING = (b"xl/workbook.xml", b"[Content_Types].xml", b"word/document.xml", b"mimetype")
_MOST_TELLING = 1_000_000  # bytes of a member that is read to tell the kind
_TEXT_SAMPLE = 64 * 1024
_PRINTABLE_SHARE = 0.95


def sniff(data: bytes) -> Kind:
    """Return what ``data`` is. Never raises, whatever the bytes."""
    if not data.strip(b"\0 \r\n\t"):
        return Kind.EMPTY
    return by_signature(data) or _text(data)


def by_signature(data: bytes) -> Kind | None:
    """Return what ``data`` is when it has a signature that we know, else None: a text has none. Never raises."""
    if data.startswith((LOCAL_SIGNATURE, END_SIGNATURE)):
        return _archive(data)
    if data.startswith(COMPOUND):
        return _compound(data)
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"hevc"):
        return Kind.HEIC
    return None


def begins_like_workbook(head: bytes) -> bool:
    """Whether a file whose first eight bytes are ``head`` may be a workbook of any format: a CSV may not."""
    return head.startswith(_WORKBOOKS)


def _compound(data: bytes) -> Kind:
    """Tell by the streams in its directory, whose names are UTF-16LE and padded with zeros ([MS-CFB] 2.6.1)."""

    def has(*streams: str) -> bool:
        return any((stream + "\0").encode("utf-16-le") in data for stream in streams)

    if has("EncryptedPackage"):
        return Kind.ENCRYPTED
    sheet = has("Workbook", "Book")
    if has("WordDocument"):
        return Kind.DOC_WITH_SHEET if sheet else Kind.DOC
    if has("PowerPoint Document"):
        return Kind.PPT_WITH_SHEET if sheet else Kind.PPT
    # A directory that lies behind the end is that of a file cut off in transit: most such files are workbooks.
    return Kind.XLS if sheet or _is_cut(data) else Kind.COMPOUND


def _is_cut(data: bytes) -> bool:
    """Whether a compound file ends before its directory begins ([MS-CFB] 2.2)."""
    if len(data) < _COMPOUND_HEADER:
        return True
    shift, first = int.from_bytes(data[30:32], "little"), int.from_bytes(data[48:52], "little")
    return shift in _SECTOR_SHIFTS and (first + 1) << shift >= len(data)


def holds_parts_of_workbook(data: bytes) -> bool:
    """Whether names of a workbook's parts are in bytes of no known kind: the beginning of the file is lost."""
    return any(name in data for name in _TELLING[:2])


def _archive(data: bytes) -> Kind:
    names = _names(data)
    if "mimetype" in names and (kind := _open_document(data)):
        return kind
    if any(name.startswith("xl/") for name in names):
        return _spreadsheet(names)
    for folder, kind in _FOLDERS:
        if any(name.startswith(folder) for name in names):
            return kind
    if _is_beginning(data, names):
        return Kind.XLSX
    if _CONTENT_TYPES not in names:
        return Kind.XLSX if folder_of_workbook(names) else Kind.ZIP
    return Kind.XLSX if b"spreadsheetml" in _member(data, _CONTENT_TYPES) else Kind.PACKAGE


def _is_beginning(data: bytes, names: Collection[str]) -> bool:
    """Whether this is the first piece of a package of Office, too short to tell of which: most are workbooks."""
    if data.startswith(END_SIGNATURE) or not all(
        name.startswith(_FIRST_PARTS) or _CONTENT_TYPES.startswith(name) for name in names
    ):
        return False
    try:
        entries_of(data)
    except BadZip:
        return True
    return False


def folder_of_workbook(names: Collection[str]) -> str | None:
    """Return the folder, with its slash, that holds a whole workbook: somebody unpacked one and packed it again.

    ``names`` are in lower case. None where there is no such folder, or more than one.
    """
    found = [name.removesuffix(_MAIN_PART) for name in names if name.endswith(f"/{_MAIN_PART}")]
    return found[0] if len(found) == 1 and _MAIN_PART not in names else None


def _names(data: bytes) -> Collection[str]:
    """Return the names in the archive, in lower case, as far as they can be found.

    A cut-off download has lost the directory at its end; names before the members are still there.
    """
    try:
        return [entry.name.lower() for entry in entries_of(data) if not entry.is_folder]
    except BadZip:
        telling = [name.decode("ascii") for name in _TELLING if name in data]
        return [name.lower() for name in (*names_by_headers(data), *telling)]


def _spreadsheet(names: Collection[str]) -> Kind:
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    return Kind.XLSM if any(name.endswith("vbaproject.bin") for name in names) else Kind.XLSX


def _member(data: bytes, name: str) -> bytes:
    """Return a member by its name in lower case, b"" when it is not there or cannot be read."""
    try:
        entry = next((entry for entry in entries_of(data) if entry.name.lower() == name), None)
        return content_of(data, entry, _MOST_TELLING) if entry else b""
    except BadZip:
        return b""


def _open_document(data: bytes) -> Kind | None:
    """An OpenDocument says what it is in its first, uncompressed member (ODF 1.3 part 2, 3.3)."""
    head = data[:200] + _member(data, "mimetype")[:200]
    return next((kind for mark, kind in _MIMETYPES if mark in head), None)


def _text(data: bytes) -> Kind:
    sample = _decode(data[:_TEXT_SAMPLE])
    if sample is None:
        return Kind.UNKNOWN
    start = sample.lstrip("\ufeff \r\n\t")[:2_000].lower()
    if start.startswith(("<!doctype html", "<html")) or "<table" in start:
        return Kind.HTML
    if start.startswith(("<?xml", "<workbook")):
        return Kind.XML
    lines = [line for line in sample.splitlines() if line.strip()][:50]
    for separator in ";\t,":
        counts = [line.count(separator) for line in lines]
        if len(lines) > 1 and min(counts) > 0 and max(counts) - min(counts) <= max(counts) // 2:
            return Kind.CSV
    return Kind.TEXT


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
