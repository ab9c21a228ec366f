"""How far long work is: steps say it often, and whoever watches decides when a person is to hear of it.

A step calls ``context.progress`` for each item or for a few; without a watcher that costs nothing worth measuring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Work(StrEnum):
    """What is counted."""

    COLLECTED = "collected"
    CHECKED = "checked"
    QUEUED = "queued"
    COPIED = "copied"
    SENT = "sent"
    FORMED = "formed"
    ROWS = "rows"
    DIGESTED = "digested"


Progress = Callable[[Work, int, int], None]
"""(what is counted, how many are done, how many there are in all)."""


def unwatched(_what: Work, _done: int, _total: int, /) -> None:
    """Nobody wants to know."""


def told(progress: Progress, what: Work, items: Iterable[T], total: int, before: int = 0) -> Iterator[T]:
    """Yield ``items``, each counted when the next one is asked for; ``before`` were done earlier."""
    for done, item in enumerate(items, before + 1):
        yield item
        progress(what, done, total)


class Parts:
    """Progress of ``what`` that goes in parts: each counts on from those before it. Other work in it is not told."""

    def __init__(self, progress: Progress, what: Work, total: int) -> None:
        self._progress, self._what, self._total = progress, what, total
        self.before = 0

    def __call__(self, what: Work, done: int, _total: int, /) -> None:
        """Say how far all parts together are."""
        if what is self._what:
            so_far = self.before + done
            self._progress(what, so_far, max(self._total, so_far))
