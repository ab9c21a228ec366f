"""From what a cell holds to a typed value, or to the reason why there is none.

Cells are cleaned at this one door: invisible characters, exotic spaces, Unicode forms (W14). Nothing is guessed: what
can be read in two ways is a problem to report (W10, W11), never a choice of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from pipeline.authoring.spelling import nearest
from pipeline.forms.workbooks.cells import (
    ERRORS_IN_RUSSIAN,
    Cell,
    CellError,
    Formula,
    PartDate,
    Percent,
    Raised,
    Struck,
    clock,
)
from pipeline.forms.workbooks.dates import date_in
from pipeline.forms.workbooks.lookalikes import is_lost, look, looks_of, with_plain_signs, with_single_spaces
from pipeline.forms.workbooks.numbers import MOST, number_in

Typed = None | bool | int | float | str | date

_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x09], " ")
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F)])
_CONTROL = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)])
_CLEAN = _CONTROL | _SPACES | _INVISIBLE
_DIRTY = re.compile("[" + "".join(map(re.escape, map(chr, _CLEAN))) + "]")
_SAME = str.maketrans({"ё": "е", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-"})
_RUNS = re.compile(r"\s+")
_FORMULA = re.compile(r"'?=\s*[-+]?[\w($]")
_DASH = re.compile("[-–—−‑]{1,3}")

_EXPONENT = re.compile(r"\d[.,]\d+[eEеЕ]\+\d{1,2}")
"""A long number as Excel shows it once it has been taken for one: its last digits are gone."""
_NOISE = 1e-9
"""How far from a whole number a formula may end by the rounding of floating point, in parts of the number."""
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 2_958_465
"""Serials from May 1927 to 9999; a smaller number in a date column is a day, a year or a slip, and is not guessed."""
_SLIP = 60 / 86_400
"""SheetJS moves a day's midnight by the seconds of its zone's time in 1899 (17 in Moscow, 58 in Yakutsk): no time."""
_NEAR_VALUES, _NEAR_LENGTH, _ALIKE = 300, 100, 0.75
"""Up to which sizes a near value is looked for, and how like it must be: a value that is not meant misleads."""
_REMEMBERED, _SHORT = 4096, 100
"""How many different cells a column's reader remembers, and up to what length: returns say the same things."""
_BETWEEN = re.compile(r"[,;/+]| и | или ")
_YES = frozenset({"да", "истина", "true"})
_NO = frozenset({"нет", "ложь", "false"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell has no value: the finding's ``code`` and what its sentence needs beside the column's limits."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed value (None for a blank cell), or a problem. ``repair`` names what was put right without asking."""

    value: Typed = None
    problem: Problem | None = None
    repair: str | None = None


BLANK = Parsed()


class Parser(dict[tuple[type, Cell], Parsed]):
    """Reads the cells of one kind of column: what it has read it finds again by type and cell, without a call.

    1, 1.0 and True are three cells. When it remembers enough it forgets all and begins again.
    """

    def __init__(self, read: Callable[[Cell], Parsed]) -> None:
        super().__init__()
        self._read = read

    def __call__(self, cell: Cell) -> Parsed:
        """Return what ``cell`` is."""
        return self[type(cell), cell]

    def __missing__(self, key: tuple[type, Cell]) -> Parsed:
        """Read a cell that is not known, and remember it unless it is long."""
        cell = key[1]
        parsed = BLANK if cell is None else self._read(cell)
        if not isinstance(cell, str) or len(cell) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[key] = parsed
        return parsed


def normalise(value: str) -> str:
    """Return ``value`` in NFC with common spaces, without invisible and control characters, trimmed."""
    if _DIRTY.search(value):
        value = value.translate(_CLEAN)
    return value.strip() if value.isascii() else unicodedata.normalize("NFC", value).strip()


def match_key(value: str) -> str:
    """What two spellings of one title or list value share: case, ё/е, quotes, dashes and runs of spaces fall away."""
    return _key(value) if len(value) <= 300 else _key.__wrapped__(value)


@lru_cache(maxsize=4096)
def _key(value: str) -> str:
    return _RUNS.sub(" ", normalise(value)).casefold().translate(_SAME)


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in the cell; zero and «нет» are something (W21)."""
    return cell is None or (isinstance(cell, str) and not (cell[:1].isalnum() or normalise(cell)))


def as_text(cell: Cell) -> str:
    """A cell as people see it: what a finding shows as its value."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ИСТИНА" if cell else "ЛОЖЬ"
    if isinstance(cell, Percent):
        return f"{cell * 100:.10g} %".replace(".", ",")
    if isinstance(cell, float):
        return f"{cell:.15g}".replace(".", ",")
    if isinstance(cell, date | time | timedelta):
        return _moment_text(cell)
    if isinstance(cell, CellError):
        return cell.code
    if isinstance(cell, Formula):
        return "="
    return str(cell)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a column's values are like: ``low`` and ``high`` bound them, ``in_percent`` says that its title has «%»."""

    low: float | date | None = None
    high: float | date | None = None
    in_percent: bool = False

    @property
    def percent_unit(self) -> int | None:
        """How many units a hundred percent are: 1 or 100, None where the column does not hold shares."""
        if self.high in (1, 100):
            return int(self.high) if isinstance(self.high, int | float) else None
        return 100 if self.in_percent and self.high is None else None


ANYTHING = Expected()


def _moment_text(cell: date | time | timedelta) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y}" if _is_midnight(cell) else f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, time):
        return clock(timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second))
    return clock(cell)


