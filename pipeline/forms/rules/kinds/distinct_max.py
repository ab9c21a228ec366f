"""``check: distinct_max``: at most so many different values within each group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.marks import POS, RET, complete, position
from pipeline.forms.parts.sheets import Outline, Place
from pipeline.forms.parts.spec import Count, Line, Names
from pipeline.forms.rules.rule import CheckRule, Demand, PlaceRule, demand, unknown_columns

_SEEN = "@seen"


class DistinctMaxRule(CheckRule, PlaceRule):
    """At most ``max`` different values of ``of`` within each group ``by``."""

    EXAMPLE = """\
id: DAYS
on: one
check: distinct_max
of: start
by: kind
max: 1
examples:
  pass: [{kind: x, start: 2021-09-15}, {kind: y, start: 2021-09-16}]
  fail: [{kind: x, start: 2021-09-15}, {kind: x, start: 2021-09-16}]
"""

    check: Literal["distinct_max"]
    of: Line
    by: Names = ()
    max: Count

    def words(self, form: Outline) -> str:
        """«Разных значений «Дата» не больше 5 на каждое сочетание: «Предмет»»"""
        place = form.place(self.on[0])
        if not self.by:
            return text("forms.rule.distinct_max.all", of=place.titles[self.of], max=self.max)
        return text("forms.rule.distinct_max", of=place.titles[self.of], max=self.max, by=place.joined(self.by))

    def mistakes_at(self, place: Place, path: Path) -> Iterator[Mistake]:
        """The columns are there."""
        yield from unknown_columns(path, "of", (self.of,), place)
        yield from unknown_columns(path, "by", self.by, place)

    def demands_at(self, place: Place) -> Iterator[Demand]:
        """The value is among the first ``max`` different ones of its group: a later one is at fault."""
        counts = complete((self.of, *self.by))
        # Where the value is first seen in its group; null where the row does not count.
        seen = pl.when(counts).then(pl.col(POS)).min().over([RET, *self.by, self.of]).alias(_SEEN)
        ok = pl.col(_SEEN).rank("dense").over([RET, *self.by]) <= self.max
        yield demand(place, self.of, ok, position(), seen)
