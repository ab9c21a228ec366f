"""``check: unique``: no two rows agree in all columns ``of``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.marks import POS, RET, complete, position
from pipeline.forms.parts.sheets import Outline, Place
from pipeline.forms.parts.spec import Names
from pipeline.forms.rules.rule import CheckRule, Demand, PlaceRule, blamed, demand, unknown_columns


class UniqueRule(CheckRule, PlaceRule):
    """No two rows of a sheet agree in all columns ``of``; rows where one of them is empty do not count."""

    EXAMPLE = """\
id: REPEAT
on: one
check: unique
of: [kind, a]
examples:
  pass: [{kind: x, a: 1}, {kind: x, a: 2}]
  fail: [{kind: x, a: 1}, {kind: x, a: 1}]
"""

    check: Literal["unique"]
    of: Names

    def words(self, form: Outline) -> str:
        """«Строки не должны повторяться: «Предмет», «Дата»»"""
        return text("forms.rule.unique", columns=form.place(self.on[0]).joined(self.of))

    def mistakes_at(self, place: Place, path: Path) -> Iterator[Mistake]:
        """The columns are there."""
        return unknown_columns(path, "of", self.of, place)

    def demands_at(self, place: Place) -> Iterator[Demand]:
        """The row is the first of its workbook with these values."""
        first = pl.col(POS) == pl.col(POS).min().over([RET, *self.of])
        yield demand(place, blamed(self.of, place), first | ~complete(self.of), position())