def parser(
    column_type: str, *, choices: Choices | None = None, date1904: bool = False, expected: Expected = ANYTHING
) -> Parser:
    """Return what reads the cells of a column of that type; a choice column needs its ``choices``.

    ``expected`` decides where a cell has one meaning only within the column's bounds.
    """
    if column_type == "choice":
        assert choices is not None, "a choice column has a list, the definition sees to it"
        read: Callable[[Cell], Parsed] = choices.read
    elif column_type == "date":
        read = _Dates(date1904=date1904, expected=expected).read
    elif column_type in ("int", "decimal"):
        read = _Numbers(whole=column_type == "int", percent=expected.percent_unit).read
    else:
        read = {"bool": _bool, "code": _code, "text": _text}[column_type]

    def parse(cell: Cell) -> Parsed:
        problem = _spoilt(cell, column_type)
        if problem is not None:
            return Parsed(problem=problem)
        return _of_text(cell, column_type, read) if isinstance(cell, str) else read(cell)

    return Parser(parse)


def _of_text(cell: str, column_type: str, read: Callable[[Cell], Parsed]) -> Parsed:
    """Read a text: what only looks the same is put right with a note, unless another repair of the cell says more."""
    clean = normalise(cell)
    if column_type not in ("text", "code") and _DASH.fullmatch(clean):
        return Parsed(problem=Problem("cell.dash"))
    marked = column_type != "text" and clean[:1] == "'"  # Excel's mark of a text, typed where it stays a sign
    parsed = read(clean.removeprefix("'").lstrip() if marked else clean) if clean else BLANK
    if (len(clean) == len(cell) and not marked) or parsed.repair is not None or parsed.value is None:
        return parsed
    return Parsed(parsed.value, repair="mark") if marked else Parsed(parsed.value, repair="spaces")


def _spoilt(cell: Cell, column_type: str) -> Problem | None:
    """Return what stops a cell in a column of any type."""
    if isinstance(cell, CellError):
        russian = ERRORS_IN_RUSSIAN.get(cell.code)
        return Problem("cell.error", f"{cell.code} ({russian})" if russian else cell.code)
    if isinstance(cell, Formula):
        return Problem("cell.formula")
    if isinstance(cell, Struck):
        return Problem("cell.struck")
    if isinstance(cell, str) and is_lost(cell):
        return Problem("cell.letters_lost")
    if isinstance(cell, str) and column_type != "text" and _FORMULA.match(normalise(cell)):
        return Problem("cell.formula_text")
    return Problem("cell.raised") if isinstance(cell, Raised) and column_type != "text" else None


class Choices:
    """The values of a list, found by their normalised spelling and by aliases."""

    def __init__(self, values: Iterable[str], aliases: Mapping[str, str]) -> None:
        self._exact = {value: Parsed(value) for value in values}
        self._by_key = {match_key(value): Parsed(value, repair="choice") for value in self._exact}
        for alias, value in aliases.items():
            self._by_key.setdefault(match_key(alias), Parsed(value, repair="choice"))
        self._by_look = looks_of(self._by_key)

    def read(self, cell: Cell) -> Parsed:
        """Return the value that ``cell`` means, or a problem with the nearest right one."""
        written = cell if isinstance(cell, str) else as_text(cell)
        found = self._exact.get(written)
        if found is not None:
            return found
        key = match_key(written)
        found = self._by_key.get(key)
        if found is None and isinstance(cell, float):
            found = self._by_key.get(key.replace(",", "."))
        if found is None and isinstance(cell, time):
            found = self._by_key.get(key.zfill(5))  # 9:00 and 09:00 are shown by two formats
        if found is None and (seen := self._by_look.get(look(key))) is not None:
            found = self._by_key[seen]
        if found is not None:
            return found
        if isinstance(cell, date):
            return Parsed(problem=Problem("type.choice_as_date"))
        parts = [self._by_key.get(part.strip()) for part in _BETWEEN.split(key)] if len(key) <= _NEAR_LENGTH else []
        if len(parts) > 1 and parts[0] and all(parts):
            return Parsed(problem=Problem("list.several", str(parts[0].value)))
        # The search costs a comparison a value: past these sizes it would be the dearest part of the check.
        worthwhile = len(self._by_key) <= _NEAR_VALUES and len(key) <= _NEAR_LENGTH
        near = nearest(key, self._by_key, alike=_ALIKE) if worthwhile else None
        return Parsed(problem=Problem("list", str(self._by_key[near].value) if near else ""))


