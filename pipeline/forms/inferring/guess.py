"""What a column of an administrator's own form is: its type, bounds and list, and why it is thought to be so.

In this order: the validation of its cells, their number format, the values there, the words of its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.catalogue import text
from pipeline.forms.inferring.surroundings import (
    Area,
    DressedBook,
    DressedSheet,
    Validation,
    parse_area,
)
from pipeline.forms.inferring.tables import (
    Table,
    has_star,
    without_star,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Formula,
)
from pipeline.forms.workbooks.values import (
    as_text,
    is_blank,
    match_key,
    normalise,
)

_BIG = 999_999_999_999_999
_FIRST_DAY, _LAST_DAY = date(1900, 3, 1), date(9999, 12, 31)
_DAY_ZERO = date(1899, 12, 30)
_LONGEST_CELL = 32_767
_SAMPLES = 200
_MOST_VALUES = 5_000
_LONGEST_VALUE = 255
_NUMBER = re.compile(r"[+-]?(\d{1,15})(\.\d{1,15})?([eE][+-]?\d{1,2})?")
_QUOTED_DATE = re.compile(r'"?(\d{2})\.(\d{2})\.(\d{4})"?|"?(\d{4})-(\d{2})-(\d{2})"?')
_DATE_CALL = re.compile(r"DATE\((\d{4}),(\d{1,2}),(\d{1,2})\)", re.IGNORECASE)
_QUALIFIED = re.compile(r"\A(?:'((?:[^']|'')+)'|([^'!\s()\[\]]+))!(.+)")
_NAME = re.compile(r"[^\W\d][\w.]*")
_WORDS: tuple[tuple[str, str], ...] = (
    ("date", r"\bдат[аы]\b|\bдень рожд|\bсрок\b"),
    ("code", r"\bкод\b|\bинн\b|\bкпп\b|\bогрн|\bоктмо\b|\bоквэд|\bснилс\b|\bиндекс\b|\bтелефон|\bшифр\b"),
    ("decimal", r"\bсумм|\bпроцент|%|\bдол[яи]\b|\bруб|\bсредн|\bплощадь|\bобъ[её]м"),
    ("int", r"\bколичеств|\bкол-?\s?во\b|\bчисло\b|\bчисленност|\bвсего\b|\bсколько\b|\bчел\b"),
)


@dataclass
class Guess:
    """A column as far as the workbook shows it. ``notes`` say where each part comes from, ``values`` is its list."""

    title: str
    type: str = "text"
    required: bool = False
    range: tuple[Any, Any] | None = None
    length: tuple[int | None, int | None] | None = None
    values: tuple[str, ...] = ()
    list_name: str = ""
    prompt: str = ""
    notes: list[str] = field(default_factory=list)

    def note(self, code: str, **values: object) -> None:
        """Write down a remark for the author."""
        self.notes.append(text(f"infer.{code}", **values))


def guess_column(book: DressedBook, sheet: DressedSheet, table: Table, column: int) -> Guess:
    """Return what ``column`` of ``table`` is."""
    written = table.titles[column]
    guess = Guess(without_star(written), required=has_star(written) or has_star(table.kinds.get(column, "")))
    rules = [rule for rule in sheet.validations if rule.covers(table.first, column)]
    if not rules:
        rules = [rule for rule in sheet.validations if any(_in_table(area, table, column) for area in rule.areas)]
    telling = [rule for rule in rules if rule.kind != "none"]
    guess.prompt = next((rule.prompt or rule.error for rule in rules if rule.prompt or rule.error), "")
    if not (telling and _Rules(book, sheet, guess).take(telling[0])):
        looks = (_by_kind, _by_look, _by_values, _by_title)
        next(look for look in looks if look(guess, sheet, table, column))
    if guess.length and _kind_word(table, column) == "code":
        guess.type = "code"
    if len(telling) > 1:
        guess.note("several_validations")
    return guess


def _in_table(area: Area, table: Table, column: int) -> bool:
    return area.left <= column <= area.right and area.top <= table.last and area.bottom >= table.first


class _Rules:
    """A validation → type, bounds or list."""

    def __init__(self, book: DressedBook, sheet: DressedSheet, guess: Guess) -> None:
        self.book, self.sheet, self.guess = book, sheet, guess

    def take(self, rule: Validation) -> bool:
        """Put what ``rule`` says into the guess; False where it says nothing about the type."""
        guess = self.guess
        if rule.kind == "list":
            return self._list(rule.low)
        if rule.kind in ("whole", "decimal", "date"):
            guess.type = {"whole": "int"}.get(rule.kind, rule.kind)
            guess.range = self._bounds(rule)
            return True
        if rule.kind == "textLength":
            guess.type = "text"
            guess.length = self._bounds(rule)
            return True
        guess.note("time" if rule.kind == "time" else "custom", formula=_shown(rule.low))
        return False

    def _list(self, formula: str) -> bool:
        guess = self.guess
        found = self._listed(formula)
        if found is None:
            guess.note("unknown_list", formula=_shown(formula))
            return False
        name, values, long = found
        yes_no = {match_key(text("forms.yes")), match_key(text("forms.no"))}
        if {match_key(value) for value in values} == yes_no:
            guess.type = "bool"
            return True
        if not values:
            guess.note("empty_list", formula=_shown(formula))
            return False
        if long:
            guess.note("long_values", limit=_LONGEST_VALUE)
        guess.type, guess.values, guess.list_name = "choice", values, name
        return True

    def _listed(self, formula: str, depth: int = 0) -> tuple[str, tuple[str, ...], bool] | None:
        """(name, values, whether some were too long to keep) of a list's formula; None when it cannot be followed."""
        if formula.startswith('"') and formula.endswith('"') and len(formula) > 1:
            inside = formula[1:-1].replace('""', '"')
            return "", *_tidy(inside.split(","))
        if (area := self._area(formula)) is not None:
            sheet, where = area
            return "", *_tidy(_cells(sheet, where))
        target = self.book.names.get(formula.casefold()) if _NAME.fullmatch(formula) else None
        if target is None or depth > 3:
            return None
        found = self._listed(target.removeprefix("="), depth + 1)
        return (formula, *found[1:]) if found else None

    def _area(self, formula: str) -> tuple[DressedSheet, Area] | None:
        found = _QUALIFIED.fullmatch(formula)
        if found is None:
            area = parse_area(formula)
            return (self.sheet, area) if area else None
        sheet = self.book.sheet((found[1] or found[2]).replace("''", "'"))
        area = parse_area(found[3])
        return (sheet, area) if sheet and area else None

    def _bounds(self, rule: Validation) -> tuple[Any, Any] | None:
        low = self._bound(rule.low)
        high = self._bound(rule.high)
        if low is None or (rule.operator == "between" and high is None):
            self.guess.note("unknown_bounds", formula=_shown(f"{rule.low} {rule.high}".strip()))
            return None
        step: Any = timedelta(1) if isinstance(low, date) else 1
        if rule.kind == "decimal" and rule.operator in ("greaterThan", "lessThan"):
            step = 0
            self.guess.note("strict_bound", value=as_text(low))
        try:
            pair = {
                "between": (low, high),
                "equal": (low, low),
                "greaterThanOrEqual": (low, None),
                "lessThanOrEqual": (None, low),
                "greaterThan": (low + step, None),
                "lessThan": (None, low - step),
            }.get(rule.operator)
        except OverflowError:
            pair = None
        if pair is None:
            self.guess.note("unknown_operator", operator=rule.operator, formula=_shown(f"{rule.low} {rule.high}"))
            return None
        return self._kept(rule.kind, *pair)

    def _kept(self, kind: str, low: Any, high: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - numbers or dates
        """Bounds that bound something and fit the type; «any number» is written as the widest bounds there are."""
        wants_date = kind == "date"
        for bound in (low, high):
            if bound is not None and isinstance(bound, date) != wants_date:
                self.guess.note("unknown_bounds", formula=as_text(bound))
                return None
        if wants_date:
            low, high = (None if low and low <= _FIRST_DAY else low), (None if high and high >= _LAST_DAY else high)
        elif kind == "textLength":
            low = max(0, int(low)) or None if low is not None else None
            high = None if high is None or high >= _LONGEST_CELL else max(0, int(high))
        else:
            low, high = (
                (None if low is not None and low <= -_BIG else low),
                (None if high is not None and high >= _BIG else high),
            )
        if kind == "whole":
            low, high = (bound if bound is None else round(bound) for bound in (low, high))
        if low is not None and high is not None and low > high:
            self.guess.note("crossed", low=as_text(low), high=as_text(high))
            low, high = high, low
        return None if low is None and high is None else (low, high)

    def _bound(self, formula: str) -> Any:  # noqa: ANN401 - a number, a date, or None where it cannot be known
        kind = self.guess.type
        written = formula.replace(" ", "")
        if found := _DATE_CALL.fullmatch(written):
            return _day(int(found[1]), int(found[2]), int(found[3]))
        if found := _QUOTED_DATE.fullmatch(written):
            parts = (found[3], found[2], found[1]) if found[1] else (found[4], found[5], found[6])
            return _day(*(int(part) for part in parts))
        value: Cell = None
        if _NUMBER.fullmatch(written):
            value = float(written) if re.search(r"[.eE]", written) else int(written)
        elif (area := self._area(formula)) is not None:
            sheet, where = area
            value = sheet.raw.cell(where.top, where.left)
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, bool) or not isinstance(value, int | float | date):
            return None
        if kind == "date" and not isinstance(value, date):
            return _DAY_ZERO + timedelta(int(value)) if 0 <= value <= (_LAST_DAY - _DAY_ZERO).days else None
        return int(value) if isinstance(value, float) and value == int(value) else value


