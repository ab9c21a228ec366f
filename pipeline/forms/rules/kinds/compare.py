"""``compare``: an arithmetic comparison over the columns of a row, such as ``people <= rooms * 15``."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.arithmetic import NUMBERS, holds, holds_for_dates
from pipeline.forms.parts.expression import Column, Comparison, ExpressionError, in_words, parse, place_of
from pipeline.forms.parts.sheets import Outline, Place
from pipeline.forms.parts.spec import Line
from pipeline.forms.rules.rule import Demand, PlaceRule, demand


class CompareRule(PlaceRule):
    """An arithmetic comparison over the columns of a row, such as ``people <= rooms * 15`` (see ``expression``)."""

    EXAMPLE = """\
id: SUM
on: one
compare: a >= sum(b, c)
examples:
  pass: [{a: 3, b: 1, c: 2}]
  fail: [{a: 3, b: 2, c: 2}]
"""
    WRITTEN_BY = ("compare",)

    compare: Line
    of: Line | None = None

    @property
    def kind(self) -> str:
        """``compare``."""
        return "compare"

    def words(self, form: Outline) -> str:
        """«Должно выполняться: «Количество участников» ≤ «Количество аудиторий» × 15»"""
        return text("forms.rule.compare", expression=in_words(self.compare, form.place(self.on[0]).titles))

    def mistakes_at(self, place: Place, path: Path) -> Iterator[Mistake]:
        """The comparison can be read, and its columns are numbers, or two dates."""
        written = (*path, "compare")
        try:
            comparison = parse(self.compare)
        except ExpressionError as error:
            yield Mistake(written, *_unread(self.compare, error))
            return
        if not comparison.columns:
            yield Mistake(written, "author.expression_without_columns")
            return
        if self.of is not None and self.of not in comparison.columns:
            yield Mistake((*path, "of"), "author.unknown_column", {"wrong": self.of, "right": comparison.columns})
        bare = isinstance(comparison.left, Column) and isinstance(comparison.right, Column)
        types = ("date",) if bare and _has_date(comparison, place) else NUMBERS
        for name in comparison.columns:
            yield from _in_expression(written, self.compare, name, place, types)

    def demands_at(self, place: Place) -> Iterator[Demand]:
        """The comparison holds; where a value is not known it says nothing."""
        comparison = parse(self.compare)
        ok = holds_for_dates(comparison) if _has_date(comparison, place) else holds(comparison)
        yield demand(place, self.of or comparison.columns[0], ok)


def _has_date(comparison: Comparison, place: Place) -> bool:
    return any(place.columns[name].type == "date" for name in comparison.columns if name in place.columns)


def _unread(written: str, error: ExpressionError) -> tuple[str, dict[str, object]]:
    """The sentence about an expression that cannot be read, and what it needs: it points at the sign."""
    if not error.near:
        return "author.expression_ends", {"expression": written}
    if error.near in ("<", ">", "=", "<=", ">=", "!=", "=="):
        return "author.expression_twice", {"expression": written, "at": error.at, "near": error.near}
    return "author.bad_expression", {"expression": written, "at": error.at, "near": error.near}


def _in_expression(path: Path, written: str, name: str, place: Place, types: tuple[str, ...]) -> Iterator[Mistake]:
    at = place_of(written, name)
    if name not in place.columns:
        right = [key for key, column in place.columns.items() if column.type in (*NUMBERS, "date")]
        values = {"wrong": name, "right": right or list(place.columns), "at": at}
        yield Mistake(path, "author.unknown_in_expression", values)
    elif place.columns[name].type not in types:
        values = {"column": name, "at": at, "type": place.columns[name].type, "types": ", ".join(types)}
        yield Mistake(path, "author.wrong_in_expression", values)
