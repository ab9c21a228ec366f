"""``check: totals_equal``: sums over sheets agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

import polars as pl

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.arithmetic import NUMBERS, agree
from pipeline.forms.parts.marks import bad, total_of
from pipeline.forms.parts.sheets import Outline
from pipeline.forms.parts.spec import Names
from pipeline.forms.rules.rule import CheckRule, Demand, Total, workbook_demand


class TotalsEqualRule(CheckRule):
    """The sum of the columns ``left`` equals the sum of ``right``; each is written ``sheet.column``."""

    EXAMPLE = """\
id: TOTALS
check: totals_equal
left: [one.a, one.b]
right: two.total
examples:
  pass: {one: [{a: 1, b: 2}], two: [{total: 3}]}
  fail: {one: [{a: 1, b: 2}], two: [{total: 4}]}
"""

    check: Literal["totals_equal"]
    on: Names = ()
    left: Names
    right: Names

    def words(self, form: Outline) -> str:
        """«Сумма по «Всего» на листе «А» должна равняться сумме по «Итого» на листе «Б»»"""
        return text("forms.rule.totals_equal", left=_titles(form, self.left), right=_titles(form, self.right))

    def mistakes(self, form: Outline, path: Path) -> Iterator[Mistake]:
        """The columns are there and hold numbers."""
        right = [
            f"{sheet.id}.{column.id}" for sheet in form.sheets for column in sheet.columns if column.type in NUMBERS
        ]
        for key, refs in (("left", self.left), ("right", self.right)):
            for ref in refs:
                if ref not in right:
                    yield Mistake((*path, key), "author.unknown_total", {"wrong": ref, "right": right})
        yield from super().mistakes(form, path)

    def totals(self) -> Iterator[Total]:
        """Every column is summed; a sum that a faulty cell spoils stays unknown."""
        for ref in (*self.left, *self.right):
            sheet, _, column = ref.partition(".")
            known = ~pl.col(bad(column)).any()
            yield Total(total_of(ref), sheet, pl.when(known).then(pl.col(column).cast(pl.Float64).sum()))

    def demands(self, form: Outline) -> Iterator[Demand]:
        """The sums agree, unknown when any part is; the finding names the last column of ``right``."""
        del form
        left, right = (
            sum((pl.col(total_of(ref)) for ref in refs), start=pl.lit(0.0)) for refs in (self.left, self.right)
        )
        sheet, _, column = self.right[-1].partition(".")
        found = workbook_demand(total_of(self.right[-1]), sheet, column, agree(left, right))
        yield replace(found, sums=(*self.left, *self.right))


def _titles(form: Outline, refs: Iterable[str]) -> str:
    """«Графа» на листе «Лист» of each ``sheet.column``, joined by plus signs."""
    names: list[str] = []
    for ref in refs:
        sheet_id, _, column_id = ref.partition(".")
        sheet = form.sheet(sheet_id)
        names.append(text("forms.rule.total", sheet=sheet.title, column=sheet.column(column_id).title))
    return " + ".join(names)
