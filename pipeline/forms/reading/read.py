"""Bytes of a workbook → ``RawWorkbook``: the strict, bounded reader. Macros, links and drawings are never touched.

Not openpyxl, which hangs on one far cell and on a giant merge; not calamine, which aborts the process on such files and
turns error cells and formulas without values into blanks (see docs/decisions.md).
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import structlog
from lxml import etree

from pipeline.files.sniff import Kind, folder_of_workbook, holds_parts_of_workbook, sniff
from pipeline.files.zips import LOCAL_SIGNATURE
from pipeline.forms.reading.drawings import drawn_in
from pipeline.forms.reading.precheck import (
    SENT,
    Bounds,
    Package,
    open_package,
)
from pipeline.forms.reading.remarks import remarks_in
from pipeline.forms.reading.sheetrows import read_sheet
from pipeline.forms.reading.sheetxml import (
    Budget,
    Shared,
    decode_escapes,
    parse_part,
    read_looks,
    read_strings,
    read_struck,
)
from pipeline.forms.workbooks.serials import Shown
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import (
    HIDDEN,
    VERY_HIDDEN,
    VISIBLE,
    Drawn,
    RawWorkbook,
    Remark,
)

__all__ = ["UnreadableWorkbook", "read_workbook"]

MAX_SHEETS = 64
_MAX_KEYWORDS = 4_000
_CACHED = 64 * 1024
"""Parts up to this size are kept with what was read from them; 64 of a kind at most."""
_REASONS: Mapping[Kind, str] = {
    Kind.XLS: "old_xls",
    Kind.ENCRYPTED: "encrypted",
    Kind.ODS: "ods",
    Kind.XLSB: "xlsb",
    Kind.CSV: "csv",
    Kind.TEXT: "text",
    Kind.HTML: "html",
    Kind.XML: "html",
    Kind.PDF: "pdf",
    **dict.fromkeys((Kind.DOCX, Kind.DOC, Kind.DOC_WITH_SHEET, Kind.ODT, Kind.RTF), "word"),
    **dict.fromkeys((Kind.ZIP, Kind.PACKAGE, Kind.VSDX, Kind.RAR, Kind.SEVEN_ZIP, Kind.GZIP), "archive"),
    Kind.TNEF: "winmail",
    Kind.EMPTY: "empty",
    **dict.fromkeys((Kind.JPEG, Kind.PNG, Kind.GIF, Kind.BMP, Kind.TIFF, Kind.WEBP, Kind.HEIC), "image"),
    **dict.fromkeys(
        (Kind.PPTX, Kind.PPT, Kind.PPT_WITH_SHEET, Kind.ODF, Kind.COMPOUND, Kind.UNKNOWN), "not_a_workbook"
    ),
}
"""Why what is no workbook of ours is not read; all kinds but ``xlsx`` and ``xlsm``."""
_STATES = {"hidden": HIDDEN, "veryHidden": VERY_HIDDEN}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Relation:
    """A line of a relationships part: what it is and which part it names."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class _Tab:
    """A sheet as the workbook's part names it: ``relation`` leads to its own part."""

    title: str
    state: str
    relation: str


@dataclass(frozen=True, slots=True)
class _Book:
    """What the workbook's part says."""

    tabs: tuple[_Tab, ...]
    date1904: bool
    to_calculate: bool


def read_workbook(data: bytes, bounds: Bounds = SENT) -> RawWorkbook:
    """Return the workbook in ``data`` (.xlsx or .xlsm), every sheet, hidden ones too.

    Raises only ``UnreadableWorkbook``, whatever the bytes; its ``reason`` and ``message`` say what the sender can do.
    """
    try:
        return _read(data, bounds)
    except UnreadableWorkbook:
        raise
    except Exception as error:
        _log.warning("workbook.reader_failed", error=type(error).__name__, size=len(data))
        raise UnreadableWorkbook("damaged") from error


def _read(data: bytes, bounds: Bounds) -> RawWorkbook:
    if len(data) > bounds.file:
        raise UnreadableWorkbook("too_large")
    package, repacked = _package(data, bounds)
    roots = _roots(package)
    main = next((relation.target for relation in roots if relation.kind == "officeDocument"), "xl/workbook.xml")
    content = _bytes(package, main)
    book = (_book if len(content) <= _CACHED else _book.__wrapped__)(content)
    related = {relation.id: relation for relation in _relations(package, main)}
    shared = _shared(package, related.values(), bounds, book)
    budget = Budget(bounds.cells, bounds.area, bounds.texts)
    sheets = []
    for tab in book.tabs:
        relation = related.get(tab.relation)
        # A tab that leads nowhere has no data; where the form needs it, the check misses the sheet (W40).
        if relation is not None and relation.kind == "worksheet" and relation.target in package:
            sheet = read_sheet(_bytes(package, relation.target), tab.title, tab.state, shared, budget)
            drawn, remarks = _over_the_cells(package, relation.target)
            sheets.append(replace(sheet, drawn=drawn, remarks=remarks) if drawn or remarks else sheet)
    if not sheets:
        raise UnreadableWorkbook("damaged")
    core = next((relation.target for relation in roots if relation.kind == "core-properties"), "docProps/core.xml")
    return RawWorkbook(tuple(sheets), _keywords(package, core), shared.date1904, repacked)


def _roots(package: Package) -> tuple[_Relation, ...]:
    """Return the relationships of the package; where they are broken, its parts are where they nearly always are."""
    try:
        return _relations(package, "")
    except UnreadableWorkbook:
        return ()


