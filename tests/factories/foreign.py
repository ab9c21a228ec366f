"""Workbooks of other formats for tests: .ods as XML, .xls record by record, and hostile ones of both."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence

from pipeline.files.sniff import COMPOUND

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "meta", "manifest")
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def ods(rows: str = "", *, extra: Mapping[str, bytes] | None = None) -> bytes:
    """Return an .ods of one sheet with those ``table:table-row`` elements; ``extra`` is as for ``ods_of``."""
    return ods_of(f'<table:table table:name="Лист1">{rows}</table:table>', extra=extra)


def ods_of(
    tables: str, *, styles: str = "", prolog: str = "", keywords: str = "", extra: Mapping[str, bytes] | None = None
) -> bytes:
    """Return an .ods with those ``table:table`` elements; ``extra`` adds or replaces members."""
    content = (
        f"{prolog}<office:document-content {_NAMESPACES} {_CALC}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    meta = (
        f"<office:document-meta {_NAMESPACES}><office:meta><meta:keyword>{keywords}</meta:keyword></office:meta>"
        "</office:document-meta>"
    )
    members = {"content.xml": content.encode(), "meta.xml": meta.encode()} | dict(extra or {})
    return _with_mimetype(members)


def _with_mimetype(members: Mapping[str, bytes]) -> bytes:
    """The member that says what the file is comes first and uncompressed, as ODF 1.3 part 2, 3.3 has it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo("mimetype"), _MIMETYPE, zipfile.ZIP_STORED)
        for name, content in members.items():
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def ods_cell(value: str, kind: str = "string", attributes: str = "") -> str:
    """Return a cell; a text as a paragraph, anything else as its attribute."""
    if kind == "string":
        return f'<table:table-cell office:value-type="string" {attributes}><text:p>{value}</text:p></table:table-cell>'
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    return f'<table:table-cell office:value-type="{kind}" office:{name}="{value}" {attributes}/>'


def ods_row(*cells: str, attributes: str = "") -> str:
    """Return a row."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


# .xls: records of [MS-XLS] in a stream of [MS-CFB]


def record(kind: int, content: bytes = b"") -> bytes:
    """Return one record."""
    return struct.pack("<2H", kind, len(content)) + content


def cell_record(kind: int, row: int, column: int, content: bytes, style: int = 0) -> bytes:
    """Return the record of a cell; ``row`` and ``column`` from 0."""
    return record(kind, struct.pack("<3H", row, column, style) + content)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """Return a NUMBER record."""
    return cell_record(0x0203, row, column, struct.pack("<d", value), style)


def unicode_text(text: str) -> bytes:
    """Return a string as records hold it."""
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def xls_stream(
    *sheets: bytes,
    strings: bytes = b"",
    globals_: bytes = b"",
    formats: Sequence[int] = (0, 14),
    states: Sequence[int] = (),
    version: int = 0x0600,
) -> bytes:
    """Return a Workbook stream: ``sheets`` are their records, ``strings`` and ``globals_`` records before them."""
    beginning = record(0x0809, struct.pack("<2H", version, 5) + bytes(12)) + globals_
    beginning += b"".join(record(0x00E0, struct.pack("<2H", 0, number) + bytes(16)) for number in formats) + strings
    names = [f"Лист{index}" for index in range(1, len(sheets) + 1)]
    bounds = [8 + 2 * len(name) + 4 for name in names]
    at = len(beginning) + sum(bounds) + 4
    written = b""
    bodies = b""
    for index, (name, sheet) in enumerate(zip(names, sheets, strict=True)):
        state = states[index] if index < len(states) else 0
        written += record(
            0x0085, struct.pack("<L4B", at + len(bodies), state, 0, len(name), 1) + name.encode("utf-16-le")
        )
        bodies += record(0x0809, struct.pack("<2H", version, 0x10) + bytes(12)) + sheet + record(0x000A)
    return beginning + written + record(0x000A) + bodies


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file (version 3, all streams in whole sectors)."""
    sectors: list[bytes] = []
    table: list[int] = []
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0)]
    for name, content in streams.items():
        padded = content + bytes(max(0, 4096 - len(content)))
        count = -(-len(padded) // 512)
        start = len(sectors)
        sectors += [padded[at : at + 512].ljust(512, b"\0") for at in range(0, len(padded), 512)]
        table += [*range(start + 1, start + count), 0xFFFFFFFE]
        entries.append(_entry(name, 2, start, len(padded)))
    directory = b"".join(entries)
    directory += bytes(-len(directory) % 512)
    first_directory = len(sectors)
    count = len(directory) // 512
    sectors += [directory[at : at + 512] for at in range(0, len(directory), 512)]
    table += [*range(first_directory + 1, first_directory + count), 0xFFFFFFFE]
    first_fat = len(sectors)
    fats = 1
    while fats * 128 < len(table) + fats:
        fats += 1
    table += [0xFFFFFFFD] * fats
    table += [0xFFFFFFFF] * (fats * 128 - len(table))
    places = list(range(first_fat, first_fat + fats))
    assert len(places) <= 109, "larger files need sectors that this factory does not write"
    header = COMPOUND + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9L", 0, fats, first_directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109L", *places, *[0xFFFFFFFF] * (109 - len(places)))
    return header + b"".join(sectors) + struct.pack(f"<{len(table)}L", *table)


