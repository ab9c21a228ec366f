"""An outcome as a page in Markdown, as Prefect's UI shows it. Nobody's text can become a link, a tag or a heading."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence

from pipeline.catalogue import text
from pipeline.console.outcome import MOST_ROWS, Next, Outcome, Table, Trouble

Address = Callable[[str], str | None]
"""The address of an act by its key, or of the standing page (``CAMPAIGN``), None when there is no such page."""
CAMPAIGN = "campaign"
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|!~$])")
_WIDTH = 60  # characters that a block of code shows on a page beside its column of figures
_BREAKS = re.compile(r"\s+")
# What Prefect's page makes links of by itself: «http://», «www.», «a@b.c». An invisible sign within it is in the way.
_ADDRESSES = re.compile(r"(https?:(?=//)|www(?=\.)|@(?=\w))", re.IGNORECASE)
_JOINER = "\u2060"


def escaped(value: str) -> str:
    """Return ``value`` on one line, as it is to be read: no sign of it means anything to Markdown or HTML."""
    line = _ADDRESSES.sub(r"\1" + _JOINER, _BREAKS.sub(" ", value).strip())
    return _SIGNS.sub(r"\\\1", line).replace("&", "&amp;")


def page(outcome: Outcome, address: Address) -> str:
    """Return the page: what was done, the figures, what did not go and why, what comes next, and the tables."""
    parts = [f"# {escaped(outcome.title)}", f"**{escaped(outcome.line)}**"]
    if outcome.figures:
        rows = [(words, str(count)) for words, count in outcome.figures.items()]
        parts.append(grid((text("console.figure"), text("console.count")), rows))
    if outcome.troubles:
        parts += [f"## {text('console.troubles')}", *_troubles(outcome.troubles)]
    if outcome.remarks:
        parts.append("\n".join(f"- {escaped(line)}" for line in outcome.remarks))
    for table in outcome.tables:
        parts += _titled(table)
    for title, shown in outcome.texts.items():
        parts += [f"## {escaped(title)}", _as_it_is(shown)]
    if links := _links(outcome.next, address):
        parts += [f"## {text('console.next')}", links]
    if (campaign := address(CAMPAIGN)) is not None:
        parts.append(linked(text("campaign.title"), campaign))
    return "\n\n".join(parts) + "\n"


def _troubles(troubles: Sequence[Trouble]) -> list[str]:
    head = (text("console.about"), text("console.why"), text("console.remedy"))
    return [grid(head, [(item.about, item.why, item.remedy) for item in troubles[:MOST_ROWS]])]


def _titled(table: Table) -> list[str]:
    parts = [f"## {escaped(table.title)}"]
    if not table.rows:
        return [*parts, escaped(table.empty) or text("console.nobody")]
    parts.append(grid(table.head, table.rows[:MOST_ROWS]))
    left = len(table.rows) - MOST_ROWS
    if left > 0:
        parts.append(text("console.more", count=left, whole=escaped(table.whole)))
    return parts


def linked(words: str, address: str) -> str:
    """Return a link of ours: ``words`` escaped, ``address`` as it is."""
    return f"[{escaped(words)}]({address})"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; all text in it is escaped."""
    lines = [_row(head), _row(["---"] * len(head), as_it_is=True)]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def _row(cells: Sequence[str], *, as_it_is: bool = False) -> str:
    return "| " + " | ".join(cell if as_it_is else escaped(cell) for cell in cells) + " |"


def _as_it_is(shown: str) -> str:
    """A block of code, whose lines a browser does not wrap: it ends with more backticks than any in ``shown``."""
    wrapped = "\n".join(_wrapped(line) for line in shown.strip().splitlines())
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=2) + 1)
    return f"{fence}\n{wrapped}\n{fence}"


def _wrapped(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    lines = textwrap.wrap(line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _links(steps: Sequence[Next], address: Address) -> str:
    lines = []
    for step in steps:
        found = step.to if step.to.startswith(("/", "http")) else address(step.to)
        lines.append(f"- {linked(step.words, found)}" if found else f"- {escaped(step.words)}")
    return "\n".join(lines)
