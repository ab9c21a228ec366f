"""The seed's campaign moved to the present: the demonstration lives in one time, that of who looks at it.

The shipped publications stay as the seed has them, of 2021. The demonstration gets a copy in which every day that they
name is moved: those of the collection so that it opened yesterday, those of the works so that they go on today, on the
same weekdays. So whoever answers its letters with days of these weeks is in time, and texts, files and forms agree.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook

from pipeline import private
from pipeline.catalogue import format_date

CAMPAIGN = ("instruction", "technical-support", "vpr-spo-2021-participants", "vpr-spo-2021-schedule")
"""The publications that are shown, by their codes; a code is a name and keeps its year."""
ROSTER = "roster.xlsx"
YEAR = 2021
_OPENED, _CLOSED, _WORKS = date(YEAR, 8, 30), date(YEAR, 9, 7), date(YEAR, 9, 15)
_SCHOOL_YEAR = 8  # the month in which one begins, as far as titles go
_TEXTS, _BOOK = frozenset({".md", ".yaml"}), ".xlsx"
_MONTHS = {format_date(date(YEAR, month, 1)).split()[1]: month for month in range(1, 13)}
_DAY = rf"(\d{{1,2}}) ({'|'.join(_MONTHS)})"
_ISO = re.compile(rf"(?<!\d){YEAR}-(\d\d)-(\d\d)(?!\d)")
_DOTTED = re.compile(rf"(?<!\d)(\d\d)\.(\d\d)\.{YEAR}(?!\d)")
_RANGE = re.compile(rf"(?<!\d){_DAY}( – | по ){_DAY} {YEAR}")
_WRITTEN = re.compile(rf"(?<!\d){_DAY} {YEAR}")
_SCHOOL = re.compile(rf"(?<!\d){YEAR}/{YEAR + 1}(?!\d)")
_BARE = re.compile(rf"(?<![\d-]){YEAR}(?![\d-])")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where the days of the seed's campaign lie when it is shown on ``today`` (Moscow's day)."""

    today: date

    def moved(self, day: date) -> date:
        """Return a day of the campaign as it is now."""
        if day <= _CLOSED:
            return day + (self.today - timedelta(days=1) - _OPENED)
        return day + timedelta(weeks=(self.today - _WORKS).days // 7)

    @property
    def year(self) -> int:
        """The year in which the works begin."""
        return self.moved(_WORKS).year

    def text(self, said: str) -> str:
        """Return ``said`` with the days and years that it names moved; what is no day keeps all but its year."""
        said = _ISO.sub(self._iso, said)
        said = _DOTTED.sub(self._dotted, said)
        said = _RANGE.sub(self._range, said)
        said = _WRITTEN.sub(lambda found: _in_words(self.moved(_named(found[1], found[2]))), said)
        opened = self.moved(_OPENED)
        begins = opened.year if opened.month >= _SCHOOL_YEAR else opened.year - 1
        return _BARE.sub(str(self.year), _SCHOOL.sub(f"{begins}/{begins + 1}", said))

    def book(self, content: bytes) -> bytes:
        """Return a workbook with the days and texts of its cells moved."""
        book = load_workbook(io.BytesIO(content))
        for sheet in book.worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if isinstance(cell.value, datetime):
                    cell.value = datetime.combine(self.moved(cell.value.date()), cell.value.time())
                elif isinstance(cell.value, str):
                    cell.value = self.text(cell.value)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def _iso(self, found: re.Match[str]) -> str:
        return self.moved(date(YEAR, int(found[1]), int(found[2]))).isoformat()

    def _dotted(self, found: re.Match[str]) -> str:
        try:
            day = date(YEAR, int(found[2]), int(found[1]))
        except ValueError:  # «32.09.2021» is a mistake that is shown
            return f"{found[1]}.{self.moved(date(YEAR, int(found[2]), 15)):%m.%Y}"
        return f"{self.moved(day):%d.%m.%Y}"

    def _range(self, found: re.Match[str]) -> str:
        first, last = self.moved(_named(found[1], found[2])), self.moved(_named(found[4], found[5]))
        begun = _in_words(first) if first.year != last.year else _in_words(first).rpartition(" ")[0]
        return f"{begun}{found[3]}{_in_words(last)}"


def lay_out(shipped: Path, home: Path, calendar: Calendar) -> None:
    """Make ``home`` out of the ``shipped`` one: rules and letters as they are, the campaign with its days moved."""
    for path in (shipped / "inbox_rules.yaml", *_files(shipped / "templates")):
        _write(home / path.relative_to(shipped), path.read_bytes())
    published = shipped / "publications"
    _write(home / "publications" / ROSTER, (published / ROSTER).read_bytes())
    for path in (path for code in CAMPAIGN for path in _files(published / code)):
        inside = path.relative_to(published)
        moved = inside.with_name(calendar.text(inside.name))
        _write(home / "publications" / moved, _moved(path, calendar))


def _moved(path: Path, calendar: Calendar) -> bytes:
    content = path.read_bytes()
    if path.suffix in _TEXTS:
        return calendar.text(content.decode()).encode()
    return calendar.book(content) if path.suffix == _BOOK else content


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _write(path: Path, content: bytes) -> None:
    private.make_folder(path.parent)
    private.write_named(path, content, private=True)


def _named(day: str, month: str) -> date:
    return date(YEAR, _MONTHS[month], int(day))


def _in_words(day: date) -> str:
    """«7 сентября 2021»: the word after it stays where it is."""
    return format_date(day).rpartition(" ")[0]
