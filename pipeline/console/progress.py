"""How far long work is, as a person reads it: so many of so many, how fast, how much is left, when it ends.

``Meter`` is what steps tell (``pipeline.steps.base.progress``), for each item if they like; it lets a line through
every few seconds. Pure but for the clock that it is handed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.catalogue import MOSCOW, text
from pipeline.steps.base.progress import Work

EVERY = 5.0
"""Seconds between two lines: with an item every few seconds there is one at least every ten."""
_RECENT = 60.0  # seconds: the pace is that of the last minute
_LEAST = 1.0  # seconds: what has begun later has no pace yet
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Standing:
    """``done`` of ``total`` at the instant ``at`` (aware), ``rate`` a second, which may be 0."""

    what: Work
    done: int
    total: int
    rate: float
    at: datetime

    @property
    def percent(self) -> float:
        """How much of it is done, 0 to 100."""
        return min(100.0, 100 * self.done / self.total) if self.total else 100.0

    @property
    def left(self) -> timedelta | None:
        """How long the rest takes at this pace, None when nothing moves."""
        return timedelta(seconds=(self.total - self.done) / self.rate) if self.rate > 0 else None


def line(standing: Standing) -> str:
    """«Отправлено 1 250 из 5 000 (25 %), 125 в секунду. Осталось около 30 с, закончим в 14:05:30 по Москве.»"""
    so_far = text(
        f"progress.{standing.what.value}",
        done=_number(standing.done),
        total=_number(standing.total),
        percent=int(standing.percent),
    )
    if standing.done >= standing.total:
        return f"{so_far}."
    left = standing.left
    if left is None:
        return f"{so_far}. {text('progress.stands')}"
    return f"{so_far}, {_pace(standing.rate)}. {text('progress.left', left=_lasting(left), ends=_ends(standing, left))}"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def _pace(rate: float) -> str:
    if rate >= 1:
        return text("progress.a_second", rate=_number(round(rate)))
    return text("progress.a_minute", rate=max(1, round(rate * _MINUTE)))


def _lasting(left: timedelta) -> str:
    seconds = max(1, round(left.total_seconds()))
    if seconds < 2 * _MINUTE:
        return text("progress.seconds", count=seconds)
    minutes = round(seconds / _MINUTE)
    if seconds < 2 * _HOUR:
        return text("progress.minutes", count=minutes)
    return text("progress.hours", hours=minutes // 60, minutes=minutes % 60)


def _ends(standing: Standing, left: timedelta) -> str:
    """The time of day by Moscow's clock: to the second when it is near, with the day when it is not today's."""
    at, ends = standing.at.astimezone(MOSCOW), (standing.at + left).astimezone(MOSCOW)
    if ends.date() != at.date():
        return f"{ends:%d.%m %H:%M}"
    return f"{ends:%H:%M:%S}" if left < timedelta(minutes=10) else f"{ends:%H:%M}"


@dataclass(slots=True)
class _Phase:
    """One kind of work: when and where it was seen of late."""

    done: int
    seen: deque[tuple[float, int]]
    told: bool = False


class Meter:
    """Takes how far work is, hands on a ``Standing`` every ``EVERY`` seconds, and a last one when a long one is done.

    ``clock`` gives seconds that never go back, ``now`` the instant (aware). Work of another run of the same kind begins
    anew: fewer are done than were before.
    """

    def __init__(
        self, say: Callable[[Standing], None], clock: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self._say, self._clock, self._now = say, clock, now
        self._phases: dict[Work, _Phase] = {}
        self._said_at = clock()

    def __call__(self, what: Work, done: int, total: int, /) -> None:
        """Take what a step says."""
        at = self._clock()
        phase = self._phases.get(what)
        if phase is None or done < phase.done:
            phase = self._phases[what] = _Phase(done, deque([(at, 0)]))
        phase.done = done
        over = done >= total and phase.told
        if not over and (at - self._said_at < EVERY or at - phase.seen[0][0] < _LEAST):
            return
        phase.seen.append((at, done))
        while len(phase.seen) > 2 and at - phase.seen[0][0] > _RECENT:
            phase.seen.popleft()
        (_, before), took = phase.seen[0], at - phase.seen[0][0]
        rate = (done - before) / took if took > 0 else 0.0
        self._said_at, phase.told = at, not over
        self._say(Standing(what, done, total, rate, self._now()))