def _kind_word(table: Table, column: int) -> str:
    """The type that the row of kinds names; «Число» says too little."""
    word = match_key(without_star(table.kinds.get(column, "")))
    kinds = {match_key(text(f"forms.kind.{kind}")): kind for kind in ("text", "date", "bool", "code")}
    return kinds.get(word, "")


def _by_kind(guess: Guess, sheet: DressedSheet, table: Table, column: int) -> bool:
    del sheet
    kind = _kind_word(table, column)
    guess.type = kind or guess.type
    return bool(kind)


def _by_look(guess: Guess, sheet: DressedSheet, table: Table, column: int) -> bool:
    look = sheet.look(table.first, column)
    code = re.sub(r'"[^"]{0,255}"|\\.|_.|\*.|\[[^\]]{0,255}\]', "", look.code or "").split(";")[0]
    if look.is_date:
        guess.type = "date"
    elif look.number in ("2", "4", "10", "39", "40") or re.search(r"[0#][.,]0|0%", code):
        guess.type = "decimal"
    elif look.number in ("1", "3", "37", "38") or re.fullmatch(r"\A[#,0 ]*0", code):
        guess.type = "int"
    else:
        return False
    guess.note("by_format")
    return True


def _by_values(guess: Guess, sheet: DressedSheet, table: Table, column: int) -> bool:
    """The values in the column, when there are any and they agree."""
    samples = [
        cell
        for row in sorted(sheet.raw.rows)
        if table.first <= row <= min(table.last, table.until, table.first + _SAMPLES)
        and not is_blank(cell := sheet.raw.cell(row, column))
        and not isinstance(cell, CellError | Formula)
    ]
    if not samples:
        return False
    kinds = {_kind(cell) for cell in samples}
    if kinds <= {"int", "decimal"}:
        guess.type = "decimal" if "decimal" in kinds else "int"
    elif len(kinds) == 1:
        guess.type = kinds.pop()
    else:
        guess.type = "text"
    guess.note("by_values", value=_shown(as_text(samples[0])))
    return True