class _Numbers:
    """Reads cells of a column of numbers; ``percent`` is what a hundred percent are in it, None where it has none."""

    def __init__(self, *, whole: bool, percent: int | None) -> None:
        self._whole, self._percent = whole, percent
        self._code = "type.int" if whole else "type.decimal"

    def read(self, cell: Cell) -> Parsed:
        parsed = self._number(cell)
        value = parsed.value
        if not self._whole:
            return Parsed(float(value), repair=parsed.repair) if isinstance(value, int) else parsed
        if not isinstance(value, float):
            return parsed
        if value.is_integer():
            return Parsed(int(value), repair=parsed.repair)
        near = round(value)
        if parsed.repair is None and abs(value - near) <= _NOISE * max(abs(near), 1):
            return Parsed(near, repair="noise")
        return Parsed(problem=Problem("type.fraction"))

    def _number(self, cell: Cell) -> Parsed:
        if isinstance(cell, bool):
            return Parsed(problem=Problem(self._code))
        if isinstance(cell, Percent):
            return self._share(float(cell), as_text(cell))
        if isinstance(cell, int | float):
            return Parsed(cell) if abs(cell) < MOST else Parsed(problem=Problem("type.digits"))
        if isinstance(cell, date):
            return Parsed(problem=Problem("type.number_as_date"))
        if isinstance(cell, time | timedelta):
            return Parsed(problem=Problem("type.number_as_time"))
        if isinstance(cell, str):
            return self._of_text(cell.replace("−", "-"))
        return Parsed(problem=Problem(self._code))

    def _of_text(self, written: str) -> Parsed:
        share = self._percent is not None and written.endswith("%")
        found = number_in(written[:-1].rstrip() if share else written)
        if found.value is None:
            return Parsed(problem=Problem(found.fault or self._code, found.detail))
        return self._share(found.value / 100, written) if share else Parsed(found.value, repair="number")

    def _share(self, share: float, written: str) -> Parsed:
        """People see 0.15 as «15 %»: it is 15 in a column of percentages and 0.15 in one of shares."""
        if self._percent is None:
            return Parsed(problem=Problem("type.percent", written))
        return Parsed(round(share * self._percent, 10), repair="percent")


class _Dates:
    def __init__(self, *, date1904: bool, expected: Expected) -> None:
        self._epoch = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
        low, high = expected.low, expected.high
        self._low = low if isinstance(low, date) else None
        self._high = high if isinstance(high, date) else None

    def read(self, cell: Cell) -> Parsed:
        if isinstance(cell, datetime):
            return Parsed(cell.date()) if _is_midnight(cell) else Parsed(cell.date(), repair="time")
        if isinstance(cell, date):
            return Parsed(date(cell.year, cell.month, cell.day) if isinstance(cell, PartDate) else cell)
        if isinstance(cell, str):
            return self._of_text(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool | Percent):
            return self._of_serial(cell)
        return Parsed(problem=Problem("type.date"))

    def _of_text(self, written: str) -> Parsed:
        found = date_in(written, self._low, self._high)
        if found.has_time and found.day:
            return Parsed(found.day, repair="time")
        if found.day:
            return Parsed(found.day, repair="date")
        return Parsed(problem=Problem(found.fault, found.detail))

    def _of_serial(self, serial: float) -> Parsed:
        """Some editors keep a date as its bare number (SheetJS does)."""
        if not _FIRST_SERIAL <= serial <= _LAST_SERIAL or serial - int(serial) > _SLIP:
            return Parsed(problem=Problem("type.date"))
        return Parsed(self._epoch + timedelta(days=int(serial)), repair="serial")


def _bool(cell: Cell) -> Parsed:
    if isinstance(cell, bool):
        return Parsed(cell)
    key = cell.casefold() if isinstance(cell, str) else ""
    if key in _YES or key in _NO:
        return Parsed(key in _YES)
    return Parsed(problem=Problem("type.bool"))


def _code(cell: Cell) -> Parsed:
    if isinstance(cell, str):
        if _EXPONENT.fullmatch(cell):
            return Parsed(problem=Problem("type.lost_digits"))
        plain = with_plain_signs(with_single_spaces(cell))
        return Parsed(plain) if plain == cell else Parsed(plain, repair="signs")
    if isinstance(cell, date):
        return Parsed(problem=Problem("type.code_as_date"))
    return Parsed(problem=Problem("type.code_as_time" if isinstance(cell, time | timedelta) else "type.code"))


def _text(cell: Cell) -> Parsed:
    if isinstance(cell, str):
        if _EXPONENT.fullmatch(cell):
            return Parsed(problem=Problem("type.lost_digits"))
        plain = with_single_spaces(cell)
        return Parsed(plain) if plain == cell else Parsed(plain, repair="spaces")
    if isinstance(cell, PartDate):
        return Parsed(problem=Problem("type.text_as_date"))
    if _is_long(cell):
        return Parsed(problem=Problem("type.lost_digits"))
    return Parsed(as_text(cell), repair="text")


def _is_long(cell: Cell) -> bool:
    """Whether a number has more digits than a spreadsheet keeps (W13, W35)."""
    return isinstance(cell, int | float) and abs(cell) >= MOST


def _is_midnight(at: datetime) -> bool:
    """Nobody types seconds into a date: those after midnight are an editor's slip (see ``_SLIP``)."""
    return (at.hour, at.minute) == (0, 0)
