"""Files that a run leaves to be fetched: what the act keeps, and a workbook for a table that no page shows whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from pipeline.catalogue import text
from pipeline.console.desk import Desk
from pipeline.console.outcome import MOST_ROWS, Next, Outcome, Table
from pipeline.reports import sheets

_LONGEST = 31  # characters of a sheet's name
_WIDTH = 40
_MOST_LINKS = 5


@dataclass
class Keeping:
    """Keeps files as ``keep`` does, and knows the names under which they lie."""

    keep: Callable[[str, bytes], str]
    names: list[str] = field(default_factory=list)

    def __call__(self, name: str, data: bytes) -> str:
        """Keep a file and return the name under which it lies."""
        self.names.append(self.keep(name, data))
        return self.names[-1]


def fetched(outcome: Outcome, names: Sequence[str]) -> Outcome:
    """Return ``outcome`` with links to the files ``names``, before its next steps."""
    links = [Next(text("console.fetch", name=PurePosixPath(name).name), name) for name in names[:_MOST_LINKS]]
    return replace(outcome, next=[*links, *outcome.next])


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
