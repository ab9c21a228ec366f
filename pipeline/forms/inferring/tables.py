"""Where the table of an administrator's own sheet is: its header, its rows, and what is written around it.

Headers are found wherever they are: validated cells have their header above them; without validations it is the first
row that names several columns. Merged cells speak for all the cells they cover, so that a header of two levels reads as
«group: column».
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import text
from pipeline.forms.inferring.surroundings import (
    LAST_ROW,
    Area,
    DressedSheet,
    merged_areas,
)
from pipeline.forms.parts.sheets import MAX_ROWS
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.values import (
    match_key,
    normalise,
)

_SEARCHED = 200
"""Rows in which a header is looked for."""
_ABOVE = 12
"""Rows above the first validated cell in which its header is looked for."""
_MOST_COLUMNS = 200
_LONGEST_LABEL = 300
_NUMBER = re.compile(r"\(?\d{1,3}[.)]?")
DEFAULT_ROWS = 100
"""Rows offered where the workbook does not show how many it means."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a sheet. ``titles`` is column → header; ``kinds`` what is under it in a row of kinds;
    ``last`` is the last row that the sheet offers, ``guessed`` says that nothing shows it, ``until`` is the last row
    before whatever is below. ``above`` are the texts over the table from the top, ``remarks`` what its author
    should know.
    """

    header: int
    first: int
    last: int
    titles: Mapping[int, str]
    kinds: Mapping[int, str] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    until: int = LAST_ROW
    guessed: bool = False
    remarks: tuple[str, ...] = ()


def find_table(sheet: DressedSheet) -> Table | None:
    """Return the first table of ``sheet``, None when it has none."""
    grid = _Grid(sheet)
    header = grid.header()
    if header is None:
        return None
    columns, beside = grid.columns(header)
    titles = {column: grid.title(header, column, columns) for column in columns}
    first, kinds = grid.first_row(header, columns)
    second = grid.second_table(first)
    last, guessed = grid.last_row(first, columns, second)
    remarks = []
    if second is not None:
        remarks.append(text("infer.second_table", row=second, title=_cut(grid.named(second))))
    if beside:
        remarks.append(text("infer.table_beside", titles=_cut(", ".join(beside))))
    top = min(grid.tops(header, columns))
    above = tuple(dict.fromkeys(label for row in range(1, top) for label in grid.labels(row).values()))
    until = last if second is None else grid.before(second)
    return Table(header, first, last, titles, kinds, above, until, guessed, tuple(remarks))


def without_star(title: str) -> str:
    """A header without the star that marks what must be filled."""
    return title.rstrip().rstrip("*").rstrip() or title if has_star(title) else title


def has_star(title: str) -> bool:
    """Whether a header is marked as one that must be filled."""
    return title.rstrip().endswith("*")


class _Grid:
    """A sheet's texts with merged cells spread over what they cover."""

    def __init__(self, sheet: DressedSheet) -> None:
        self.sheet = sheet
        self.rows = sheet.raw.rows
        self.merged = [area for area in merged_areas(sheet.raw) if area.top <= _SEARCHED]

    def cell(self, row: int, column: int) -> Cell:
        """The cell, or that of the merge which covers it."""
        found = self.sheet.raw.cell(row, column)
        if found is None and (area := self.merge(row, column)) is not None:
            return self.sheet.raw.cell(area.top, area.left)
        return found

    def merge(self, row: int, column: int) -> Area | None:
        """The merge that covers a cell."""
        return next((area for area in self.merged if area.holds(row, column)), None)

    def labels(self, row: int) -> dict[int, str]:
        """The texts that begin in a row: column → text on one line."""
        found = {}
        for column, cell in sorted(self.rows.get(row, {}).items()):
            if isinstance(cell, str) and (words := _line(cell)):
                found[column] = words
        return found

    def named(self, row: int) -> str:
        """A row in words."""
        return ", ".join(self.labels(row).values())

    def header(self) -> int | None:
        """The row of the header (the lower one of two levels)."""
        anchors = [
            area
            for validation in self.sheet.validations
            for area in validation.areas
            if area.bottom > area.top or area.right > area.left
        ]
        if anchors and (above := self._header_above(anchors)) is not None:
            return above
        wide = [row for row in sorted(self.rows) if row <= _SEARCHED and self._is_header(row, 2)]
        return next((row for row in wide if self._is_header(row, 3)), wide[0] if wide else None)

    def _header_above(self, anchors: Sequence[Area]) -> int | None:
        top = min(area.top for area in anchors)
        if top == 1:  # whole columns are validated, the header among them
            return next((row for row in sorted(self.rows) if row <= _SEARCHED and self._is_header(row, 2)), None)
        needed = {area.left for area in anchors if area.top == top}
        for row in range(top - 1, max(0, top - 1 - _ABOVE), -1):
            labels = self.labels(row)
            covered = sum(1 for column in needed if self._label_at(row, column))
            if covered * 2 >= len(needed) and covered and not self._is_under_header(row) and labels:
                return row
        return None

    def _label_at(self, row: int, column: int) -> str:
        cell = self.cell(row, column)
        return _line(cell) if isinstance(cell, str) else ""

    def _is_header(self, row: int, least: int) -> bool:
        labels = self.labels(row)
        others = [cell for cell in self.rows[row].values() if not isinstance(cell, str)]
        return (
            len(labels) >= least
            and not others
            and len({match_key(label) for label in labels.values()}) * 2 > len(labels)
            and not self._is_under_header(row)
        )

    def _is_under_header(self, row: int) -> bool:
        """Whether a row only says what the columns hold («Список*», «Дата») or numbers them."""
        cells = list(self.rows.get(row, {}).values())
        if not cells:
            return False
        words = [match_key(without_star(cell)) if isinstance(cell, str) else "" for cell in cells]
        if all(word in _kinds() for word in words):
            return True
        numbers = [isinstance(cell, int) or (isinstance(cell, str) and _is_number(cell)) for cell in cells]
        return len(cells) > 1 and all(numbers) and self._counts(cells)

    @staticmethod
    def _counts(cells: Sequence[Cell]) -> bool:
        values = [int(re.sub(r"\D", "", str(cell)) or 0) for cell in cells]
        return all(later == earlier + 1 for earlier, later in itertools.pairwise(values))

    def columns(self, header: int) -> tuple[list[int], list[str]]:
        """The columns that the header names side by side, and the titles of another table beside them."""
        named = sorted(
            {column for column in range(1, self._edge(header) + 1) if self._label_at(header, column)}
            - {column for area in self.merged if area.holds(header, area.left) for column in self._covered(area)}
        )
        groups: list[list[int]] = []
        for column in named:
            if groups and column - groups[-1][-1] <= 2:
                groups[-1].append(column)
            else:
                groups.append([column])
        if not groups:
            return [], []
        first = max(groups[:2], key=len) if len(groups[0]) < 2 else groups[0]
        beside = [self._label_at(header, column) for group in groups if group is not first for column in group]
        return first[:_MOST_COLUMNS], beside

    def _edge(self, header: int) -> int:
        merged = [area.right for area in self.merged if area.top <= header <= area.bottom]
        return max([*self.rows.get(header, {}), *merged, 1])

    @staticmethod
    def _covered(area: Area) -> range:
        """The columns that a merge across a header row takes besides its first: they are one column to people."""
        return range(area.left + 1, area.right + 1)

    def title(self, header: int, column: int, columns: Sequence[int]) -> str:
        """A column's header with the groups above it, from the top."""
        parts = [self._label_at(header, column)]
        own = self.merge(header, column)
        row = (own.top if own else header) - 1
        while row > 0:
            area = self.merge(row, column)
            across = area is not None and area.left < area.right
            whole = area is not None and area.left <= columns[0] and area.right >= columns[-1]
            if area is None or not across or whole:
                break
            label = self._label_at(row, column)
            if label and label not in parts:
                parts.insert(0, label)
            row = area.top - 1
        return ": ".join(parts)

    def tops(self, header: int, columns: Sequence[int]) -> list[int]:
        """The first rows of the header at each column."""
        tops = []
        for column in columns:
            own = self.merge(header, column)
            row = own.top if own else header
            while (area := self.merge(row - 1, column)) is not None and area.left < area.right:
                if area.left <= columns[0] and area.right >= columns[-1]:
                    break
                row = area.top
            tops.append(row)
        return tops or [header]

    def first_row(self, header: int, columns: Sequence[int]) -> tuple[int, dict[int, str]]:
        """The first row of data, and what the rows of kinds under the header say of each column."""
        row = header + 1
        kinds: dict[int, str] = {}
        while self._is_under_header(row):
            words = {column: self._label_at(row, column) for column in columns}
            kinds |= {column: word for column, word in words.items() if match_key(without_star(word)) in _kinds()}
            row += 1
        return row, kinds

    def second_table(self, first: int) -> int | None:
        """The row of another header below an empty row, None when there is none."""
        filled = [row for row in sorted(self.rows) if row >= first and self.named(row)]
        for row in filled:
            empty_above = row > first and not self.rows.get(row - 1)
            titled = row > first + 1 and len(self.rows.get(row - 1, {})) == 1 and not self.rows.get(row - 2)
            if (empty_above or titled) and self._is_header(row, 2):
                return row
        return None

    def before(self, second: int) -> int:
        """The last row above a second table and its own title."""
        row = second - 1
        while row > 1 and len(self.rows.get(row, {})) <= 1:
            row -= 1
        return row

    def last_row(self, first: int, columns: Sequence[int], second: int | None) -> tuple[int, bool]:
        """The last row that the sheet offers for data, and whether it is only a guess."""
        bottoms = [
            area.bottom
            for validation in self.sheet.validations
            for area in validation.areas
            if area.bottom < LAST_ROW and area.top <= first <= area.bottom and area.left <= columns[-1]
        ]
        open_rows = [
            row
            for row, looks in self.sheet.looks.items()
            if row >= first and any(column in looks and not looks[column].locked for column in columns)
        ]
        last = max([*bottoms, *open_rows], default=0)
        if second is not None:
            last = min(last, second - 1)
        if first <= last < first + MAX_ROWS:
            return last, False
        return first + DEFAULT_ROWS - 1, True


def _kinds() -> frozenset[str]:
    names = ("text", "int", "decimal", "date", "choice", "bool", "code")
    return frozenset(match_key(text(f"forms.kind.{name}")) for name in names)


def _is_number(words: str) -> bool:
    return _NUMBER.fullmatch(normalise(words)) is not None


def _line(words: str) -> str:
    """A text on one line, no longer than a title may be."""
    return " ".join(normalise(words.replace("\n", " ").replace("\r", " ")).split())[:_LONGEST_LABEL]


def _cut(words: str) -> str:
    return words if len(words) <= 120 else words[:119].rstrip() + "…"