def xls(*sheets: bytes, **rest: object) -> bytes:
    """Return an .xls whose sheets are those records; ``rest`` is as for ``xls_stream``."""
    return compound({"Workbook": xls_stream(*sheets, **rest)})  # type: ignore[arg-type]  # keywords of one function


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<H2B3L", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF if kind == 2 else 1)
        + bytes(36)
        + struct.pack("<LQ", start, size)
    )


def _text_table(*texts: str, promised: int | None = None) -> bytes:
    count = len(texts) if promised is None else promised
    return record(0x00FC, struct.pack("<2L", count, count) + b"".join(map(unicode_text, texts)))


def _label(row: int, column: int, index: int) -> bytes:
    return cell_record(0x00FD, row, column, struct.pack("<L", index))


def _looped() -> bytes:
    """The table of sectors leads in a ring."""
    data = bytearray(xls(number(0, 0, 1)))
    fat = data.rfind(struct.pack("<2L", 1, 2))
    struct.pack_into("<L", data, fat + 4 * 7, 0)
    at = data.rfind(struct.pack("<LQ", 0, 4096))
    struct.pack_into("<LQ", data, at, 0, 4096 * 1000)
    return bytes(data)


def _spelled(text: str) -> str:
    return ods_row(ods_cell(text))


_FILLED = ods_cell("1", "float")
_MANIFEST = (
    f'<manifest:manifest {_NAMESPACES}><manifest:file-entry manifest:full-path="content.xml">'
    "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
)

