"""The XML of a workbook's parts → values, with a bound on everything that a file can make large.

SpreadsheetML is ECMA-376 part 1, chapter 18; both its namespaces (transitional and strict) are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from lxml import etree

from pipeline.forms.cells import Cell, CellError, Formula
from pipeline.forms.serials import from_iso, from_serial, is_date_format
from pipeline.forms.unreadable import UnreadableWorkbook
from pipeline.forms.workbook import RawSheet

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ROW = 50_000
MAX_COLUMN = 512
MAX_CELLS = 250_000
MAX_AREA = 2_000_000
"""Cells of all rows, each counted up to its last value: what the workbook takes when its gaps are written out."""
MAX_TEXT = 32_767
"""The most characters a cell may hold (ECMA-376 part 1, annex; Excel's own limit)."""
MAX_TEXTS = 8_000_000
"""Characters of all cells together: one shared string may be used many times."""
MAX_STRINGS = 200_000
MAX_MERGES = 5_000
_MAX_PENDING = 200_000
"""Elements that may stand in memory at once: between two rows of a sheet, or in a part read whole."""
_CHUNK = 64 * 1024
_WHOLE = 256 * 1024
"""Parts up to this size are parsed in one go."""

_ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ASCII_SUPERSETS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1251", b"windows-1252")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([eE][+-]?[0-9]{1,4})?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE: Final = ("1", "true")


@dataclass
class Budget:
    """What the sheets of one workbook may still use together."""

    cells: int = MAX_CELLS
    area: int = MAX_AREA
    texts: int = MAX_TEXTS

    def take_text(self, value: str) -> str:
        """Count a text cell; raises UnreadableWorkbook when the texts become too much."""
        self.texts -= len(value)
        if self.texts < 0:
            raise UnreadableWorkbook("too_much_text")
        return value


@dataclass(frozen=True, slots=True)
class Shared:
    """What the cells of all sheets refer to."""

    strings: Sequence[str] = ()
    date_styles: frozenset[str] = frozenset()
    date1904: bool = False


@dataclass
class _Grid:
    """A sheet while it is read."""

    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    filtered: bool = False
    last_row: int = 0


@dataclass(frozen=True, slots=True)
class _Tags:
    """The qualified names of a row's descendants, in the namespace that the row itself has."""

    row: str
    cell: str
    value: str
    formula: str
    inline: str
    text: str
    run: str

    @classmethod
    def beside(cls, row: str) -> _Tags:
        ns = row.removesuffix("row")
        return cls(row, *(f"{ns}{name}" for name in ("c", "v", "f", "is", "t", "r")))


def parse_part(data: bytes) -> etree._Element:
    """Return the root of a small part. Raises UnreadableWorkbook for a DOCTYPE, too many elements or broken XML."""
    data = _checked(data)
    if data.count(b"<") > 2 * _MAX_PENDING:
        raise UnreadableWorkbook("too_many_cells")
    return _tree(data)


def _tree(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableWorkbook("damaged") from error


def read_strings(data: bytes) -> list[str]:
    """Return the shared strings: rich text joined, phonetic runs left out (18.4.8, 18.4.6)."""
    strings: list[str] = []
    if data.count(b"<si") > MAX_STRINGS:  # seen before anything is parsed
        raise UnreadableWorkbook("too_much_text")
    for element in _elements(data, "si"):
        ns = _namespace(element)
        strings.append(_text_of(element, f"{ns}t", f"{ns}r"))
        if len(strings) > MAX_STRINGS:
            raise UnreadableWorkbook("too_much_text")
    return strings


def read_date_styles(data: bytes) -> frozenset[str]:
    """Return the numbers, as cells write them, of the cell formats that show a number as a date (18.8.30)."""
    root = parse_part(data)
    ns = _namespace(root)
    codes = {
        number.get("numFmtId", ""): number.get("formatCode", "") for number in root.iterfind(f"{ns}numFmts/{ns}numFmt")
    }
    formats = root.iterfind(f"{ns}cellXfs/{ns}xf")
    return frozenset(
        str(index)
        for index, xf in enumerate(formats)
        if is_date_format(xf.get("numFmtId", "0"), codes.get(xf.get("numFmtId", "0")))
    )


def read_sheet(data: bytes, title: str, state: str, shared: Shared, budget: Budget) -> RawSheet:
    """Return the sheet in ``data``. The dimension record is not looked at (W9); blank styled cells are passed over."""
    grid = _Grid()
    if data.count(b"<c ") > budget.cells:  # seen before anything is parsed
        raise UnreadableWorkbook("too_many_cells")
    tags: _Tags | None = None
    for element in _elements(data, "row", "mergeCell", "filterColumn"):
        tag = str(element.tag)
        if tag.endswith("row"):
            if tags is None or tags.row != tag:
                tags = _Tags.beside(tag)
            _read_row(element, tags, grid, title, shared, budget)
        elif tag.endswith("mergeCell"):
            grid.merged.append(_merge(element.get("ref", ""), title))
            if len(grid.merged) > MAX_MERGES:
                raise UnreadableWorkbook("giant_merge", sheet=title, range=grid.merged[-1])
        else:
            grid.filtered = True
    return RawSheet(title, state, grid.rows, tuple(grid.merged), frozenset(grid.hidden), grid.filtered)


def decode_escapes(value: str) -> str:
    """Undo ``_x000D_`` and the like (22.4.2.4); what is no character becomes U+FFFD."""
    if "_x" not in value:
        return value
    decoded = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@lru_cache(maxsize=8192)
def position(reference: str) -> tuple[int, int]:
    """``B7`` → (7, 2). Raises UnreadableWorkbook when it is no cell of a spreadsheet."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise UnreadableWorkbook("damaged")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(found[2])
    if not 1 <= row <= 1_048_576 or column > 16_384:
        raise UnreadableWorkbook("damaged")
    return row, column


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _checked(data: bytes) -> bytes:
    """Return ``data`` as bytes whose markup is ASCII, free of a DOCTYPE: entities cannot be declared then."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = re.sub(r"^<\?xml.*?\?>", "", data.decode("utf-16", "replace")).encode("utf-8", "replace")
    elif b"\0" in data[:64]:
        raise UnreadableWorkbook("damaged")
    declared = _ENCODING.match(data[:400].removeprefix(b"\xef\xbb\xbf").lstrip())
    if declared and declared[1].lower() not in _ASCII_SUPERSETS:
        raise UnreadableWorkbook("damaged")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableWorkbook("unsafe")
    return data


def _elements(data: bytes, *names: str) -> Iterator[etree._Element]:
    """Yield the elements of those local names as they end, and forget them after use.

    Raises UnreadableWorkbook when more elements pile up between two of them than memory should hold.
    """
    data = _checked(data)
    if len(data) <= _WHOLE and data.count(b"<") <= _MAX_PENDING:
        yield from _tree(data).iter(*(f"{{*}}{name}" for name in names))
        return
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    pending = 0
    try:
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            pending += chunk.count(b"<")
            if pending > _MAX_PENDING:
                raise UnreadableWorkbook("too_many_cells")
            parser.feed(chunk)
            for event in parser.read_events():
                element = cast("_Element", event[1])  # only ends of elements were asked for
                pending = 0
                yield element
                _forget(element)
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableWorkbook("damaged") from error


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _namespace(element: etree._Element) -> str:
    tag = str(element.tag)
    return tag[: tag.index("}") + 1] if tag.startswith("{") else ""


def _read_row(
    row: etree._Element, tags: _Tags, grid: _Grid, title: str, shared: Shared, budget: Budget
) -> None:
    number = _whole(row.get("r"), grid.last_row + 1)
    grid.last_row = number
    if row.get("hidden", "") in _TRUE:
        grid.hidden.add(number)
    budget.cells -= len(row)
    if budget.cells < 0:
        raise UnreadableWorkbook("too_many_cells")
    cells = _cells(row, tags, number, shared, budget)
    if not cells:
        return
    last = max(cells)
    if number > MAX_ROW or last > MAX_COLUMN:
        raise UnreadableWorkbook("far_cell", sheet=title, row=number)
    budget.area -= last
    if budget.area < 0:
        raise UnreadableWorkbook("too_many_cells")
    grid.rows.setdefault(number, {}).update(cells)


def _cells(row: etree._Element, tags: _Tags, number: int, shared: Shared, budget: Budget) -> dict[int, Cell]:
    """Return the cells with a value. Most cells of a form are blank: nothing is asked of them but whether they are."""
    cells: dict[int, Cell] = {}
    unaddressed: tuple[etree._Element | None, int] = None, 0
    for cell in row:
        if not len(cell) or cell.tag != tags.cell:
            continue
        value = _value(cell, tags, shared, budget)
        if value is None:
            continue
        here = cell.get("r")
        if here:
            at_row, column = position(here)
            if at_row != number:
                raise UnreadableWorkbook("damaged")
        else:
            column = _following(cell, tags.cell, *unaddressed)
            unaddressed = cell, column
        cells[column] = value
    return cells


def _following(cell: etree._Element, tag: str, known: etree._Element | None, known_column: int) -> int:
    """Return the column of a cell without an address: it follows the one before it (18.3.1.4).

    ``known`` is the last such cell of the row: what lies before it is not walked over again.
    """
    steps = 1
    for other in cell.itersiblings(tag, preceding=True):
        if other is known:
            return known_column + steps
        if here := other.get("r"):
            return position(here)[1] + steps
        steps += 1
    return steps


def _whole(value: str | None, default: int) -> int:
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 7 or int(value) < 1:
        raise UnreadableWorkbook("damaged")
    return int(value)


def _value(cell: etree._Element, tags: _Tags, shared: Shared, budget: Budget) -> Cell:
    kind = cell.get("t") or "n"
    raw: str | None = None
    formula = False
    for child in cell:
        tag = child.tag
        if tag == tags.value:
            raw = child.text or ""
        elif tag == tags.formula:
            formula = True
        elif tag == tags.inline and kind == "inlineStr":
            return budget.take_text(_text_of(child, tags.text, tags.run)) or None
    if raw is None or (not raw and kind != "str"):
        return Formula() if formula else None
    if kind == "n":
        return _number(raw.strip(), cell.get("s"), shared, budget)
    return _typed(raw, kind, shared, budget)


def _typed(raw: str, kind: str, shared: Shared, budget: Budget) -> Cell:
    if kind == "s":
        index = raw.strip()
        if not (index.isascii() and index.isdigit() and len(index) < 8 and int(index) < len(shared.strings)):
            raise UnreadableWorkbook("damaged")
        return budget.take_text(shared.strings[int(index)]) or None
    if kind == "b":
        return raw.strip() in _TRUE
    if kind == "e":
        return CellError(raw.strip()[:32])
    if kind == "d":
        return from_iso(raw.strip()) or budget.take_text(_bounded(raw))
    return budget.take_text(_bounded(decode_escapes(raw))) or None


def _number(raw: str, style: str | None, shared: Shared, budget: Budget) -> Cell:
    """A number as written: without a point or exponent it stays whole; what is no number at all is kept as text."""
    number: int | float
    if (raw.isascii() and raw.isdigit() and len(raw) < 19) or _INTEGER.fullmatch(raw):
        number = int(raw)
    elif _FLOAT.fullmatch(raw) and (value := float(raw)) - value == 0:
        number = value
    else:
        return budget.take_text(_bounded(raw)) or None
    if style in shared.date_styles:
        return from_serial(number, date1904=shared.date1904)
    return number


def _text_of(element: etree._Element, text_tag: str, run_tag: str) -> str:
    """The text of a string item: plain, or the runs of rich text; phonetic hints (``rPh``) are not part of it."""
    if len(element) == 1 and element[0].tag == text_tag:  # nearly always
        return _bounded(decode_escapes(element[0].text or ""))
    texts = []
    for child in element:
        tag = child.tag
        if tag == text_tag:
            texts.append(child.text or "")
        elif tag == run_tag:
            texts += [part.text or "" for part in child if part.tag == text_tag]
    return _bounded(decode_escapes("".join(texts)))


def _bounded(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise UnreadableWorkbook("too_much_text")
    return value


def _merge(reference: str, title: str) -> str:
    first, _, last = reference.replace("$", "").partition(":")
    row, column = position(last or first)
    position(first)
    if row > MAX_ROW or column > MAX_COLUMN:
        raise UnreadableWorkbook("giant_merge", sheet=title, range=reference[:30])
    return reference
