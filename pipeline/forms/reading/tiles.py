"""The rows of a sheet as spreadsheet programs write them, read without building a tree: a third of lxml's time.

The bytes between ``<sheetData>`` and its end must be tiled without a gap by a few exact shapes of rows and cells. What
is not (a comment, an attribute unknown here, a cell out of place, a row past the bounds) is never judged here: ``None``
sends the whole sheet to lxml. So a file is refused by lxml alone, and nothing is accepted that lxml would refuse.
ECMA-376 part 1: rows 18.3.1.73, cells 18.3.1.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pipeline.forms.reading.cellvalue import (
    TRUE,
    number,
    position,
    typed,
)
from pipeline.forms.reading.sheetxml import (
    MAX_COLUMN,
    MAX_ROW,
    MAX_TEXTS,
    Budget,
    Shared,
    bounded,
    decode_escapes,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    Formula,
)
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

_START = re.compile(
    rb'(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?(?: standalone="(?:yes|no)")?\?>[\r\n]*)?<worksheet[ >]'
)
_OPEN, _CLOSE, _ROW = b"<sheetData>", b"</sheetData>", b'<row r="'
_ROW_SHAPE = re.compile(r'\A([1-9][0-9]{0,6})"([^<>]{0,300}?)(?:/>|>(.*)</row>)', re.DOTALL)
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>/]{0,60})'
    r'(?:/>|>(?:(<f(?: aca="false")?>[^<>]*</f>)?(?:<v(?: xml:space="preserve")?>([^<>]*)</v>|<v ?/>)?'
    r'|<is><t(?: xml:space="preserve")?>([^<>]*)</t></is>)</c>)'
    r"|.+",  # anything else to the end: a match without a reference
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r' ([A-Za-z0-9:]+)="([A-Za-z0-9 .:,+-]*)"')
_ROW_ATTRIBUTES = frozenset(
    {"spans", "s", "customFormat", "ht", "hidden", "customHeight", "outlineLevel", "collapsed"}
    | {"thickTop", "thickBot", "ph", "x14ac:dyDescent", "xml:space"}
)
_CELL_ATTRIBUTES = frozenset({"s", "t", "xml:space"})
_KINDS = frozenset({"n", "s", "str", "inlineStr", "b", "e", "d"})
_BLANK_ROW = re.compile(
    rb'\A0{1,7}"([^<>]*)>(?:<c r="[A-Z]{1,3}0{1,7}"(?: s="0{1,9}")?(?: t="n")? ?(?:/>|></c>))*</row>'
)
"""A row of blank cells, behind ``_ROW``, all its digits made 0."""
_ZEROED = bytes.maketrans(b"123456789", b"000000000")
_LONGEST = 2_048
"""Rows up to this size are remembered with what they hold."""
_TEXT = re.compile(
    "[^<>&\0-\x08\x0b-\x1f\ufffe\uffff]*"
    "(?:&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});[^<>&\0-\x08\x0b-\x1f\ufffe\uffff]*)*"
)
"""Text that XML takes as it is: without a bare CR, which it changes, and ``>``, which may end a CDATA section."""
_REFERENCE = re.compile("&(#?)(x?)([^;&]*);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_REMEMBERED = 1_500
"""Texts up to this length are remembered with what they say: the same subjects come in every return."""


class _NotTiledError(Exception):
    """The sheet has something that only lxml may judge."""


@dataclass
class Tiled:
    """What the rows hold. ``budget`` is what they leave of the workbook's."""

    budget: Budget
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    def add(self, row: _Row) -> None:
        """Add a row to those before it, of which one may have the same number."""
        if row.hidden:
            self.hidden.add(row.at)
        if not row.cells:
            return
        last = max(row.cells)
        self.budget.cells -= len(row.cells)
        self.budget.area -= last
        self.budget.texts -= row.texts
        if row.at > MAX_ROW or last > MAX_COLUMN or min(self.budget.cells, self.budget.area, self.budget.texts) < 0:
            raise _NotTiledError
        self.rows.setdefault(row.at, {}).update(row.cells)


@dataclass(slots=True)
class _Row:
    """A row; ``texts`` is how many characters its texts have."""

    at: int
    hidden: bool
    cells: dict[int, Cell]
    texts: int