def _kind(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, date):
        return "date"
    if isinstance(cell, int):
        return "int"
    if isinstance(cell, float):
        return "decimal"
    digits = re.fullmatch(r"[\d.\- ]{2,}", str(cell))
    return "code" if digits and any(sign.isdigit() for sign in str(cell)) else "text"


def _by_title(guess: Guess, sheet: DressedSheet, table: Table, column: int) -> bool:
    del sheet, table, column
    title = guess.title.casefold()
    guess.type = next((kind for kind, words in _WORDS if re.search(words, title)), "text")
    guess.note("by_title" if guess.type != "text" else "by_nothing")
    return True


def _cells(sheet: DressedSheet, area: Area) -> Iterator[str]:
    for row in sorted(sheet.raw.rows):
        if area.top <= row <= area.bottom:
            cells = sheet.raw.rows[row]
            for column in sorted(cells):
                cell = cells[column]
                if area.left <= column <= area.right and not isinstance(cell, CellError | Formula):
                    yield as_text(cell)


def _tidy(values: Sequence[str] | Iterator[str]) -> tuple[tuple[str, ...], bool]:
    """The values once each, without blanks; and whether some were left out for their length."""
    kept: dict[str, str] = {}
    long = False
    for value in values:
        clean = " ".join(normalise(value).split())
        if len(clean) > _LONGEST_VALUE:
            long = True
        elif clean and len(kept) < _MOST_VALUES:
            kept.setdefault(match_key(clean), clean)
    return tuple(kept.values()), long


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shown(value: str) -> str:
    return value if len(value) <= 80 else value[:79] + "…"