def _package(data: bytes, bounds: Bounds) -> tuple[Package, bool]:
    """Open the archive and say whether the workbook lies in a folder of it, as when people pack one again.

    What is no workbook is named by ``sniff``, which looks longer at a file than most need.
    """
    if data.startswith(LOCAL_SIGNATURE):
        with contextlib.suppress(UnreadableWorkbook):
            package = open_package(data, bounds)
            if "xl/workbook.xml" in package and not any(name in package for name in ("mimetype", "xl/workbook.bin")):
                return package, False
    kind = sniff(data)
    if kind is Kind.UNKNOWN and holds_parts_of_workbook(data):
        raise UnreadableWorkbook("damaged")
    if kind in _REASONS:
        raise UnreadableWorkbook(_REASONS[kind])
    package = open_package(data, bounds)
    folder = folder_of_workbook(package.names)
    return (package.within(folder), True) if folder else (package, False)


def _bytes(package: Package, name: str) -> bytes:
    if name not in package:
        raise UnreadableWorkbook("damaged")
    return package.read(name)


def _over_the_cells(package: Package, part: str) -> tuple[tuple[Drawn, ...], tuple[Remark, ...]]:
    """Return what lies over the cells of the sheet and the comments on them.

    No data are lost with them, so nothing in them stops the reading. A thread has an old comment as its stand-in.
    """
    drawn: tuple[Drawn, ...] = ()
    remarks: dict[str, tuple[Remark, ...]] = {}
    with contextlib.suppress(UnreadableWorkbook):
        for relation in _relations(package, part):
            if relation.target not in package:
                continue
            if relation.kind == "drawing" and not drawn:
                drawn = drawn_in(package.read(relation.target))
            elif relation.kind in ("comments", "threadedComment"):
                remarks[relation.kind] = remarks_in(package.read(relation.target))
    threads = remarks.get("threadedComment", ())
    taken = {remark.place for remark in threads}
    return drawn, (*threads, *(remark for remark in remarks.get("comments", ()) if remark.place not in taken))


def _part(package: Package, name: str) -> etree._Element:
    return parse_part(_bytes(package, name))


def _relations(package: Package, part: str) -> tuple[_Relation, ...]:
    """Return the inner relationships of ``part`` ("" for the package); outside targets are not followed."""
    folder, base = posixpath.split(part)
    name = posixpath.join(folder, "_rels", f"{base}.rels")
    if name not in package:
        return ()
    content = package.read(name)
    return (_relations_in if len(content) <= _CACHED else _relations_in.__wrapped__)(content, folder)


@lru_cache(maxsize=64)
def _relations_in(content: bytes, folder: str) -> tuple[_Relation, ...]:
    """The returns of a form differ in their sheets: this part of theirs is mostly the same."""
    relations = []
    for element in parse_part(content).iter("{*}Relationship"):
        if element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        relations.append(_Relation(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], path))
    return tuple(relations)


@lru_cache(maxsize=64)
def _looks(content: bytes) -> Mapping[str, Shown]:
    return read_looks(content)


@lru_cache(maxsize=64)
def _book(content: bytes) -> _Book:
    root = parse_part(content)
    elements = list(root.iterfind("{*}sheets/{*}sheet"))
    if len(elements) > MAX_SHEETS:
        raise UnreadableWorkbook("too_many_sheets", count=len(elements), limit=MAX_SHEETS)
    properties, calculation = root.find("{*}workbookPr"), root.find("{*}calcPr")
    return _Book(
        tabs=tuple(
            _Tab(
                title=decode_escapes(element.get("name", ""))[:255],
                state=_STATES.get(element.get("state", ""), VISIBLE),
                relation=_relation_id(element),
            )
            for element in elements
        ),
        date1904=properties is not None and properties.get("date1904", "") in ("1", "true"),
        to_calculate=calculation is not None and calculation.get("fullCalcOnLoad", "") in ("1", "true"),
    )


def _relation_id(element: etree._Element) -> str:
    for name, value in element.attrib.items():
        if str(name).endswith("}id"):
            return str(value)
    return ""


def _shared(package: Package, related: Iterable[_Relation], bounds: Bounds, book: _Book) -> Shared:
    """Return what the sheets refer to.

    A library that writes formulas without working them out puts 0 for each and asks Excel to calculate on opening; a
    program that has calculated keeps the order in which it did, the chain (18.6, 18.2.2).
    """
    targets = {relation.kind: relation.target for relation in related}
    strings = targets.get("sharedStrings")
    styles = targets.get("styles")
    looks = _bytes(package, styles) if styles else b""
    return Shared(
        # Where the part is not there, a cell that needs it is damaged, and a workbook without such cells is whole.
        strings=read_strings(package.read(strings), bounds.strings) if strings and strings in package else (),
        looks=(_looks if len(looks) <= _CACHED else read_looks)(looks) if styles else {},
        date1904=book.date1904,
        uncalculated=book.to_calculate and "calcChain" not in targets,
        struck=read_struck(looks) if looks else frozenset(),
    )


def _keywords(package: Package, name: str) -> str:
    """Return the keywords of the core properties (ECMA-376 part 2, 8.3.3); without that part there are none."""
    if name not in package:
        return ""
    try:
        element = _part(package, name).find("{*}keywords")
    except UnreadableWorkbook:  # no cell needs this part
        return ""
    text = "" if element is None else str(element.xpath("string()"))
    return text.strip()[:_MAX_KEYWORDS]
