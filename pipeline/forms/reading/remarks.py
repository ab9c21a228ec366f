"""Comments on the cells of a sheet, old ones and threads (ECMA-376 part 1, 18.7; [MS-XLSX] 2.4.86).

They are no data. A part that is broken or too large says nothing and spoils nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from pipeline.forms.reading.cellvalue import position
from pipeline.forms.reading.sheetxml import decode_escapes, parse_part
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import Remark

MOST = 2_000
"""Comments of one sheet that are read: an answer of ours has a thousand of its own."""
_MOST_BYTES = 2 * 1024 * 1024
_LONGEST = 2_000


def remarks_in(content: bytes) -> tuple[Remark, ...]:
    """Return the comments with words in a part of comments, or in one of threads."""
    if len(content) > _MOST_BYTES:
        return ()
    try:
        return tuple(islice(_remarks(parse_part(content)), MOST))
    except UnreadableWorkbook:
        return ()


def _remarks(root: etree._Element) -> Iterator[Remark]:
    authors = [author.text or "" for author in root.iterfind("{*}authors/{*}author")]
    for comment in root.iter("{*}comment", "{*}threadedComment"):
        parts = comment.iter("{*}t") if comment.find("{*}text/{*}*") is not None else comment.iter("{*}text")
        words = decode_escapes("".join(part.text or "" for part in parts)).strip()[:_LONGEST]
        number = comment.get("authorId", "")
        if words:
            author = authors[int(number)] if number.isdecimal() and int(number[:6]) < len(authors) else ""
            yield Remark(words, position(comment.get("ref", "")), author)
