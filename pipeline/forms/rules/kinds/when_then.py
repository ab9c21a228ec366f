"""``when`` with ``then``: where every condition holds, cells are empty, filled, or hold a value."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from pydantic import Field

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.conditions import When, all_hold, value_mistakes, when_mistakes, when_words
from pipeline.forms.parts.marks import present
from pipeline.forms.parts.sheets import Outline, Place, SheetSpec
from pipeline.forms.parts.spec import Name, Names, Spec, Value
from pipeline.forms.parts.words import value_text
from pipeline.forms.rules.rule import Demand, PlaceRule, demand, unknown_columns


class Then(Spec):
    """What must hold where the condition does."""

    empty: Names = ()
    required: Names = ()
    equals: dict[Name, Value] = Field(default_factory=dict)


class WhenThenRule(PlaceRule):
    """Where every condition of ``when`` holds, ``then`` must hold.

    A condition is ``column: value``, ``column: [values]`` or ``column: {filled: true}``.
    """

    EXAMPLE = """\
id: BOTH
on: one
when: {a: {filled: true}}
then: {required: b}
examples:
  pass: [{a: 1, b: 1}, {b: 1}]
  fail: [{a: 1}]
"""
    WRITTEN_BY = ("when", "then")

    when: When
    then: Then

    @property
    def kind(self) -> str:
        """``when_then``."""
        return "when_then"

    def words(self, form: Outline) -> str:
        """«Если «Предмет» — «Химия», то заполните: «Дата»»"""
        place = form.place(self.on[0])
        demands: list[str] = []
        if self.then.empty:
            demands.append(text("forms.then.empty", columns=place.joined(self.then.empty)))
        if self.then.required:
            demands.append(text("forms.then.required", columns=place.joined(self.then.required)))
        demands.extend(
            text("forms.then.equals", column=place.titles[column], value=value_text(value))
            for column, value in self.then.equals.items()
        )
        return text(
            "forms.rule.when_then",
            conditions=when_words(self.when, place),
            demands=text("forms.then.and").join(demands),
        )

    def mistakes_at(self, place: Place, path: Path) -> Iterator[Mistake]:
        """The columns are there, and ``then`` demands something."""
        then = (*path, "then")
        yield from unknown_columns((*path, "when"), None, self.when, place)
        yield from unknown_columns(then, "empty", self.then.empty, place)
        yield from unknown_columns(then, "required", self.then.required, place)
        yield from unknown_columns((*then, "equals"), None, self.then.equals, place)
        if not (self.then.empty or self.then.required or self.then.equals):
            yield Mistake(then, "author.then_nothing")

    def doubts(self, form: Outline, path: Path) -> Iterator[Mistake]:
        """Values that a column can never hold: a rule with one would never speak."""
        for name in self.on:
            place = form.place(name)
            yield from when_mistakes(self.when, place, (*path, "when"))
            for column, value in self.then.equals.items():
                yield from value_mistakes(value, place, column, (*path, "then", "equals", column))

    def demands_at(self, place: Place) -> Iterator[Demand]:
        """A demand for each column of ``then``; a row that is opted out need not be filled."""
        otherwise = ~all_hold(self.when)
        for column in self.then.empty:
            yield demand(place, column, otherwise | ~present(column))
        for column in self.then.required:
            yield demand(place, column, otherwise | present(column) | place.waived)
        for column, value in self.then.equals.items():
            yield demand(place, column, otherwise | (pl.col(column) == pl.lit(value)))

    def asks_for(self, sheet: SheetSpec, column: str) -> bool:
        """Where ``then`` requires the column, by its id or as a field of the sheet's unpivot."""
        required = set(self.then.required)
        if sheet.id in self.on and column in required:
            return True
        if sheet.unpivot is None or sheet.unpivot.name not in self.on:
            return False
        categories = sheet.unpivot.category.values()
        return any(name in required and of == column for fields in categories for name, of in fields.items())
