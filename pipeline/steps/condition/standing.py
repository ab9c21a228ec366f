"""How a collection stands: whether it takes forms, until when, how long that is, and whether its mailing is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.catalogue import format_instant, plural, text
from pipeline.errors import Incident
from pipeline.model import Publication
from pipeline.model.closings import Closings
from pipeline.model.json import Json
from pipeline.model.outgoing import CAMPAIGN
from pipeline.store import Session, extensions, pauses


@dataclass(frozen=True, slots=True)
class Standing:
    """A collection at ``now`` for a region, with None for all: ``state`` is ``not_open``, ``open`` or ``closed``.

    ``apart`` regions and organisations have later closings than ``closes_at``.
    """

    state: str
    opens_at: datetime
    closes_at: datetime
    left: timedelta
    apart: int
    paused: bool

    def as_json(self) -> dict[str, Json]:
        """Return it as ``status --json`` prints it, instants in ISO 8601, to the second."""
        return {
            "state": self.state,
            "opens_at": self.opens_at.isoformat(timespec="seconds"),
            "closes_at": self.closes_at.isoformat(timespec="seconds"),
            "seconds_left": int(self.left.total_seconds()),
            "paused": self.paused,
        }

    def in_words(self) -> list[str]:
        """Return it as sentences, the most important first."""
        opens, closes = format_instant(self.opens_at), format_instant(self.closes_at)
        said = [text(f"standing.{self.state}", opens=opens, closes=closes, left=span(self.left))]
        if self.apart:
            said.append(text("standing.apart", count=self.apart))
        if self.paused:
            said.append(text("standing.paused"))
        return said


def standing(session: Session, publication: Publication, region: str | None, now: datetime) -> Standing:
    """Return how the collection of ``publication`` stands at ``now``, for ``region`` alone where it is given."""
    collection = publication.collection
    if collection is None:
        raise Incident("extension.no_collection", publication=publication.code)
    given = extensions.by_login(session, publication.code)
    closes_at = max(filter(None, (collection.closes_at, given.of(None, region))))
    state = "not_open" if now < collection.opens_at else "open" if now <= closes_at else "closed"
    return Standing(
        state=state,
        opens_at=collection.opens_at,
        closes_at=closes_at,
        left=max(closes_at - now, timedelta()),
        apart=_later(given, region, closes_at, now),
        paused=pauses.paused(session, now).holds(publication.code, CAMPAIGN),
    )


def _later(given: Closings, region: str | None, closes_at: datetime, now: datetime) -> int:
    """How many extensions of a region or an organisation are still to come and later than ``closes_at``."""
    return sum(
        1
        for item in given.in_force()
        if item.until and item.until > max(closes_at, now) and (region is None or item.region in (None, region))
    )


def span(left: timedelta) -> str:
    """Return a span as «2 дня 3 часа», «40 минут»: its two largest units."""
    minutes = int(left / timedelta(minutes=1))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    units = [
        plural(days, "день", "дня", "дней") if days else "",
        plural(hours, "час", "часа", "часов") if hours else "",
        plural(minutes, "минута", "минуты", "минут") if minutes else "",
    ]
    return " ".join([unit for unit in units if unit][:2]) or text("standing.less_than_a_minute")
