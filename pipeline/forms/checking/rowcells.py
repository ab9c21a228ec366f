"""What the cells of one row say: whether they name columns, number them, hold values of theirs, or only words (W36)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.limits.pattern import fits
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.titles import normal
from pipeline.forms.workbooks.values import Parser, as_text, is_blank, normalise

_LETTERS = re.compile(r"[^\W\d_]+")
_STEM = 5
"""Letters that two words share when one is a short form of the other: «участников», «участн.»."""
_LONGEST = 60
"""A code with words behind it is still a code up to this length."""
_UNITS = re.compile(r"[^\W\d_]{3}")
_DAY_NOUGHT = date(1899, 12, 31)
NUMBERS = ("int", "decimal")


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell that holds something, with its column, its place in the file and the reader of the column."""

    column: ColumnSpec
    place: int
    read: Parser
    cell: Cell

    @property
    def is_right(self) -> bool:
        """Whether it is a value of its column, where the column takes not just any text."""
        kind = self.column.type
        if kind == "text" or self.read(self.cell).problem is not None:
            return False
        if kind != "code":
            return True
        pattern = self.column.pattern
        written = normalise(as_text(self.cell))
        return bool(pl.select(fits(pl.lit(written), pattern)).item()) if pattern else any(map(str.isdigit, written))

    @property
    def is_nearly_right(self) -> bool:
        """Whether somebody seems to have meant a value of the column."""
        if self.is_right:
            return True
        if self.column.type == "code" and isinstance(self.cell, str):
            return any(map(str.isdigit, self.cell)) and len(self.cell) <= _LONGEST and not _UNITS.search(self.cell)
        problem = self.read(self.cell).problem
        return self.column.type == "choice" and problem is not None and bool(problem.detail)

    @property
    def number(self) -> float | None:
        """The number that the cell holds in a column of numbers."""
        value = self.read(self.cell).value if self.column.type in NUMBERS else None
        return None if value is None or isinstance(value, bool | str | date) else value

    @property
    def has_words(self) -> bool:
        """Whether there are letters in the cell, more than the «х» that fills a place in a table of statistics."""
        return isinstance(self.cell, str) and len(_LETTERS.findall(self.cell)) > 0 and len(normalise(self.cell)) > 1


class RowCells:
    """Reads rows of one sheet; ``columns`` are the form's with their places in the file and their readers."""

    def __init__(self, spec: SheetSpec, columns: Sequence[tuple[ColumnSpec, int, Parser]]) -> None:
        self.columns = columns
        self._spec = spec
        self.required = [place for column, place, _ in columns if column.required]
        self._needed = self.required or [place for _, place, _ in columns]
        self._lists = [(place, read) for column, place, read in columns if column.type == "choice"]
        self._must_be_right = [(place, read) for place, read in self._lists if place in self._needed]

    @cached_property  # as the two below: most sheets hold data and nothing else
    def _titles(self) -> Mapping[int, str]:
        return {place: normal(column.title) for column, place, _ in self.columns}

    @cached_property
    def _words(self) -> Mapping[int, list[str]]:
        return {place: _LETTERS.findall(normalise(column.title).casefold()) for column, place, _ in self.columns}

    @cached_property
    def _kinds(self) -> Mapping[int, str]:
        return {place: normal(kind) for kind, (_, place, _) in zip(self._spec.kinds, self.columns, strict=True)}

    def filled(self, cells: Mapping[int, Cell]) -> list[Filled]:
        """Return what the row holds in the form's columns."""
        return [
            Filled(column, place, read, cell)
            for column, place, read in self.columns
            if (cell := cells.get(place)) is not None and not is_blank(cell)
        ]

    def is_complete(self, cells: Mapping[int, Cell]) -> bool:
        """Whether nothing that is needed is missing, and the lists among it have right values."""
        for place in self._needed:  # asked of every row: a generator costs twice as much
            if is_blank(cells.get(place)):
                return False
        return all(read(cells.get(place)).value is not None for place, read in self._must_be_right)

    def is_plain(self, cells: Mapping[int, Cell]) -> bool:
        """Nearly every row: nothing is missing, and a list has a right value. No other row has both."""
        for place, read in self._lists:
            if read[type(cell := cells.get(place)), cell].value is not None:
                return self.is_complete(cells)
        return False

    def is_header(self, cells: Mapping[int, Cell], filled: Sequence[Filled]) -> bool:
        """Whether half of the cells or more are the titles of their columns, or short forms of them."""
        hits = sum(isinstance(cell, str) and normal(cell) == self._titles.get(place) for place, cell in cells.items())
        if hits > 0 and hits * 2 >= len(filled) and (hits > 1 or len(self.columns) == 1):
            return True
        if any(item.is_right or not item.has_words for item in filled):
            return False
        near = sum(self._is_short_title(item) for item in filled)
        return near > 2 and near * 2 > len(filled)

    def _is_short_title(self, item: Filled) -> bool:
        said = _LETTERS.findall(as_text(item.cell).casefold())
        return any(_is_short(word, title) for word in said if len(word) > 2 for title in self._words[item.place])

    def is_kinds(self, filled: Sequence[Filled]) -> bool:
        """Whether the row is that of the columns' kinds: «Список*», «Число»."""
        return all(isinstance(item.cell, str) and normal(item.cell) == self._kinds[item.place] for item in filled)

    def is_numbering(self, filled: Sequence[Filled]) -> bool:
        """Whether the row numbers the columns, as forms on paper do: 1, 2, 3, or А, Б, 1, 2."""
        if len(filled) < max(len(self.columns), 3):  # not every column is numbered
            return False
        if all(item.is_right for item in filled if item.column.type != "text"):
            return False
        in_order = sorted(filled, key=lambda item: item.place)
        written = [_numeral(item.cell, number) for number, item in enumerate(in_order, 1)]
        digits = [int(part) for part in written if part.isdecimal() and len(part) < 4]
        letters = written[: len(written) - len(digits)]
        if not all(len(part) == 1 and part.isalpha() for part in letters) or len(digits) == 0 == len(letters):
            return False
        return not digits or (digits[0] in (1, len(letters) + 1) and digits == list(range(digits[0], digits[-1] + 1)))

    def is_begun(self, filled: Sequence[Filled]) -> bool:
        """Whether so little is there that the row may be a row begun or no row at all: half of the columns at most."""
        return len(filled) * 2 <= max(len(self.columns), 2)

    def lacks_all_but_numbers(self, filled: Sequence[Filled]) -> bool:
        """Whether the form asks for more than numbers, and there is nothing right of it."""
        asked = {place for column, place, _ in self.columns if column.required and column.type not in NUMBERS}
        return bool(asked) and not any(item.place in asked and item.is_nearly_right for item in filled)


def said(filled: Iterable[Filled]) -> str:
    """Return the words of the row as they are compared."""
    return " ".join(as_text(item.cell) for item in filled).casefold().replace("ё", "е")


def _numeral(cell: Cell, number: int) -> str:
    """The number of a column as it was written; a column of dates keeps 2 as the first or second day of 1900."""
    if isinstance(cell, date):
        day = (date(cell.year, cell.month, cell.day) - _DAY_NOUGHT).days
        return str(number if day in (number - 1, number) else day)
    return as_text(cell).strip(" .()")


def _is_short(word: str, title: str) -> bool:
    """«Кол» of «количество», «участн» of «участников», «обучающиеся» of «обучающихся»."""
    shared = min(len(word), len(title), _STEM)
    return shared > 2 and word[:shared] == title[:shared] and (len(word) <= len(title) + 2)
