"""The shape of a rule: what each file of ``kinds`` fills in, and what all rules have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

import polars as pl
from pydantic import Field

from pipeline.authoring.mistake import Mistake, Path
from pipeline.forms.parts.marks import WORKBOOK
from pipeline.forms.parts.sheets import Outline, Place, SheetSpec
from pipeline.forms.parts.spec import Name, Names, Paragraph, Row, RuleId, SeverityName, Spec

_GENITIVE = ("нуля", "одного", "двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти", "десяти")


@dataclass(frozen=True, slots=True)
class Demand:
    """What a rule asks of one column: ``ok`` is False where a row of ``place`` is at fault; null passes, as in SQL.

    ``place`` is a sheet, an unpivot or the workbook as a whole, ``at`` the column of its frame that the check belongs
    to; ``sheet`` and ``column`` are what a finding points at. ``helpers`` are columns that ``ok`` needs, made one after
    another: polars has no expression over groups of rows within another. ``sums`` are the columns, each
    ``sheet.column``, whose sums the finding shows.
    """

    place: str
    at: str
    sheet: str
    column: str | None
    ok: pl.Expr
    helpers: tuple[pl.Expr, ...] = ()
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """A sum that a rule needs in the row of the workbook: ``value`` over the rows of ``sheet``, called ``name`` there.

    A sheet without rows adds up to nothing.
    """

    name: str
    sheet: str
    value: pl.Expr


class Examples(Spec):
    """A passing and a failing example of a rule: rows of its sheet, or ``{sheet id: rows}`` for several sheets."""

    passing: tuple[Row, ...] | dict[Name, tuple[Row, ...]] = Field(alias="pass")
    failing: tuple[Row, ...] | dict[Name, tuple[Row, ...]] = Field(alias="fail")


class RuleBase(Spec):
    """Common to all rules. ``id`` is permanent; ``text`` is the rule in words, ``message`` what a finding says.

    Both texts may hold ``{max}``, ``{min}`` and the like, filled from the rule itself; left out, they are generated.
    A kind fills in the abstract methods, and ``EXAMPLE``: a rule of its kind in YAML with its own examples, for the
    form of tests/factories/probe.py.
    """

    EXAMPLE: ClassVar[str]
    WRITTEN_BY: ClassVar[tuple[str, ...]] = ()
    """The keys by which a rule of this kind is known, where that is not ``check``."""

    id: RuleId
    on: Annotated[Names, Field(min_length=1)]
    severity: SeverityName = "error"
    text: Paragraph | None = None
    message: Paragraph | None = None
    examples: Examples | None = None

    @property
    @abstractmethod
    def kind(self) -> str:
        """The stable name of the kind: the code of its findings."""

    @abstractmethod
    def words(self, form: Outline) -> str:
        """Return what the rule demands, made from its keys and the titles of ``form``."""

    @abstractmethod
    def demands(self, form: Outline) -> Iterator[Demand]:
        """Yield a demand for each column that a finding of the rule may point at."""

    def mistakes(self, form: Outline, path: Path) -> Iterator[Mistake]:
        """Yield what does not agree between the rule, written at ``path``, and the rest of ``form``."""
        known = self.known_places(form)
        unknown = [name for name in self.on if name not in known]
        for name in unknown:
            yield Mistake((*path, "on"), "author.unknown_place", {"wrong": name, "right": known})
        if unknown:
            return
        found = [*self.own_mistakes(form, path)]
        yield from found
        yield from self.doubts(form, path)
        if not found:
            yield from _text_mistakes(path, self)
            yield from _example_mistakes(form, path, self)

    def own_mistakes(self, form: Outline, path: Path) -> Iterator[Mistake]:
        """Yield what makes the rule unreadable: columns that are not there, types that do not fit."""
        del form, path
        return iter(())

    def doubts(self, form: Outline, path: Path) -> Iterator[Mistake]:
        """Yield mistakes that leave the rule readable, such as a value that its column can never hold."""
        del form, path
        return iter(())

    def known_places(self, form: Outline) -> list[str]:
        """Return what ``on`` may name."""
        return list(form.places)

    def totals(self) -> Iterator[Total]:
        """Yield the sums over sheets that ``demands`` on the workbook as a whole need."""
        return iter(())

    def asks_for(self, sheet: SheetSpec, column: str) -> bool:
        """Whether the rule may require a value in a cell of ``column``: the prompt of that cell then says the rule."""
        del sheet, column
        return False


class CheckRule(RuleBase):
    """A rule whose kind is written ``check: KIND``."""

    check: str

    @property
    def kind(self) -> str:
        """The word after ``check``."""
        return self.check


class PlaceRule(RuleBase):
    """A rule that speaks of one place at a time: each of ``on``."""

    def own_mistakes(self, form: Outline, path: Path) -> Iterator[Mistake]:
        """The mistakes at every place."""
        for name in self.on:
            yield from self.mistakes_at(form.place(name), path)

    def demands(self, form: Outline) -> Iterator[Demand]:
        """The demands at every place."""
        for name in self.on:
            yield from self.demands_at(form.place(name))

    @abstractmethod
    def mistakes_at(self, place: Place, path: Path) -> Iterator[Mistake]:
        """Yield what makes the rule unreadable at ``place``."""

    @abstractmethod
    def demands_at(self, place: Place) -> Iterator[Demand]:
        """Yield the demands at ``place``."""


def demand(place: Place, column: str, ok: pl.Expr, *helpers: pl.Expr) -> Demand:
    """Return a demand on ``column`` of ``place``."""
    return Demand(place.name, column, place.sheet.id, column, ok, helpers)


def workbook_demand(at: str, sheet: str, column: str | None, ok: pl.Expr) -> Demand:
    """Return a demand on the workbook as a whole; its finding names ``sheet`` and ``column``, and no row."""
    return Demand(WORKBOOK, at, sheet, column, ok)


def blamed(of: Iterable[str], place: Place) -> str:
    """Return the column that a finding on several columns points at: a category's own one first, else the first."""
    names = tuple(of)
    fields = [name for name in names if name in place.columns and name != place.columns[name].id]
    others = [name for name in names if name != "category"]
    return (fields or others or list(place.columns))[0]


