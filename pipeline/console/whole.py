"""A table that is longer than a page shows is kept whole as a workbook."""

from __future__ import annotations

from dataclasses import replace

from pipeline.catalogue import text
from pipeline.console.desk import Desk
from pipeline.console.outcome import MOST_ROWS, Outcome, Table
from pipeline.reports import sheets

_LONGEST = 31  # characters of a sheet's name
_WIDTH = 40


def kept(desk: Desk, outcome: Outcome) -> Outcome:
    """Return ``outcome`` with the workbooks of its long tables named."""
    return replace(outcome, tables=[_kept(desk, table) for table in outcome.tables])


def _kept(desk: Desk, table: Table) -> Table:
    if len(table.rows) <= MOST_ROWS or table.whole:
        return table
    sheet = sheets.Table(table.title[:_LONGEST], table.head, [_WIDTH] * len(table.head), table.rows)
    now = desk.clock()
    name = desk.keep(f"{desk.answers.act.key}-{now:%Y%m%d-%H%M%S}.xlsx", sheets.write_tables([sheet], now))
    return replace(table, whole=text("console.whole", name=name))
