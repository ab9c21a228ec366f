"""``check: not_before``: a date is not earlier than another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

import polars as pl
from pydantic import Strict

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.sheets import Outline, Place
from pipeline.forms.parts.spec import Line
from pipeline.forms.parts.words import value_text
from pipeline.forms.rules.rule import CheckRule, Demand, PlaceRule, demand, unknown_columns


class NotBeforeRule(CheckRule, PlaceRule):
    """The date ``of`` is not earlier than ``than``: another date column or a date."""

    EXAMPLE = """\
id: ORDER
on: one
check: not_before
of: finish
than: start
examples:
  pass: [{start: 2021-09-15, finish: 2021-09-15}]
  fail: [{start: 2021-09-15, finish: 2021-09-14}]
"""

    check: Literal["not_before"]
    of: Line
    than: Annotated[date, Strict()] | Line

    def words(self, form: Outline) -> str:
        """««Конец» не должна быть раньше: «Начало»»"""
        titles = form.place(self.on[0]).titles
        than = value_text(self.than) if isinstance(self.than, date) else f"«{titles[self.than]}»"
        return text("forms.rule.not_before", of=titles[self.of], than=than)

    def mistakes_at(self, place: Place, path: Path) -> Iterator[Mistake]:
        """The columns are there and hold dates."""
        yield from unknown_columns(path, "of", (self.of,), place, ("date",))
        if not isinstance(self.than, date):
            yield from unknown_columns(path, "than", (self.than,), place, ("date",))

    def demands_at(self, place: Place) -> Iterator[Demand]:
        """The date is not earlier than the other."""
        than = pl.lit(self.than) if isinstance(self.than, date) else pl.col(self.than)
        yield demand(place, self.of, pl.col(self.of) >= than)
