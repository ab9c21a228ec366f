"""How the campaign stands at one moment: collections with their figures, what waits for a person, what is wrong.

Read from the store and nowhere else, in a few statements a collection, however many organisations there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pipeline.catalogue import MOSCOW
from pipeline.model import Counts, Publication, ReceiptState
from pipeline.steps.base.context import Context
from pipeline.steps.condition.standing import Standing, standing
from pipeline.steps.condition.state import State, state_of
from pipeline.store import Session, changes, doubts, health, participations, pauses, publications, receipts

_SHOWN_AFTER = timedelta(days=7)  # for so long a closed collection stays on the page
_MOST_COLLECTIONS = 20
ASKED_WITHIN = timedelta(days=14)
"""An older question was answered otherwise."""
MOST_BARS = 40
"""Bars of a chart at most: in a longer collection each is for several days."""


@dataclass(frozen=True, slots=True)
class Point:
    """How many had handed in by the end of the day ``day`` (an instant within it, aware)."""

    day: datetime
    handed_in: int


@dataclass(frozen=True, slots=True)
class CollectionNow:
    """A collection: how it stands, the four figures in all and by region, and how they were handed in by day.

    ``progress`` goes from the opening to today, or to the last day of the collection; ``days`` is how many days one
    point is for.
    """

    code: str
    title: str
    standing: Standing
    counts: Counts
    regions: Mapping[str, Counts]
    progress: Sequence[Point] = ()
    days: int = 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: ``what`` is a stable word, ``act`` the key of the act that settles it, if one does."""

    what: str
    count: int
    act: str | None
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """Everything that the standing page shows. ``more`` collections are not among ``collections``."""

    at: datetime
    collections: Sequence[CollectionNow]
    more: int
    waiting: Sequence[Waiting]
    state: State

    @property
    def open(self) -> list[CollectionNow]:
        """The collections that take forms."""
        return [item for item in self.collections if item.standing.state == "open"]


def campaign(context: Context, now: datetime) -> Campaign:
    """Return how everything stands at ``now``. Raises UnreachableError when the store cannot be read."""
    state = state_of(context, now)
    with context.store.reading() as session:
        known = [(item, standing(session, item, None, now)) for item in _collections(session)]
        shown = [(item, found) for item, found in known if now - found.closes_at <= _SHOWN_AFTER]
        # Open ones first, then those to come, then those over; the nearest deadline first.
        shown.sort(key=lambda pair: (_ORDER[pair[1].state], pair[1].closes_at, pair[0].number))
        return Campaign(
            at=now,
            collections=[_collection(session, *pair, now) for pair in shown[:_MOST_COLLECTIONS]],
            more=len(known) - len(shown[:_MOST_COLLECTIONS]),
            waiting=[item for item in waiting(session, now) if item.count],
            state=state,
        )


_ORDER = {"open": 0, "not_open": 1, "closed": 2}


def _collections(session: Session) -> list[Publication]:
    return [found.publication for found in publications.issued(session) if found.publication.collection]


def _collection(session: Session, publication: Publication, found: Standing, now: datetime) -> CollectionNow:
    assert publication.collection is not None  # _collections
    regions = participations.counts(session, publication.code)
    counts = Counts(
        sum(each.not_started for each in regions.values()),
        sum(each.in_progress for each in regions.values()),
        sum(each.submitted for each in regions.values()),
    )
    days = days_of_bar(found.opens_at, found.closes_at)
    progress: list[Point] = []
    if counts.submitted:
        ends = list(_ends(found.opens_at, min(now, found.closes_at), days))
        handed_in = participations.handed_in(session, publication.code, ends)
        last = timedelta(seconds=1)
        progress = [Point(end - last, count) for end, count in zip(ends, handed_in, strict=True)]
    return CollectionNow(publication.code, publication.collection.title, found, counts, regions, progress, days)


def days_of_bar(opens_at: datetime, closes_at: datetime) -> int:
    """Return how many days one bar of the chart is for."""
    return -(-_days(opens_at, closes_at) // MOST_BARS)


def bars(opens_at: datetime, closes_at: datetime) -> int:
    """Return how many bars the chart has room for, from the opening to the deadline."""
    return -(-_days(opens_at, closes_at) // days_of_bar(opens_at, closes_at))


def _days(opens_at: datetime, closes_at: datetime) -> int:
    """How many days of Moscow's calendar a collection has, both ends among them."""
    return max(1, (closes_at.astimezone(MOSCOW).date() - opens_at.astimezone(MOSCOW).date()).days + 1)


def _ends(opens_at: datetime, until: datetime, days: int) -> Iterator[datetime]:
    """Yield the midnights (Moscow) that end the bars from the opening to ``until``, one at least."""
    midnight = datetime.combine(opens_at.astimezone(MOSCOW).date(), time(), MOSCOW)
    while True:
        midnight += timedelta(days=days)
        yield midnight
        if midnight > until:
            return


def waiting(session: Session, now: datetime) -> Iterator[Waiting]:
    """Yield every sort of what waits for a person at ``now``, those with nothing too."""
    received = receipts.counts(session)
    corrections = changes.listed(session)
    asked = receipts.unanswered(session, now - ASKED_WITHIN)
    dead = health.open_tasks(session)
    stops = pauses.paused(session, now).in_force
    yield Waiting("held", received[ReceiptState.HELD], "held")
    yield Waiting("failed", received[ReceiptState.FAILED], "held")
    yield Waiting(
        "corrections", len(corrections), "corrections", min((item.requested_at for item in corrections), default=None)
    )
    yield Waiting("questions", len(asked), "questions", min(asked, default=None))
    yield Waiting("doubts", doubts.count(session), None)
    yield Waiting("dead", len(dead), "roster", min((item.opened_at for item in dead), default=None))
    yield Waiting("stopped", len(stops), "publish", min((stop.at for stop in stops), default=None))
