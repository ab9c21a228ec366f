"""How long a mailing takes at the rates that are set, and when its last letter leaves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

USUAL_PER_MINUTE = 600
"""What a mail server takes of us where no rate is set: a careful guess."""
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """The rates: letters a minute, in 24 hours, a minute by domain; the part of a day that is kept for answers."""

    per_minute: int | None = None
    per_day: int | None = None
    domain_per_minute: Mapping[str, int] = field(default_factory=dict)
    kept_for_answers: float = 0.0

    @property
    def is_set(self) -> bool:
        """Whether any rate is."""
        return self.per_minute is not None or self.per_day is not None or bool(self.domain_per_minute)

    @property
    def campaigns_a_day(self) -> int | None:
        """Letters of campaigns in 24 hours."""
        return None if self.per_day is None else max(1, int(self.per_day * (1 - self.kept_for_answers)))


@dataclass(frozen=True, slots=True)
class Plan:
    """A mailing before it goes: what to whom, how much, from when, until when.

    ``octets`` is the size of all letters as sent, ``ahead`` how many others leave first. ``finishes_at`` is an
    estimate; ``unsent_at_closing`` counts the letters that would leave after the closing; ``oversized`` are files
    that no letter can carry. ``organisations`` and ``coordinators`` count letters to them; ``accounts`` how many
    organisations and how many coordinators these are, for one may have several addresses.
    """

    letters: int
    organisations: int
    coordinators: int
    no_address: tuple[str, ...]
    dead: tuple[str, ...]
    octets: int
    ahead: int
    starts_at: datetime
    finishes_at: datetime
    pace: Pace
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    unsent_at_closing: int = 0
    oversized: tuple[str, ...] = ()
    accounts: tuple[int, int] = (0, 0)


def finish(start: datetime, by_domain: Mapping[str, float], pace: Pace, handed_over: int = 0) -> datetime:
    """Return when the last of these letters will have left when the first goes at ``start``.

    ``by_domain`` counts letters by domain of the recipient; ``handed_over`` is how many went in the 24 hours before
    ``start``. What the day allows is used up at once, and again a day later: an upper bound, for the days overlap.
    """
    return start + duration(by_domain, pace, handed_over)


def duration(by_domain: Mapping[str, float], pace: Pace, handed_over: int = 0) -> timedelta:
    """Return how long these letters take."""
    total = sum(by_domain.values())
    if total == 0:
        return timedelta()
    rate = pace.per_minute or USUAL_PER_MINUTE
    slowest = max((by_domain.get(domain, 0) / limit for domain, limit in pace.domain_per_minute.items()), default=0.0)
    at_pace = max(total / rate, slowest) * _MINUTE
    a_day = pace.campaigns_a_day
    if a_day is None:
        return _whole(at_pace)
    first = max(0, a_day - handed_over)
    if total <= first:
        return _whole(at_pace)
    days = math.ceil((total - first) / a_day)
    last = total - first - (days - 1) * a_day
    return _whole(max(days * _DAY + last / rate * _MINUTE, at_pace))


def sent_by(at: datetime, start: datetime, by_domain: Counter[str], pace: Pace, handed_over: int = 0) -> int:
    """Return how many of the letters will have left by ``at``: a bisection over ``finish``."""
    total, low = by_domain.total(), 0
    high = total
    while low < high:
        middle = (low + high + 1) // 2
        share = {domain: count * middle / total for domain, count in by_domain.items()}
        if finish(start, share, pace, handed_over) <= at:
            low = middle
        else:
            high = middle - 1
    return low


def _whole(span: timedelta) -> timedelta:
    """A span in whole minutes, rounded up: nobody plans by seconds."""
    return timedelta(minutes=math.ceil(span / _MINUTE))
