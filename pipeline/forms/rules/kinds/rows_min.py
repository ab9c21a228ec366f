"""``check: rows_min``: several sheets together hold so many rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from pipeline.catalogue import text
from pipeline.forms.parts.marks import rows_of
from pipeline.forms.parts.sheets import Outline
from pipeline.forms.parts.spec import Count
from pipeline.forms.parts.words import rows_text
from pipeline.forms.rules.rule import CheckRule, Demand, workbook_demand


class RowsMinRule(CheckRule):
    """The sheets ``on`` hold together at least ``min`` filled rows (W22)."""

    EXAMPLE = """\
id: SOME
on: [one, two]
check: rows_min
min: 2
examples:
  pass: {one: [{a: 1}], two: [{total: 1}]}
  fail: {one: [{a: 1}]}
"""

    check: Literal["rows_min"]
    min: Count

    def words(self, form: Outline) -> str:
        """«На листах «А», «Б» вместе нужно заполнить хотя бы 1 строку»"""
        sheets = ", ".join(f"«{form.sheet(sheet_id).title}»" for sheet_id in self.on)
        return text("forms.rule.rows_min", sheets=sheets, rows=rows_text(self.min))

    def known_places(self, form: Outline) -> list[str]:
        """Sheets: the rows of an unpivot are no rows of a sheet."""
        return list(form.by_id)

    def demands(self, form: Outline) -> Iterator[Demand]:
        """The rows of the sheets add up to enough; the finding names the first sheet."""
        del form
        ok = pl.sum_horizontal(pl.col(rows_of(sheet_id)) for sheet_id in self.on) >= self.min
        yield workbook_demand(rows_of(self.on[0]), self.on[0], None, ok)