HOSTILE_FOREIGN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "ods, a million filled rows": (
        "too_many_cells",
        lambda: ods(ods_row(_FILLED, attributes='table:number-rows-repeated="1048576"')),
    ),
    "ods, a filled row and column repeated": (
        "too_many_cells",
        lambda: ods(
            ods_row(
                ods_cell("1", "float", 'table:number-columns-repeated="16384"'),
                attributes='table:number-rows-repeated="1048576"',
            )
        ),
    ),
    "ods, repeats of repeats": (
        "too_many_cells",
        lambda: ods(
            ods_row(ods_cell("я" * 30, attributes='table:number-columns-repeated="500"')) * 400
            + ods_row(_FILLED, attributes='table:number-rows-repeated="49000"') * 3
        ),
    ),
    "ods, long text repeated": (
        "too_much_text",
        lambda: ods(ods_row(ods_cell("я" * 30_000), attributes='table:number-rows-repeated="20000"')),
    ),
    "ods, spaces without end": (
        "too_much_text",
        lambda: ods(_spelled('<text:s text:c="32000"/>' * 10_000)),
    ),
    "ods, far row": (
        "far_cell",
        lambda: ods(ods_row(attributes='table:number-rows-repeated="1048575"') + ods_row(_FILLED)),
    ),
    "ods, far column": (
        "far_cell",
        lambda: ods(ods_row('<table:table-cell table:number-columns-repeated="16383"/>', _FILLED)),
    ),
    "ods, wide and long": (
        "too_many_cells",
        lambda: ods(
            ods_row(
                '<table:table-cell table:number-columns-repeated="510"/>',
                _FILLED,
                attributes='table:number-rows-repeated="40000"',
            )
        ),
    ),
    "ods, giant merge": (
        "giant_merge",
        lambda: ods(
            ods_row(ods_cell("1", "float", 'table:number-columns-spanned="16384" table:number-rows-spanned="1048576"'))
        ),
    ),
    "ods, repeats that are no number": (
        "damaged",
        lambda: ods(ods_row(_FILLED, attributes='table:number-rows-repeated="-1"')),
    ),
    "ods, doctype": (
        "unsafe",
        lambda: ods_of("", prolog='<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'),
    ),
    "ods, outer entity": (
        "unsafe",
        lambda: ods_of("", prolog='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
    ),
    "ods, 300 sheets": ("too_many_sheets", lambda: ods_of('<table:table table:name="л"/>' * 300)),
    "ods, deep groups": (
        "damaged",
        lambda: ods("<table:table-row-group>" * 200 + "</table:table-row-group>" * 200),
    ),
    "ods, deep": ("damaged", lambda: ods("<text:p>" * 50_000 + "</text:p>" * 50_000)),
    "ods, 400 thousand elements": ("too_many_cells", lambda: ods(ods_row("<table:table-cell/>" * 410_000))),
    "ods, zip bomb": ("too_large", lambda: ods(extra={"Pictures/a.png": bytes(9_000_000)})),
    "ods, encrypted": ("encrypted", lambda: ods(extra={"META-INF/manifest.xml": _MANIFEST.encode()})),
    "ods, encrypted whole": ("encrypted", lambda: ods(extra={"encrypted-package": b"x"})),
    "ods, truncated": ("damaged", lambda: ods(_spelled("да"))[:-60]),
    "ods, no content": ("damaged", lambda: _with_mimetype({"meta.xml": b"<x/>"})),
    "ods, no table": ("damaged", lambda: ods_of("")),
    "ods, not XML": ("damaged", lambda: ods(extra={"content.xml": b"<office:document-content"})),
    "xls, far cell": ("far_cell", lambda: xls(number(65_535, 255, 1))),
    "xls, column that is none": ("far_cell", lambda: xls(number(0, 65_535, 1))),
    "xls, 300 thousand cells": (
        "too_many_cells",
        lambda: xls(b"".join(number(row % 40_000, row % 250, 1) for row in range(300_000))),
    ),
    "xls, giant merge": (
        "giant_merge",
        lambda: xls(number(0, 0, 1) + record(0x00E5, struct.pack("<5H", 1, 0, 65_535, 0, 255))),
    ),
    "xls, long string 20,000 times": (
        "too_much_text",
        lambda: xls(b"".join(_label(row, 0, 0) for row in range(20_000)), strings=_text_table("y" * 4_000)),
    ),
    "xls, 4 billion strings promised": (
        "too_much_text",
        lambda: xls(number(0, 0, 1), strings=_text_table("да", promised=0xFFFFFFFF)),
    ),
    "xls, string that is not there": ("damaged", lambda: xls(_label(0, 0, 7), strings=_text_table("да"))),
    "xls, string cut off": (
        "damaged",
        lambda: xls(number(0, 0, 1), strings=record(0x00FC, struct.pack("<2LHB", 1, 1, 500, 1) + b"\0" * 8)),
    ),
    "xls, record longer than the file": (
        "damaged",
        lambda: compound({"Workbook": xls_stream(number(0, 0, 1))[:-30] + b"\x03\x02\xff\xff"}),
    ),
    "xls, sheet that begins nowhere": (
        "damaged",
        lambda: compound(
            {
                "Workbook": record(0x0809, struct.pack("<2H", 0x600, 5) + bytes(12))
                + record(0x0085, struct.pack("<L4B", 4_000_000, 0, 0, 1, 0) + b"x")
                + record(0x000A)
            }
        ),
    ),
    "xls, no sheet": ("damaged", xls),
    "xls, 300 sheets": ("too_many_sheets", lambda: xls(*[b""] * 300)),
    "xls, password": ("encrypted", lambda: xls(number(0, 0, 1), globals_=record(0x002F, bytes(6)))),
    "xls, Excel 95": ("old_xls", lambda: xls(number(0, 0, 1), version=0x0500)),
    "xls, Excel 4 without a container": ("old_xls", lambda: b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(200)),
    "xls, ring of sectors": ("damaged", _looped),
    "xls, truncated": ("damaged", lambda: xls(number(0, 0, 1))[:-512]),
    "xls, noise behind the signature": ("damaged", lambda: COMPOUND + b"Workbook\0".decode().encode("utf-16-le") * 99),
}
"""Name → the reason with which it must be refused when it is read in the isolated child, and how to make it."""
