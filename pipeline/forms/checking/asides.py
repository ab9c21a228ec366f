"""Rows among or below the data that hold no data: totals, repeated headers, titles of groups, signatures (W36).

What surely holds no data is passed over with a note that quotes it. What may be a row begun, or a total that looks like
data, is one finding: take this row out. A row with a right value of a list, number, date or code is always data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import text
from pipeline.forms.checking.compile import CompiledForm
from pipeline.forms.checking.locate import LocatedSheet
from pipeline.forms.checking.notes import Note
from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.layout import address
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.titles import normal
from pipeline.forms.workbooks.values import Parser, as_text, is_blank, normalise
from pipeline.model import Finding, Severity

_TOTAL = re.compile(r"(?:итого?|итоги|всего|подытог|(?:общий|промежуточный) итог|(?:общая )?сумма|total|subtotal)\b")
_TOTAL_ALONE = re.compile(r"(?:итого?|всего|подытог|общий итог|сумма|total)[ .:=-]*")
_SIGNED = re.compile(
    r"_{3,}|подпис|\bм\. ?п\.|\b(?:директор|руковод|ректор|исполнител|ответствен|заместител|зам\.|зав\.|заведующ|завуч"
    r"|начальник|бухгалтер|методист|секретар|председател|составил|проверил|согласован|утвержд|тел\.|телефон|примечани)"
)
_WORDY = ("text", "code", "choice")
_QUOTED = 60
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")

_Filled = tuple[ColumnSpec, int, Parser, Cell]


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
        self._columns: list[tuple[ColumnSpec, int, Parser]] = [
            (column, sheet.columns[column.id], compiled.parsers[sheet.spec.id, column.id, date1904])
            for column in sheet.spec.columns
        ]
        required = [place for column, place, _ in self._columns if column.required]
        self._needed = required or [place for _, place, _ in self._columns]
        self._lists = [(place, read) for column, place, read in self._columns if column.type == "choice"]
        self._titles = {place: normal(column.title) for column, place, _ in self._columns}
        self._kinds = {normal(kind) for kind in sheet.spec.kinds}
        self._merged = _merged_rows(sheet.raw.merged)

    def sort(self) -> Sorted:
        """Return the rows to check, and what is said of the others."""
        result = Sorted()
        words: list[int] = []
        after_header = 0
        for row in self._rows:
            cells = self._raw[row]
            if self._is_plain(cells):
                result.data.append(row)
            elif self._is_header(cells):
                after_header = row + 1
                self._pass_over(result, row, "header")
            elif row == after_header and self._is_kinds(cells):
                continue
            elif self._is_total(cells):
                if self._is_sure_total(cells, result.data):
                    self._pass_over(result, row, "total")
                else:
                    self._refuse(result, row)
            elif self._is_words(cells):
                words.append(row)
            else:
                result.data.append(row)
        self._settle_words(result, words)
        result.data.sort()
        result.notes.sort(key=lambda note: int(re.sub(r"\D", "", note.cell or "0")))
        return result

    def _filled(self, cells: Mapping[int, Cell]) -> list[_Filled]:
        return [
            (column, place, read, cell)
            for column, place, read in self._columns
            if (cell := cells.get(place)) is not None and not is_blank(cell)
        ]

    def _is_complete(self, cells: Mapping[int, Cell]) -> bool:
        return all((cell := cells.get(place)) is not None and not is_blank(cell) for place in self._needed)

    def _is_plain(self, cells: Mapping[int, Cell]) -> bool:
        """Nearly every row: nothing is missing, and a list has a right value. No other row has both."""
        if not self._is_complete(cells):
            return False
        return any(read(cells.get(place)).value is not None for place, read in self._lists)

    def _is_header(self, cells: Mapping[int, Cell]) -> bool:
        hits = sum(isinstance(cell, str) and normal(cell) == self._titles.get(place) for place, cell in cells.items())
        return hits > 0 and hits * 2 >= len(self._filled(cells)) and (hits > 1 or len(self._columns) == 1)

    def _is_kinds(self, cells: Mapping[int, Cell]) -> bool:
        return all(isinstance(cell, str) and normal(cell) in self._kinds for _, _, _, cell in self._filled(cells))

    def _label(self, cells: Mapping[int, Cell]) -> str:
        """The first text of the row as it is compared, "" where it is a right value of its column's list."""
        for column, place, read in self._columns:
            cell = cells.get(place)
            if isinstance(cell, str) and not is_blank(cell):
                if column.type == "choice" and read(cell).problem is None:
                    return ""
                return normalise(cell).casefold().replace("ё", "е")
        return ""

    def _is_total(self, cells: Mapping[int, Cell]) -> bool:
        label = self._label(cells)
        if not label or not _TOTAL.match(label):
            return False
        # «Всего обучающихся» in a row that has everything may be what the form asks for.
        return not self._is_complete(cells) or _TOTAL_ALONE.fullmatch(label) is not None

    def _is_sure_total(self, cells: Mapping[int, Cell], above: Sequence[int]) -> bool:
        """Beside the label there is nothing but numbers; where nothing is missing they must be the sums of the rows."""
        others = [(place, cell) for _, place, _, cell in self._filled(cells)][1:]
        if any(isinstance(cell, str) and any(map(str.isalpha, cell)) for _, cell in others):
            return False
        if not self._is_complete(cells):
            return True
        return any(
            isinstance(cell, int | float) and cell == sum(_numbers(self._raw[row].get(place) for row in above))
            for place, cell in others
        )

    def _is_words(self, cells: Mapping[int, Cell]) -> bool:
        """Whether the row has few cells, and only words in them that no column takes as its value or nearly so."""
        filled = self._filled(cells)
        if self._is_complete(cells) or len(filled) * 2 > max(len(self._needed), 2):
            return False
        if filled[0][0].type not in _WORDY and not _SIGNED.search(_said(filled)):
            return False  # «двадцать» where a number belongs is a row begun
        return all(isinstance(cell, str) and not _has_value(column, read, cell) for column, _, read, cell in filled)

    def _settle_words(self, result: Sorted, words: Sequence[int]) -> None:
        data = result.data
        if not data:  # nothing else on the sheet: whatever they are, they are checked as rows
            data += words
            return
        last = data[-1]
        for row in words:
            filled = self._filled(self._raw[row])
            said = _said(filled)
            signed = "___" in said or (row > last and _SIGNED.search(said))
            lone = len(filled) == 1 and (filled[0][0].type != "text" or row in self._merged)
            if signed or lone:
                self._pass_over(result, row, "words")
            else:
                self._refuse(result, row)

    def _pass_over(self, result: Sorted, row: int, kind: str) -> None:
        title = self._sheet.spec.title
        message = {
            "header": text("repaired.row_header", sheet=title, row=row),
            "total": text("repaired.row_total", sheet=title, row=row, words=self._quoted(row)),
            "words": text("repaired.row_words", sheet=title, row=row, words=self._quoted(row)),
        }[kind]
        result.notes.append(Note(message, title, self._cell(row)))

    def _refuse(self, result: Sorted, row: int) -> None:
        message = text("finding.row_no_data", row=row, words=self._quoted(row))
        title, quoted = self._sheet.spec.title, self._quoted(row)
        result.findings.append(
            Finding("outside.row", "outside", Severity.ERROR, message, title, row, None, self._cell(row), quoted)
        )

    def _quoted(self, row: int) -> str:
        said = " ".join(as_text(cell) for _, _, _, cell in self._filled(self._raw[row]) if isinstance(cell, str))
        said = " ".join(said.split())
        return said if len(said) <= _QUOTED else said[: _QUOTED - 1] + "…"

    def _cell(self, row: int) -> str:
        return address(row, min(place for _, place, _, _ in self._filled(self._raw[row])))


def _said(filled: Iterable[_Filled]) -> str:
    return " ".join(as_text(cell) for _, _, _, cell in filled).casefold().replace("ё", "е")


def _has_value(column: ColumnSpec, read: Parser, cell: str) -> bool:
    """Whether the text is a value of its column, or near one of its list."""
    if column.type == "text":
        return False
    if column.type == "code":
        return any(map(str.isdigit, cell)) and len(cell) <= _QUOTED
    parsed = read(cell)
    return parsed.problem is None or bool(parsed.problem.detail)


def _numbers(cells: Iterable[Cell]) -> list[float]:
    return [cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)]


def _merged_rows(merged: Sequence[str]) -> set[int]:
    """The rows that have cells merged across, in that row alone."""
    found = (_RANGE.fullmatch(written) for written in merged)
    return {int(match[2]) for match in found if match and match[2] == match[4] and match[1] != match[3]}