def unknown_columns(
    path: Path, key: str | None, names: Iterable[str], place: Place, types: tuple[str, ...] = ()
) -> Iterator[Mistake]:
    """Yield a mistake for each of ``names`` that is no column of ``place``, or not of ``types``.

    They are written under ``key`` of ``path``; None where they are keys themselves.
    """
    for name in names:
        written = (*path, name if key is None else key)
        if name not in place.columns:
            yield Mistake(written, "author.unknown_column", {"wrong": name, "right": list(place.columns)})
        elif types and place.columns[name].type not in types:
            values = {"column": name, "type": place.columns[name].type, "types": ", ".join(types)}
            yield Mistake(written, "author.wrong_type", values)


def rule_text(form: Outline, rule: RuleBase) -> str:
    """Return what ``rule`` demands, in words: its own ``text`` or one made from its keys."""
    return fill(rule.text, rule) if rule.text is not None else rule.words(form)


def rule_message(form: Outline, rule: RuleBase) -> str:
    """Return what a finding of ``rule`` says: the author's message, else the rule in words."""
    return fill(rule.message, rule) if rule.message is not None else rule_text(form, rule)


def fill(template: str, rule: RuleBase) -> str:
    """Put the rule's own numbers into a text of the author: ``{max}``, ``{min}``, ``{max:genitive}``."""
    facts = Facts(rule)
    return template.format(min=facts.min, max=facts.max)


class Facts:
    """What ``{RULE.max}`` in a hint reaches: the numbers of one rule."""

    def __init__(self, rule: RuleBase) -> None:
        self.min = _Number(getattr(rule, "min", None) or 0)
        self.max = _Number(getattr(rule, "max", None) or 0)


class _Number(int):
    """A number that a text may take in words: ``{max:genitive}`` of 5 → «пяти»."""

    def __format__(self, spec: str) -> str:
        if spec == "genitive":
            return _GENITIVE[self] if 0 <= self < len(_GENITIVE) else str(int(self))
        return super().__format__(spec)


def _text_mistakes(path: Path, rule: RuleBase) -> Iterator[Mistake]:
    for key, template in (("text", rule.text), ("message", rule.message)):
        if template is None:
            continue
        try:
            fill(template, rule)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            yield Mistake((*path, key), "author.placeholder", {"value": str(error).strip("'")})


def _example_mistakes(form: Outline, path: Path, rule: RuleBase) -> Iterator[Mistake]:
    if rule.examples is None:
        return
    for key, rows in (("pass", rule.examples.passing), ("fail", rule.examples.failing)):
        written = (*path, "examples", key)
        if not isinstance(rows, dict) and not rule.on:
            yield Mistake(written, "author.example_needs_sheets", {"sheets": ", ".join(form.by_id)})
            continue
        by_sheet = rows if isinstance(rows, dict) else {form.places[rule.on[0]].id: rows}
        for sheet_id, items in by_sheet.items():
            if sheet_id not in form.by_id:
                values = {"wrong": sheet_id, "right": list(form.by_id)}
                yield Mistake((*written, sheet_id), "author.unknown_place", values)
                continue
            inside: Path = (*written, sheet_id) if isinstance(rows, dict) else written
            for index, row in enumerate(items):
                yield from unknown_columns((*inside, index), None, row, form.place(sheet_id))
