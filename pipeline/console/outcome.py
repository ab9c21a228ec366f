"""What a run tells an administrator: one outcome, from which its page, its last line and its figures are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import text

MOST_ROWS = 1_000
"""Rows of one table on a page; who wants more takes the workbook that ``Table.whole`` names."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people under a title.

    ``whole`` says where the rest is when there are more than ``MOST_ROWS``, ``empty`` what stands in the place of none.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    whole: str = ""
    empty: str = ""


def columns(*names: str) -> tuple[str, ...]:
    """Return the head of a table by the stable names of its columns."""
    return tuple(text(f"console.column.{name}") for name in names)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that did not go: with whom or what, why, and what to do about it."""

    about: str
    why: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """A next step: the words of the link, and where to: the key of an act, the name of a kept file, or an address."""

    words: str
    to: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done. ``line`` is one sentence, the run's final state; ``figures`` are counts by their Russian names.

    ``counts`` are the same figures by stable names, for those who call a flow as a function. ``texts`` are letters by
    what they are, shown as they are. ``failed``: nothing of what was asked for came about, and ``line`` says why.
    """

    title: str
    line: str
    figures: Mapping[str, int] = field(default_factory=dict)
    remarks: Sequence[str] = ()
    troubles: Sequence[Trouble] = ()
    tables: Sequence[Table] = ()
    next: Sequence[Next] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    failed: bool = False
