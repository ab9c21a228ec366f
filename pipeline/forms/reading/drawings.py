"""Text boxes and pictures of a sheet: what people lay over the cells and expect to be read (ECMA-376 part 1, 20.5).

Only that they are there, where, and their words. A part that is broken or too large says nothing and spoils nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from pipeline.forms.reading.sheetxml import parse_part
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import Drawn

MOST = 20
"""Things of one sheet that are named: more than that is decoration."""
_MOST_BYTES = 512 * 1024
_MOST_WORDS = 200


def drawn_in(content: bytes) -> tuple[Drawn, ...]:
    """Return the text boxes with words and the pictures of a drawing's part."""
    if len(content) > _MOST_BYTES:
        return ()
    try:
        return tuple(islice(_anchors(parse_part(content)), MOST))
    except UnreadableWorkbook:
        return ()


def _anchors(root: etree._Element) -> Iterator[Drawn]:
    for anchor in root:
        words = _words(anchor)
        if words or anchor.find(".//{*}pic") is not None:
            row, column = anchor.findtext("{*}from/{*}row", ""), anchor.findtext("{*}from/{*}col", "")
            known = row.isdecimal() and column.isdecimal() and len(row) < 8 and len(column) < 6
            yield Drawn(words, (int(row) + 1, int(column) + 1) if known else (1, 1))


def _words(element: etree._Element) -> str:
    said = " ".join(" ".join(part.text or "" for part in element.iter("{*}t")).split())
    return said if len(said) <= _MOST_WORDS else said[: _MOST_WORDS - 1] + "…"
