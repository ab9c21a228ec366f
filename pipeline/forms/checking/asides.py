"""Rows among or below the data that hold no data: totals, repeated headers, titles of groups, signatures (W36).

What surely holds no data is passed over with a note that quotes it. What may be a row begun, or a total that looks like
data, is one finding: take this row out. A row with a right value of a list, date or code is data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.catalogue import text
from pipeline.forms.checking.compile import CompiledForm
from pipeline.forms.checking.rowcells import NUMBERS, Filled, RowCells, said
from pipeline.forms.locating.locate import LocatedSheet
from pipeline.forms.locating.notes import Note
from pipeline.forms.parts.layout import address
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.values import as_text
from pipeline.model import Finding, Severity

_TOTAL = re.compile(
    r"(?:итог\w{0,9}|всего|подытог\w{0,9}|[σ∑]|сумма|в сумме|total|subtotal"
    r"|(?:общ|контрольн|промежуточн)\w{1,3} (?:итог|сумма|числ|количеств)\w{0,9})(?!\w)"
)
_TOTAL_INSIDE = re.compile(r"\b(?:итого|всего|в целом)\b")
_TOTAL_ALONE = re.compile(r"(?:итого?|всего|подытог|общий итог|сумма|total)[ .:=-]*")
_SIGNED = re.compile(
    r"_{3,}|подпис|\bм\. ?п\.|\b(?:директор|руковод|ректор|исполнител|ответствен|заместител|зам\.|зав\.|заведующ|завуч"
    r"|начальник|бухгалтер|методист|секретар|председател|составил|проверил|согласован|утвержд|тел\.|телефон|примечани"
    r"|исп\.|отв\.|и\. ?о\.|заполнил|дата\b)|\b[а-я]+(?:-[а-я]+)? [а-я]\. ?[а-я]\.|@"
)
_QUOTED = 60
_NARROW = 3
"""Columns of a table in which one text alone may be a row."""
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass
class Sorted:
    """``data`` are the rows to check; ``notes`` and ``findings`` speak of the others."""

    data: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class RowSorter:
    """Tells a sheet's data from the rows about them; ``rows`` are all its filled rows from the first of the data on."""

    def __init__(self, compiled: CompiledForm, sheet: LocatedSheet, rows: Sequence[int], *, date1904: bool) -> None:
        self._sheet = sheet
        self._raw = sheet.raw.rows
        self._rows = rows
        self._cells = RowCells(
            sheet.spec,
            [
                (column, sheet.columns[column.id], compiled.parsers[sheet.spec.id, column.id, date1904])
                for column in sheet.spec.columns
            ],
        )
        self._result = Sorted()
        self._part = 0  # where the data since the last row that was none begin
        self._summed: dict[int, tuple[int, dict[int, float]]] = {}
        self._doubtful: list[int] = []  # neither data nor surely none: settled when all rows are seen
        self._after_header = 0
        self._last_total = 0

    @cached_property
    def _merged(self) -> set[int]:
        return _merged_rows(self._sheet.raw.merged)

    def sort(self) -> Sorted:
        """Return the rows to check, and what is said of the others."""
        result = self._result
        for row in self._rows:
            cells = self._raw[row]
            if self._cells.is_plain(cells) or not self._is_aside(row, cells):
                result.data.append(row)
        if self._doubtful:
            self._settle()
            result.data.sort()
        result.notes.sort(key=lambda note: int(re.sub(r"\D", "", note.cell or "0")))
        result.findings.sort(key=lambda finding: finding.row or 0)
        return result

    def _is_aside(self, row: int, cells: Mapping[int, Cell]) -> bool:
        """Whether the row is no row of data for sure, or one to settle; what is sure is noted."""
        filled = self._cells.filled(cells)
        if self._cells.is_header(cells, filled) or (len(filled) > 1 and self._cells.is_kinds(filled)):
            if row != self._after_header:
                self._pass_over(row, "header")
            self._after_header = row + 1
        elif row == self._after_header and self._cells.is_kinds(filled):
            return True
        elif self._cells.is_numbering(filled):
            self._pass_over(row, "numbers")
        elif (sure := self._total(cells, filled)) is not None:
            self._last_total = row
            if sure:
                self._pass_over(row, "total")
            else:
                self._refuse(row)
        elif self._is_doubtful(row, cells, filled):
            self._doubtful.append(row)
        else:
            return False
        self._part = len(self._result.data)
        return True

    def _total(self, cells: Mapping[int, Cell], filled: Sequence[Filled]) -> bool | None:
        """Return None for what is no total, True for what surely is one: its sums fit, or it holds only numbers."""
        label = self._label(filled)
        complete = self._cells.is_complete(cells)
        only_numbers = not any(item.has_words for item in filled[1:])
        if label and _TOTAL.match(label) and (not complete or _TOTAL_ALONE.fullmatch(label)):
            # «Всего обучающихся» in a row that has everything may be what the form asks for.
            return only_numbers and (not complete or self._adds_up(filled, rows=1))
        if complete or not self._cells.required or any(item.is_right for item in filled if item.number is None):
            return None
        if only_numbers and self._adds_up(filled, rows=2):
            return True
        return False if label and _TOTAL_INSIDE.search(label) else None

    def _label(self, filled: Sequence[Filled]) -> str:
        """The first text of the row as it is compared, "" where it is a right value of its column's list."""
        for item in filled:
            if isinstance(item.cell, str) and not (item.number is not None and item is not filled[0]):
                return "" if item.column.type == "choice" and item.is_right else said([item]).strip()
        return ""

    def _adds_up(self, filled: Sequence[Filled], *, rows: int) -> bool:
        """Whether the numbers are the sums of the rows above, or of the part above, where it has ``rows`` or more."""
        numbers = {item.place: item.number for item in filled if item.number is not None}
        if not any(numbers.values()):
            return False
        count = len(self._result.data)
        starts = [start for start in (0, self._part) if count - start >= rows]
        return any(all(self._sums(start).get(place) == number for place, number in numbers.items()) for start in starts)

    def _sums(self, start: int) -> Mapping[int, float]:
        """Return what the columns of numbers add up to from that row of the data on; each row is added once."""
        done, sums = self._summed.get(start, (start, {}))
        for row in self._result.data[done:]:
            for item in self._cells.filled(self._raw[row]):
                if item.number is not None:
                    sums[item.place] = sums.get(item.place, 0) + item.number
        self._summed[start] = (len(self._result.data), sums)
        return sums

    def _is_doubtful(self, row: int, cells: Mapping[int, Cell], filled: Sequence[Filled]) -> bool:
        """Whether the row has few cells, and no right value of a list or code in them."""
        if self._cells.is_complete(cells) or not self._cells.is_begun(filled):
            return False
        if any(item.is_nearly_right for item in filled if item.column.type in ("choice", "code")):
            return False
        if self._is_signed(filled):
            return True
        only_words = all(isinstance(item.cell, str) and not item.is_nearly_right for item in filled)
        if only_words and filled[0].column.type not in NUMBERS:
            # Where nothing is required, a row of texts is one, but for a title merged across a wide table.
            is_title = len(filled) == 1 and len(self._cells.columns) > _NARROW and row in self._merged
            return bool(self._cells.required) or filled[0].column.type != "text" or is_title
        if len(filled) == 1 or not any(item.column.type in ("text", "date") for item in filled):
            return self._cells.lacks_all_but_numbers(filled)
        # A part of the total below it: «в том числе».
        return (
            0 < self._last_total < row
            and self._part == len(self._result.data)
            and self._cells.lacks_all_but_numbers(filled)
        )

    def _is_signed(self, filled: Sequence[Filled]) -> bool:
        if not _SIGNED.search(said(filled)):
            return False
        # «Секретарь» with a number of people beside it is a profession.
        return filled[0].column.type != "text" or not any(item.number is not None for item in filled)

    def _settle(self) -> None:
        data = self._result.data
        last = data[-1] if data else 0
        for row in self._doubtful:
            filled = self._cells.filled(self._raw[row])
            words = said(filled)
            signed = "___" in words or (row > last and self._is_signed(filled))
            if signed or (last and self._is_title(row, filled)):
                self._pass_over(row, "words")
            elif last:
                self._refuse(row)
            else:  # nothing else on the sheet: whatever it is, it is checked as a row
                data.append(row)

    def _is_title(self, row: int, filled: Sequence[Filled]) -> bool:
        """One cell of words, in a place for something else or merged across."""
        (item, *more) = filled
        if more or not item.has_words:
            return False
        if row in self._merged:
            return True
        alone = [item.place] == self._cells.required  # in this form a row may hold no more than that
        digits = any(map(str.isdigit, as_text(item.cell))) and item.column.type == "code"
        return item.column.type in ("choice", "code") and not alone and not digits

    def _pass_over(self, row: int, kind: str) -> None:
        title = self._sheet.spec.title
        message = {
            "header": text("repaired.row_header", sheet=title, row=row),
            "numbers": text("repaired.row_numbers", sheet=title, row=row),
            "total": text("repaired.row_total", sheet=title, row=row, words=self._quoted(row)),
            "words": text("repaired.row_words", sheet=title, row=row, words=self._quoted(row)),
        }[kind]
        self._result.notes.append(Note(message, title, self._cell(row)))

    def _refuse(self, row: int) -> None:
        message = text("finding.row_no_data", row=row, words=self._quoted(row))
        title, quoted = self._sheet.spec.title, self._quoted(row)
        self._result.findings.append(
            Finding("outside.row", "outside", Severity.ERROR, message, title, row, None, self._cell(row), quoted)
        )

    def _quoted(self, row: int) -> str:
        """The words of the row, or its numbers where it has none."""
        filled = self._cells.filled(self._raw[row])
        words = [as_text(item.cell) for item in filled if isinstance(item.cell, str)]
        quoted = " ".join(" ".join(words or [as_text(item.cell) for item in filled]).split())
        return quoted if len(quoted) <= _QUOTED else quoted[: _QUOTED - 1] + "…"

    def _cell(self, row: int) -> str:
        return address(row, min(item.place for item in self._cells.filled(self._raw[row])))


def _merged_rows(merged: Sequence[str]) -> set[int]:
    """The rows that have cells merged across, in that row alone."""
    found = (_RANGE.fullmatch(written) for written in merged)
    return {int(match[2]) for match in found if match and match[2] == match[4] and match[1] != match[3]}
