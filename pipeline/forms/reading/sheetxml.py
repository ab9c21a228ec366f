"""The XML of a workbook's parts → values, with a bound on everything that a file can make large.

SpreadsheetML is ECMA-376 part 1, chapter 18; both its namespaces (transitional and strict) are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from lxml import etree

from pipeline.forms.workbooks.cells import Raised, Struck
from pipeline.forms.workbooks.serials import Shown, shown_as
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

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
"""Elements that may be in memory at once: between two rows of a sheet, or in a part read whole."""
_CHUNK = 64 * 1024
WHOLE = 256 * 1024
"""Parts up to this size are parsed in one go: no more than 65,536 elements fit."""

_ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ASCII_SUPERSETS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1251", b"windows-1252")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


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
    """What the cells of all sheets refer to: ``looks`` are the cell formats that show more than a plain number.

    ``uncalculated`` says that no program has worked out the formulas: their zeros are none. ``struck`` are the cell
    formats whose font is struck through.
    """

    strings: Sequence[str] = ()
    looks: Mapping[str, Shown] = field(default_factory=dict)
    date1904: bool = False
    uncalculated: bool = False
    struck: frozenset[str] = frozenset()


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


def read_strings(data: bytes, most: int = MAX_STRINGS) -> list[str]:
    """Return the shared strings, ``most`` of them: rich text joined, phonetic runs left out (18.4.8, 18.4.6)."""
    strings: list[str] = []
    if data.count(b"<si") > most:  # seen before anything is parsed
        raise UnreadableWorkbook("too_much_text")
    for tree in trees(data, "si"):
        ns = namespace(tree)
        text_tag, run_tag = f"{ns}t", f"{ns}r"
        strings += [text_of(element, text_tag, run_tag) for element in tree.iter(f"{ns}si")]
        if len(strings) > most:
            raise UnreadableWorkbook("too_much_text")
    return strings


def read_looks(data: bytes) -> Mapping[str, Shown]:
    """Return number, as cells write it, of a cell format → what it shows, where that is no plain number (18.8.30)."""
    root = parse_part(data)
    ns = namespace(root)
    codes = {
        number.get("numFmtId", ""): number.get("formatCode", "") for number in root.iterfind(f"{ns}numFmts/{ns}numFmt")
    }
    formats = root.iterfind(f"{ns}cellXfs/{ns}xf")
    looks = (shown_as(xf.get("numFmtId", "0"), codes.get(xf.get("numFmtId", "0"))) for xf in formats)
    return {str(index): look for index, look in enumerate(looks) if look is not None}


def read_struck(data: bytes) -> frozenset[str]:
    """Return the numbers of the cell formats whose font is struck through (18.8.45, 18.8.22, 18.4.10)."""
    if b"strike" not in data:
        return frozenset()
    root = parse_part(data)
    ns = namespace(root)
    fonts = {
        str(number)
        for number, font in enumerate(root.iterfind(f"{ns}fonts/{ns}font"))
        if any(mark.get("val") not in ("0", "false") for mark in font.iterfind(f"{ns}strike"))
    }
    formats = root.iterfind(f"{ns}cellXfs/{ns}xf")
    return frozenset(str(index) for index, xf in enumerate(formats) if xf.get("fontId", "0") in fonts)


def decode_escapes(value: str) -> str:
    """Undo ``_x000D_`` and the like (22.4.2.4); what is no character becomes U+FFFD."""
    if "_x" not in value:
        return value
    decoded = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _checked(data: bytes) -> bytes:
    """Return ``data`` as bytes whose markup is ASCII, free of a DOCTYPE: entities cannot be declared then."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = re.sub(r"^<\?xml.*?\?>", "", data.decode("utf-16", "replace")).encode("utf-8", "replace")
    elif data.startswith((b"<\0", b"\0<")):  # without its mark, known by the first sign of every document
        wide = data.decode("utf-16-le" if data[0] else "utf-16-be", "replace")
        data = re.sub(r"^<\?xml.*?\?>", "", wide).encode("utf-8", "replace")
    elif b"\0" in data[:64]:
        raise UnreadableWorkbook("damaged")
    declared = _ENCODING.match(data[:400].removeprefix(b"\xef\xbb\xbf").lstrip())
    if declared and declared[1].lower() not in _ASCII_SUPERSETS:
        raise UnreadableWorkbook("damaged")
    if b"<!DOCTYPE" in data:
        raise UnreadableWorkbook("unsafe")
    return data


def trees(data: bytes, *names: str) -> Iterator[etree._Element]:
    """Yield the root of a part; of a large part its elements of those local names, as each ends, to be forgotten.

    Raises UnreadableWorkbook when more elements pile up between two of them than memory should hold.
    """
    data = _checked(data)
    if len(data) <= WHOLE:
        yield _tree(data)
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


def namespace(element: etree._Element) -> str:
    """The namespace of an element as its tag writes it (``{uri}``), "" when it has none."""
    tag = str(element.tag)
    return tag[: tag.index("}") + 1] if tag.startswith("{") else ""


def text_of(element: etree._Element, text_tag: str, run_tag: str) -> str:
    """Return the text of a string item, plain or in runs; phonetic hints (``rPh``) are not part of it."""
    if len(element) == 1 and element[0].tag == text_tag:  # nearly always
        return bounded(decode_escapes(element[0].text or ""))
    texts: list[str] = []
    look: type[str] = str
    for child in element:
        tag = child.tag
        if tag == text_tag:
            texts.append(child.text or "")
        elif tag == run_tag:
            written = "".join(part.text or "" for part in child if part.tag == text_tag)
            texts.append(written)
            if written.strip() and look is not Struck:
                look = _run_look(child) or look
    return look(bounded(decode_escapes("".join(texts))))


def _run_look(run: etree._Element) -> type[str] | None:
    """Whether a run of rich text is struck through, or raised or lowered (18.4.10, 18.8.2, 18.4.14)."""
    for mark in run.iterfind("{*}rPr/*"):
        name, value = etree.QName(mark).localname, mark.get("val")
        if name == "strike" and value not in ("0", "false"):
            return Struck
        if name == "vertAlign" and value in ("superscript", "subscript"):
            return Raised
    return None


def bounded(value: str) -> str:
    """Return ``value``; raises UnreadableWorkbook when it is longer than a cell can hold."""
    if len(value) > MAX_TEXT:
        raise UnreadableWorkbook("too_much_text")
    return value
