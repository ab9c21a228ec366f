"""Old Excel workbooks (.xls, BIFF8, Excel 97–2003) → ``RawWorkbook``. Run in the isolated child only.

Record by record and bounded like the reader of .xlsx: values, error values, dates, hidden sheets and rows, merges and
keywords come out; formulas, macros, drawings and charts are passed over. calamine, otherwise the reader for this
format, gives error values and blanks alike and reserves memory for what the dimension record promises (see
docs/decisions.md). Layout: [MS-XLS], section numbers beside the records.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.files.sniff import COMPOUND
from pipeline.forms.reading.biff import (
    Pieces,
    Text,
    font_look,
    records,
    strings_of,
)
from pipeline.forms.reading.compound import (
    Compound,
    keywords,
)
from pipeline.forms.reading.sheetxml import (
    MAX_COLUMN,
    MAX_MERGES,
    MAX_ROW,
    Budget,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Struck,
)
from pipeline.forms.workbooks.plain import (
    as_number,
    as_range,
    to_plain,
)
from pipeline.forms.workbooks.serials import (
    Shown,
    from_number,
    shown_as,
)
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.values import as_text
from pipeline.forms.workbooks.workbook import (
    HIDDEN,
    VERY_HIDDEN,
    VISIBLE,
    RawSheet,
    RawWorkbook,
    columns_in,
)
from pipeline.model import Refused

MAX_SHEETS = 64
_MAX_KEYWORDS = 4_000
_BIFF8 = 0x0600
_STATES = (VISIBLE, HIDDEN, VERY_HIDDEN)
_ERRORS = {  # 2.5.10 BErr
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_FORMULA, _EOF, _DATE1904, _FILEPASS = 0x0006, 0x000A, 0x0022, 0x002F
_BOUNDSHEET, _FILTERMODE, _MULRK, _RSTRING, _XF, _MERGES = 0x0085, 0x009B, 0x00BD, 0x00D6, 0x00E0, 0x00E5
_SST, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _STRING = 0x00FC, 0x00FD, 0x0203, 0x0204, 0x0205, 0x0207
_ROW, _RK, _FORMAT, _BOF, _COLINFO = 0x0208, 0x027E, 0x041E, 0x0809, 0x007D
_FONT = 0x0031
_PLACE = struct.Struct("<3H")


@dataclass
class _Globals:
    """What the sheets refer to, and where they begin."""

    strings: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    formats: list[str] = field(default_factory=list)
    fonts: list[type[str]] = field(default_factory=list)
    struck: set[int] = field(default_factory=set)
    sheets: list[tuple[int, int, str]] = field(default_factory=list)
    date1904: bool = False

    def font(self, index: int) -> type[str]:
        """What a font makes of a text; there is no font 4 (2.5.129)."""
        number = index - (index > 4)
        return self.fonts[number] if number < len(self.fonts) else str

    def looks(self) -> Mapping[int, Shown]:
        """The cell formats that show more than a plain number."""
        looks = (shown_as(number, self.codes.get(number)) for number in self.formats)
        return {index: look for index, look in enumerate(looks) if look is not None}


def unpack(data: bytes) -> dict[str, Any] | Refused:
    """The task of the child: the workbook in ``data`` as plain values, or why it is refused."""
    try:
        return to_plain(read_xls(data))
    except UnreadableWorkbook as error:
        return Refused(error.reason, error.values)
    except (struct.error, IndexError):
        return Refused("damaged")


def read_xls(data: bytes) -> RawWorkbook:
    """Return the workbook; raises UnreadableWorkbook, and what Python raises for a record that is too short."""
    if not data.startswith(COMPOUND):
        raise UnreadableWorkbook("old_xls")  # Excel 4 and older: a bare stream
    compound = Compound(data)
    if "Workbook" not in compound:
        raise UnreadableWorkbook("encrypted" if "EncryptedPackage" in compound else "old_xls")
    stream = compound.read("Workbook")
    shared = _globals(stream)
    if not shared.sheets:
        raise UnreadableWorkbook("damaged")
    budget = Budget()
    looks = shared.looks()
    sheets = [
        _Sheet(title, _STATES[min(state, 2)], shared, looks, budget).read(stream, at)
        for at, state, title in shared.sheets
    ]
    words = re.split(r"[,;\s]+", keywords(compound))  # LibreOffice puts commas between the words
    return RawWorkbook(tuple(sheets), " ".join(words).strip()[:_MAX_KEYWORDS], shared.date1904)


def _globals(stream: bytes) -> _Globals:
    shared = _Globals()
    for number, (kind, pieces) in enumerate(records(stream, 0)):
        record = pieces[0]
        if number == 0 and (kind != _BOF or struct.unpack_from("<H", record)[0] != _BIFF8):
            raise UnreadableWorkbook("old_xls" if kind & 0xFF == _BOF & 0xFF else "damaged")
        if kind == _EOF:
            return shared
        if kind == _FILEPASS:
            raise UnreadableWorkbook("encrypted")
        if kind == _DATE1904:
            shared.date1904 = record[:1] == b"\1"
        elif kind == _BOUNDSHEET:
            _bound_sheet(shared, record)
        elif kind == _FORMAT:
            shared.codes[str(struct.unpack_from("<H", record)[0])] = Text(pieces, 2).string()
        elif kind in (_FONT, _XF):
            _look(shared, kind, record)
        elif kind == _SST:
            shared.strings = strings_of(pieces, shared.font)
    raise UnreadableWorkbook("damaged")


def _look(shared: _Globals, kind: int, record: bytes) -> None:
    """A font, or a cell format, which names its font and its number format (2.4.122, 2.4.353)."""
    if kind == _FONT:
        shared.fonts.append(font_look(record))
        return
    font, number_format = struct.unpack_from("<2H", record)
    if shared.font(font) is Struck:
        shared.struck.add(len(shared.formats))
    shared.formats.append(str(number_format))


def _bound_sheet(shared: _Globals, record: bytes) -> None:
    """Worksheets only: charts, macro sheets and modules hold no data (2.4.28)."""
    at, state, kind, length, wide = struct.unpack_from("<L4B", record)
    if kind != 0:
        return
    title = (
        record[8 : 8 + length * 2].decode("utf-16-le", "replace")
        if wide & 1
        else record[8 : 8 + length].decode("latin-1")
    )
    shared.sheets.append((at, state & 3, title))
    if len(shared.sheets) > MAX_SHEETS:
        raise UnreadableWorkbook("too_many_sheets", count=len(shared.sheets), limit=MAX_SHEETS)


class _Sheet:
    """One worksheet while its records go by."""

    def __init__(self, title: str, state: str, shared: _Globals, looks: Mapping[int, Shown], budget: Budget) -> None:
        self._title, self._state = title, state
        self._shared, self._looks, self._budget = shared, looks, budget
        self._rows: dict[int, dict[int, Cell]] = {}
        self._merged: list[str] = []
        self._hidden: set[int] = set()
        self._hidden_spans: list[tuple[int, int]] = []
        self._filtered = False
        self._waiting: tuple[int, int] | None = None
        self._actions: dict[int, Callable[[Pieces], None]] = {
            _LABELSST: self._label_sst,
            _NUMBER: lambda pieces: self._number(pieces, struct.unpack_from("<d", pieces[0], 6)[0]),
            _RK: lambda pieces: self._number(pieces, _rk(struct.unpack_from("<L", pieces[0], 6)[0])),
            _MULRK: self._multiple,
            _FORMULA: self._formula,
            _STRING: self._result,
            _LABEL: self._label,
            _RSTRING: self._label,
            _BOOLERR: self._truth_or_error,
            _ROW: self._row,
            _MERGES: self._merges,
            _COLINFO: self._columns,
        }

    def read(self, stream: bytes, at: int) -> RawSheet:
        """Return the sheet whose records begin at ``at``; charts within it have records of their own."""
        depth = 0
        for kind, pieces in records(stream, at):
            if kind == _BOF:
                depth += 1
            elif depth == 0:
                raise UnreadableWorkbook("damaged")
            elif kind == _EOF:
                depth -= 1
                if depth == 0:
                    break
            elif depth == 1:
                if kind == _FILTERMODE:
                    self._filtered = True
                elif action := self._actions.get(kind):
                    action(pieces)
        else:
            raise UnreadableWorkbook("damaged")
        self._budget.area -= sum(max(cells) for cells in self._rows.values())
        if self._budget.area < 0:
            raise UnreadableWorkbook("too_many_cells")
        seen = (self._title, self._state, self._rows, tuple(self._merged), frozenset(self._hidden), self._filtered)
        return RawSheet(*seen, hidden_columns=columns_in(self._hidden_spans))

    def _put(self, row: int, column: int, value: Cell) -> None:
        """Keep a cell; ``row`` and ``column`` count from 0 here, as in the records."""
        self._budget.cells -= 1
        if self._budget.cells < 0:
            raise UnreadableWorkbook("too_many_cells")
        if value is None or value == "":
            return
        if row >= MAX_ROW or column >= MAX_COLUMN:
            raise UnreadableWorkbook("far_cell", sheet=self._title, row=row + 1)
        self._rows.setdefault(row + 1, {})[column + 1] = value

    def _dated(self, value: float, style: int) -> Cell:
        if value - value != 0:  # no number: infinite, or none at all
            return CellError("#NUM!")
        number = as_number(value)
        look = self._looks.get(style)
        cell = number if look is None else from_number(number, look, date1904=self._shared.date1904)
        return self._struck(cell, style)

    def _struck(self, cell: Cell, style: int) -> Cell:
        return Struck(as_text(cell)) if style in self._shared.struck and cell not in (None, "") else cell

    def _label_sst(self, pieces: Pieces) -> None:
        row, column, style, index = struct.unpack_from("<3HL", pieces[0])
        if index >= len(self._shared.strings):
            raise UnreadableWorkbook("damaged")
        self._put(row, column, self._struck(self._budget.take_text(self._shared.strings[index]), style))

    def _number(self, pieces: Pieces, value: float) -> None:
        row, column, style = _PLACE.unpack_from(pieces[0])
        self._put(row, column, self._dated(value, style))

    def _multiple(self, pieces: Pieces) -> None:
        """Numbers side by side in one record (2.4.175)."""
        row, column = struct.unpack_from("<2H", pieces[0])
        numbers = pieces[0][4 : 4 + (len(pieces[0]) - 6) // 6 * 6]
        for step, (style, raw) in enumerate(struct.iter_unpack("<HL", numbers)):
            self._put(row, column + step, self._dated(_rk(raw), style))

    def _formula(self, pieces: Pieces) -> None:
        """A formula's last value (2.4.127, 2.5.133); a text follows in a record of its own."""
        row, column, style = _PLACE.unpack_from(pieces[0])
        result = pieces[0][6:14]
        self._waiting = None
        if result[6:8] != b"\xff\xff":
            self._put(row, column, self._dated(struct.unpack("<d", result)[0], style))
        elif result[0] == 0:
            self._waiting = (row, column)
        elif result[0] == 1:
            self._put(row, column, bool(result[2]))
        elif result[0] == 2:
            self._put(row, column, _error(result[2]))

    def _result(self, pieces: Pieces) -> None:
        if self._waiting is not None:
            self._put(*self._waiting, self._budget.take_text(Text(pieces, 0).string()))
            self._waiting = None

    def _label(self, pieces: Pieces) -> None:
        row, column, _ = _PLACE.unpack_from(pieces[0])
        self._put(row, column, self._budget.take_text(Text(pieces, 6).string()))

    def _truth_or_error(self, pieces: Pieces) -> None:
        row, column, _, value, is_error = struct.unpack_from("<3H2B", pieces[0])
        self._put(row, column, _error(value) if is_error else bool(value))

    def _row(self, pieces: Pieces) -> None:
        """Only whether the row is hidden (2.4.221: fDyZero)."""
        row, flags = struct.unpack_from("<H10xH", pieces[0])
        if flags & 0x20 and row < MAX_ROW:
            self._hidden.add(row + 1)

    def _columns(self, pieces: Pieces) -> None:
        """Columns that are hidden or have no width (2.4.53)."""
        first, last, width, flags = struct.unpack_from("<3H2xH", pieces[0].ljust(10, b"\2"))
        if flags & 1 or width == 0:
            self._hidden_spans.append((first + 1, last + 1))

    def _merges(self, pieces: Pieces) -> None:
        (count,) = struct.unpack_from("<H", pieces[0])
        for first_row, last_row, first, last in struct.iter_unpack("<4H", pieces[0][2 : 2 + count * 8]):
            reference = as_range(first_row + 1, first + 1, last_row + 1, last + 1)
            self._merged.append(reference)
            if last_row >= MAX_ROW or last >= MAX_COLUMN or len(self._merged) > MAX_MERGES:
                raise UnreadableWorkbook("giant_merge", sheet=self._title, range=reference)


def _error(code: int) -> CellError:
    return CellError(_ERRORS.get(code, "#VALUE!"))


def _rk(raw: int) -> float:
    """A number packed into 30 bits (2.5.217): the upper bits of a double or an integer, perhaps a hundred times it."""
    if raw & 2:
        value = float((raw - (1 << 32) if raw & 0x80000000 else raw) >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
    return value / 100 if raw & 1 else value