def split_frame(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the sheet without its rows, still a document of its own, and the rows; None when the two cannot be parted.

    Where the frame is well-formed, so that ``<`` begins nothing but tags, the rows were inside ``sheetData``.
    """
    start, end = data.find(_OPEN), data.rfind(_CLOSE)
    if start < 0 or end < start or not _START.match(data):
        return None
    start += len(_OPEN)
    frame = data[:start] + data[end:]
    if b"<!" in frame or b"<?" in frame[1:]:
        return None
    return frame, data[start:end]


def read_rows(body: bytes, shared: Shared, budget: Budget, *, x14ac: bool) -> Tiled | None:
    """Return what the rows in ``body`` hold, None when they are not tiled; ``budget`` itself is left as it is.

    ``x14ac`` says whether that prefix, which Excel puts on the heights of rows, is declared.
    """
    tiled = Tiled(replace(budget))
    first, *rows = body.split(_ROW)
    if first:
        return None
    try:
        for row in rows:
            settled = b"</v>" not in row and len(row) <= _LONGEST
            found = _settled_row(row, x14ac) if settled else _read_row(row, shared, x14ac)
            if found is not None:
                tiled.add(found)
    except (_NotTiledError, UnreadableWorkbook, UnicodeDecodeError):
        return None
    return tiled


@lru_cache(maxsize=4096)
def _settled_row(row: bytes, x14ac: bool) -> _Row | None:
    """Read a row that says by itself what it holds, None when that is nothing.

    The blank rows, titles and hints of a form are the same in its returns, and most rows are such.
    """
    if row[:1] != b"0" and _is_blank_shape(row.translate(_ZEROED), x14ac):
        return None
    return _read_row(row, Shared(), x14ac)


@lru_cache(maxsize=512)
def _is_blank_shape(row: bytes, x14ac: bool) -> bool:
    """The blank rows of a form differ in their digits alone, so that the shape is nearly always a known one."""
    found = _BLANK_ROW.fullmatch(row)
    # Which digit is in «hidden» cannot be seen here: such a row is read as one with values.
    return found is not None and b"hidden" not in found[1] and _row_attributes(found[1].decode(), x14ac) is not None


def _read_row(data: bytes, shared: Shared, x14ac: bool) -> _Row:
    found = _ROW_SHAPE.fullmatch(data.decode())
    hidden = _row_attributes(found[2], x14ac) if found else None
    if found is None or hidden is None:
        raise _NotTiledError
    budget = Budget()
    cells = _read_cells(found[3], found[1], shared, budget) if found[3] else {}
    return _Row(int(found[1]), hidden, cells, MAX_TEXTS - budget.texts)


def _read_cells(content: str, row: str, shared: Shared, budget: Budget) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    looks, date1904 = shared.looks, shared.date1904
    for letters, at, attributes, formula, raw, inline in _CELL.findall(content):
        look = _cell_attributes(attributes)
        if at != row or look is None:
            raise _NotTiledError
        style, kind = look
        value: Cell
        if raw:
            plain = raw if raw.isalnum() else _text(raw)
            is_number = kind == "n"
            if is_number:
                made_up = formula and plain == "0" and shared.uncalculated
                value = Formula() if made_up else number(plain, looks.get(style), date1904, budget)
            else:
                value = typed(plain, kind, shared, budget)
        elif inline:
            value = _inline(inline, kind, budget)
        elif formula:
            value = _formula(kind)
        else:
            continue
        if formula:
            _text(formula.partition(">")[2].removesuffix("</f>"))
        if value is not None:
            cells[_column(letters)] = value
    return cells


def _inline(raw: str, kind: str, budget: Budget) -> Cell:
    if kind != "inlineStr":
        raise _NotTiledError
    return budget.take_text((_string if len(raw) <= _REMEMBERED else _string.__wrapped__)(raw)) or None


def _formula(kind: str) -> Formula:
    """A formula without its value, unless it gives a text: whether an empty one is there is not seen here."""
    if kind == "str":
        raise _NotTiledError
    return Formula()


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    return position(f"{letters}1")[1]


@lru_cache(maxsize=512)
def _row_attributes(written: str, x14ac: bool) -> bool | None:
    """Whether the row is hidden; None for attributes that are not known or are there twice."""
    found = _attributes(written, _ROW_ATTRIBUTES)
    if found is None or ("x14ac:dyDescent" in found and not x14ac):
        return None
    return found.get("hidden") in TRUE


@lru_cache(maxsize=2048)
def _cell_attributes(written: str) -> tuple[str, str] | None:
    """Return (style, type) of a cell; None for attributes that are not known or are there twice."""
    found = _attributes(written, _CELL_ATTRIBUTES)
    kind = found.get("t", "n") if found is not None else ""
    return (found.get("s", ""), kind) if found is not None and kind in _KINDS else None


def _attributes(written: str, known: frozenset[str]) -> dict[str, str] | None:
    pairs = _ATTRIBUTE.findall(written)
    found = dict(pairs)
    length = sum(len(name) + len(value) + 4 for name, value in pairs)
    whole = length == len(written.removesuffix(" ")) and len(found) == len(pairs)
    known_space = found.get("xml:space", "preserve") == "preserve"
    return found if whole and known_space and found.keys() <= known else None


@lru_cache(maxsize=2048)
def _string(raw: str) -> str:
    return bounded(decode_escapes(_text(raw)))


def _text(raw: str) -> str:
    """Return the text that ``raw`` means in XML."""
    if not _TEXT.fullmatch(raw):
        raise _NotTiledError
    return _REFERENCE.sub(_referred, raw) if "&" in raw else raw


def _referred(found: re.Match[str]) -> str:
    numeric, hexadecimal, name = found.groups()
    if not numeric:
        return _ENTITIES[name]
    code = int(name, 16 if hexadecimal else 10)
    if not (0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0xFFFF < code < 0x110000 or code in (9, 10, 13)):
        raise _NotTiledError
    return chr(code)
