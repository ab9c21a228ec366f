"""``check: count_range``: each group has so many rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from pipeline.authoring.mistake import Mistake, Path
from pipeline.forms.parts.marks import POS, RET, complete, position
from pipeline.forms.parts.sheets import Outline, Place
from pipeline.forms.parts.spec import Count, Line, Names
from pipeline.forms.parts.words import bounds_text
from pipeline.forms.rules.rule import CheckRule, Demand, PlaceRule, blamed, demand, unknown_columns

_NUMBER = "@number"


class CountRangeRule(CheckRule, PlaceRule):
    """Each group ``by`` has from ``min`` to ``max`` filled rows; ``of`` names the column whose filled cells count."""

    EXAMPLE = """\
id: PAIRS
on: one
check: count_range
by: kind
min: 2
max: 2
examples:
  pass: [{kind: x, a: 1}, {kind: x, a: 2}]
  fail: [{kind: x, a: 1}]
"""

    check: Literal["count_range"]
    by: Names = ()
    of: Line | None = None
    min: Count = 0
    max: Count | None = None

    def words(self, form: Outline) -> str:
        """«Число строк в группе должно быть от 2 до 3»"""
        del form
        return bounds_text("forms.rule.count_range", self.min or None if self.max is not None else self.min, self.max)

    def mistakes_at(self, place: Place, path: Path) -> Iterator[Mistake]:
        """The columns are there, and the bounds do not cross."""
        yield from unknown_columns(path, "of", () if self.of is None else (self.of,), place)
        yield from unknown_columns(path, "by", self.by, place)
        if self.max is not None and self.min > self.max:
            yield Mistake((*path, "min"), "author.crossed", {"low": self.min, "high": self.max})

    def demands_at(self, place: Place) -> Iterator[Demand]:
        """The rows too many are at fault, or the last row of too few."""
        group = [RET, *self.by]
        counts = complete((*self.by, *(() if self.of is None else (self.of,))))
        # The row's number among those of its group that count; null where it does not count.
        number = pl.when(counts).then(pl.col(POS)).rank("ordinal").over(group).alias(_NUMBER)
        here, last = pl.col(_NUMBER), pl.col(_NUMBER).max().over(group)
        enough = (last >= self.min) | (here < last)
        ok = enough if self.max is None else enough & (here <= self.max)
        yield demand(place, self.of or blamed(self.by or place.columns, place), ok, position(), number)
