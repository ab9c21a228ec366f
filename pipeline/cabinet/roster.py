"""The list of logins that an administrator keeps in Excel → logins, and a report of every line that is not right.

XLSX or CSV (UTF-8, UTF-16 or cp1251; «;», «,» or tab), the columns found by their Russian or English headings. A bad
line never stops the good ones; a file that cannot be taken as a list at all is a ConfigurationError.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.cabinet.delimited import decoded, delimiter
from pipeline.cabinet.rosterline import login_complaint, read_login
from pipeline.cabinet.unreadable import why_unreadable
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError
from pipeline.files.sniff import begins_like_workbook
from pipeline.forms.reading.precheck import KEPT
from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)
from pipeline.forms.workbooks import values
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Formula,
)
from pipeline.forms.workbooks.workbook import RawSheet
from pipeline.model import Login

FILE_BYTES = 20_000_000
LINE_COUNT = 200_000
_HEADER_WITHIN = 20  # rows: a list from an office has its own title above the headings

_HEADINGS = {
    "login": ("логин", "логины", "логин организации", "login", "учетная запись", "код"),
    "name": ("пользователь", "наименование", "наименование организации", "название", "организация", "name", "user"),
    "region": ("регион", "код региона", "region"),
    "addresses": (
        "адреса",
        "адрес",
        "адрес электронной почты",
        "адреса электронной почты",
        "электронная почта",
        "почта",
        "e mail",
        "email",
        "emails",
        "address",
        "addresses",
    ),
    "role": ("роль", "role"),
}
_FIELD_OF = {heading: name for name, headings in _HEADINGS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line (counted as the spreadsheet or text editor does) and what to do, in Russian."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class RosterReport:
    """Logins in the order of the list, and problems in the order of lines.

    ``complete`` is false when a line could not be taken: who is missing from ``logins`` may still be in the list, so
    nobody can be said to have left it.
    """

    logins: tuple[Login, ...]
    problems: tuple[Problem, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Row:
    """A line with its cells by column from 1; None is an error value or a formula without its value."""

    line: int
    cells: Mapping[int, str | None]


def parse_roster(name: str, data: bytes) -> RosterReport:
    """Read the list ``name`` from its bytes. Its content says what it is, not its name.

    A wrong address is dropped and reported, the login stays; a line whose login, name, region or role is wrong is not
    taken. Raises ConfigurationError when there is no list in it: unreadable, no column «Логин», no lines.
    """
    if len(data) > FILE_BYTES:
        limit = text("publications.megabytes", size=FILE_BYTES // 1_000_000)
        size = text("publications.megabytes", size=len(data) // 1_000_000)
        raise ConfigurationError("roster.too_big", name=name, size=size, limit=limit)
    rows, columns, width = _find_table(name, data)
    if len(rows) > LINE_COUNT:
        raise ConfigurationError("roster.too_many_lines", name=name, limit=LINE_COUNT)
    taken = _Taken(columns, width)
    for row in rows:
        taken.add(row)
    if not taken.logins and not taken.problems:
        raise ConfigurationError("roster.no_lines", name=name)
    complete = taken.nameless == 0 and taken.refused <= taken.lines.keys()
    return RosterReport(tuple(taken.logins), tuple(taken.problems), complete)


def _find_table(name: str, data: bytes) -> tuple[list[_Row], dict[str, list[int]], int]:
    """Return the rows below the headings, the columns of each field, and the number of the last heading's column.

    Addresses may be in several columns; of anything else one is right and nobody can know which.
    """
    for rows in _tables(name, data):
        for index, row in enumerate(rows[:_HEADER_WITHIN]):
            titles = {column: _heading(cell or "") for column, cell in row.cells.items()}
            if not any(_FIELD_OF.get(title) == "login" for title in titles.values()):
                continue
            columns: dict[str, list[int]] = {}
            for column, title in titles.items():
                found = _FIELD_OF.get(title)
                if found in columns and found != "addresses":
                    raise ConfigurationError("roster.doubled_column", name=name, line=row.line, title=row.cells[column])
                if found:
                    columns.setdefault(found, []).append(column)
            if "name" not in columns:
                raise ConfigurationError("roster.no_name_column", name=name, line=row.line)
            return rows[index + 1 :], columns, max(column for column, title in titles.items() if title)
    raise ConfigurationError("roster.no_header", name=name)


def _tables(name: str, data: bytes) -> Iterator[list[_Row]]:
    """Yield each visible sheet of a workbook, or the one table of a CSV."""
    if not begins_like_workbook(data[:8]):
        yield list(_csv_rows(name, data))
        return
    try:
        workbook = read_workbook(data, KEPT)
    except UnreadableWorkbook as error:
        raise ConfigurationError("roster.unreadable", name=name, why=why_unreadable(error)) from error
    for sheet in workbook.sheets:
        if sheet.is_visible:
            yield list(_sheet_rows(sheet))


def _sheet_rows(sheet: RawSheet) -> Iterator[_Row]:
    for line in sorted(sheet.rows):
        cells = {column: _cell_text(cell) for column, cell in sheet.rows[line].items()}
        if any(cell is None or cell for cell in cells.values()):
            yield _Row(line, cells)


def _cell_text(cell: Cell) -> str | None:
    if isinstance(cell, CellError | Formula):
        return None
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    return _clean(values.as_text(cell))


def _csv_rows(name: str, data: bytes) -> Iterator[_Row]:
    source = _decode(name, data)
    beginning = source[:4000].split("\n")[:_HEADER_WITHIN]
    heading = next((line for line in beginning if "логин" in line.casefold() or "login" in line.casefold()), "")
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter(heading), strict=True)
    line = 1
    try:
        for written in reader:
            cells = {column: _clean(value) for column, value in enumerate(written, start=1)}
            if any(cells.values()):
                yield _Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigurationError("roster.broken_csv", name=name, line=line) from error


def _decode(name: str, data: bytes) -> str:
    source = decoded(data)
    if source is None:
        raise ConfigurationError("roster.encoding", name=name)
    return source


def _clean(value: str) -> str:
    return " ".join(values.normalise(value).split())


def _heading(value: str) -> str:
    return " ".join(re.sub(r"[^a-zа-я]+", " ", value.casefold().replace("ё", "е")).split())


@dataclass
class _Taken:
    """What has been read so far.

    ``lines`` is where each login was taken (line, login as written), keyed in lower case; ``refused`` are logins of
    lines that were not taken, ``nameless`` counts lines whose login could not be read.
    """

    columns: Mapping[str, Sequence[int]]
    width: int
    logins: list[Login] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, tuple[int, str]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    nameless: int = 0

    def add(self, row: _Row) -> None:
        """Take one line, or note why not."""
        code = self._field(row, "login")
        if complaint := login_complaint(code):
            self.nameless += 1
            self._note(row, complaint)
            return
        if doubled := self._doubled(code):
            self._note(row, doubled)
            return
        login, complaints = self._login(row, code)
        for message in complaints:
            self._note(row, message)
        if login is None:
            self.refused.add(code.lower())
        else:
            self.lines[code.lower()] = (row.line, code)
            self.logins.append(login)

    def _field(self, row: _Row, name: str) -> str:
        found = [cell for column in self.columns.get(name, ()) if (cell := row.cells.get(column))]
        return " ".join(found) if len(found) != 1 else found[0]

    def _note(self, row: _Row, message: str) -> None:
        self.problems.append(Problem(row.line, message))

    def _doubled(self, code: str) -> str | None:
        """Say where the login has been taken already, or None."""
        if code.lower() not in self.lines:
            return None
        first, other = self.lines[code.lower()]
        same = "roster.login_doubled" if other == code else "roster.login_case"
        return text(same, login=code, first=first, other=other)

    def _login(self, row: _Row, code: str) -> tuple[Login | None, list[str]]:
        """Return the login of a line with its complaints, or None with the complaints that kept it out."""
        cells = row.cells
        broken = [
            title for title, found in self.columns.items() if any(cells.get(column, "") is None for column in found)
        ]
        if broken:
            return None, [text("roster.cell", title=_HEADINGS[title][0].capitalize()) for title in broken]
        if any(cell for column, cell in row.cells.items() if column > self.width):
            return None, [text("roster.many_cells")]
        return read_login(code, *(self._field(row, name) for name in ("name", "region", "role", "addresses")))
