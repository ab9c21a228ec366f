"""Notes: what was put right or passed over without asking, in words, with its place in the file as it came.

What lies over the cells is no data: text boxes, pictures and comments are told, with their words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.catalogue import plural, text
from pipeline.forms.parts.layout import FINDINGS_TITLE, address
from pipeline.forms.workbooks.titles import normal
from pipeline.forms.workbooks.workbook import RawSheet, RawWorkbook, Remark

_QUOTED = 200
_MOST_REMARKS = 10
"""Comments of a sheet that are quoted; more are counted."""
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Note:
    """``message`` is a whole sentence for the sender; ``cell`` is the first of its cells, like ``B7``."""

    message: str
    sheet: str | None = None
    cell: str | None = None


def over_the_cells(workbook: RawWorkbook) -> Iterator[Note]:
    """Yield a note on each text box, picture and comment of the visible sheets, those of our own answer excepted."""
    said = _our_words(workbook) if any(sheet.remarks for sheet in workbook.sheets) else frozenset()
    for sheet in workbook.sheets:
        if sheet.is_visible:
            yield from _drawn(sheet)
            yield from _remarks(sheet, said)


def _drawn(sheet: RawSheet) -> Iterator[Note]:
    for drawn in sheet.drawn:
        cell = address(*drawn.place)
        if drawn.words:
            message = text("repaired.text_box", sheet=sheet.title, cell=cell, words=drawn.words)
        else:
            message = text("repaired.picture", sheet=sheet.title, cell=cell)
        yield Note(message, sheet.title, cell)


def _remarks(sheet: RawSheet, said: frozenset[str]) -> Iterator[Note]:
    found = [(address(*remark.place), words) for remark in sheet.remarks if (words := _own_words(remark, said))]
    for cell, words in found[:_MOST_REMARKS]:
        short = words if len(words) <= _QUOTED else words[: _QUOTED - 1] + _CUT
        yield Note(text("repaired.remark", sheet=sheet.title, cell=cell, words=short), sheet.title, cell)
    if left := found[_MOST_REMARKS:]:
        count = plural(len(left), "примечание", "примечания", "примечаний")
        yield Note(text("repaired.remarks", sheet=sheet.title, count=count), sheet.title, left[0][0])


def _our_words(workbook: RawWorkbook) -> frozenset[str]:
    """What our answer lists on its sheet of findings. Its comments say the same; some programs drop authors."""
    lists = (sheet for sheet in workbook.sheets if normal(sheet.title) == normal(FINDINGS_TITLE))
    return frozenset(
        _line(cell)
        for sheet in lists
        for cells in sheet.rows.values()
        for cell in cells.values()
        if isinstance(cell, str)
    )


def _own_words(remark: Remark, said: frozenset[str]) -> str:
    """Return what a person wrote in a comment: all but the lines that are ours."""
    if remark.author == text("notes.author") and not said:
        return ""
    lines = (_line(line) for line in remark.words.splitlines())
    return " ".join(line for line in lines if line and line not in said and not _is_cut(line, said))


def _is_cut(line: str, said: frozenset[str]) -> bool:
    return line.endswith(_CUT) and any(own.startswith(line.removesuffix(_CUT)) for own in said)


def _line(written: str) -> str:
    return " ".join(written.split())
