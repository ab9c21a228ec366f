"""What the reader gives: a workbook as sparse cells, nothing interpreted yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from pipeline.forms.workbooks.cells import Cell

VISIBLE = "visible"
HIDDEN = "hidden"
VERY_HIDDEN = "veryHidden"
WIDEST = 1_000
"""Columns that are looked at for being hidden: no form is as wide."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text box or, without ``words``, a picture; ``place`` is the row and the column of its upper left corner."""

    words: str
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on the cell at ``place`` (row, column); ``author`` is "" where the file does not say."""

    words: str
    place: tuple[int, int]
    author: str = ""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet. ``rows`` is row number → column number → cell, both from 1; blank cells are not in it.

    ``state`` is ``visible``, ``hidden`` or ``veryHidden``; ``merged`` holds ranges as written (``A1:B2``);
    ``filtered`` says that a filter is on, so that ``hidden_rows`` may be its work. ``hidden_columns`` holds none to the
    right of ``WIDEST``.
    """

    title: str
    state: str = VISIBLE
    rows: Mapping[int, Mapping[int, Cell]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    filtered: bool = False
    drawn: tuple[Drawn, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    remarks: tuple[Remark, ...] = ()

    @property
    def is_visible(self) -> bool:
        """Whether people see the sheet's tab."""
        return self.state == VISIBLE

    def cell(self, row: int, column: int) -> Cell:
        """Return the cell, None where it is blank."""
        found = self.rows.get(row)
        return found.get(column) if found else None


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """Sheets in the order of their tabs; ``keywords`` of the core properties carry the form's identity.

    ``repacked`` says that somebody unpacked the file and packed it again with a folder around it.
    """

    sheets: tuple[RawSheet, ...]
    keywords: str = ""
    date1904: bool = False
    repacked: bool = False


def columns_in(spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Return the columns in ``spans`` (first, last), as ``RawSheet.hidden_columns`` holds them."""
    few = islice(spans, WIDEST)
    return frozenset(column for first, last in few for column in range(max(first, 1), min(last, WIDEST) + 1))
