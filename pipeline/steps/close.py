"""Close: a collection whose time is over is marked closed, and its coordinators get the last figures and the export.

Who has an extension is named in that letter; when the last extension of a region is over, its coordinator gets the
figures once more. An extension of everybody moves the closing itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pipeline.catalogue import text
from pipeline.model import Counts, Role, Summary
from pipeline.model.audit import SYSTEM, Deed
from pipeline.model.incoming import ReceiptEvent
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.mailings import closing
from pipeline.store import (
    Session,
    audit,
    extensions,
    participations,
    publications,
    receipts,
    roster,
)
from pipeline.store.base import turns


def run(context: Context, now: datetime, who: str = SYSTEM) -> Summary:
    """Close what is over, once mail received before the closing has been judged.

    Counts: ``closed``, ``ended`` regions whose last extension is over, ``letters`` queued, ``waiting`` for mail still
    unjudged, ``reopened`` returns refused as late in the same moment as an extension was granted; ``who`` is for the
    audit.
    """
    counts: Counter[str] = Counter(closed=0, ended=0, waiting=0, reopened=0)
    queued: list[int] = []
    with context.store.reading() as session:
        over = [publication.code for publication in publications.to_close(session, now)]
        overlooked = extensions.overlooked(session)
    for code in over:
        with context.store.transaction() as session:
            turns.take(session, code)
            queued += _close(context, session, code, now, who, counts)
    for code in overlooked:
        with context.store.transaction() as session:
            turns.take(session, code)
            counts["reopened"] += _reopen(session, code, now)
    with context.store.reading() as session:
        ending = sorted({item.publication for item in extensions.ending(session, now)})
    for code in ending:
        with context.store.transaction() as session:
            turns.take(session, code)
            queued += _end(context, session, code, now, who, counts)
    spool_ready(context, queued)
    return Summary("close", {**counts, "letters": len(queued)})


def _close(context: Context, session: Session, code: str, now: datetime, who: str, counts: Counter[str]) -> list[int]:
    publication = publications.publication(session, code)
    if publication is None or publication.collection is None:
        return []
    given = extensions.by_login(session, code).of(None, None)
    closes_at = max(filter(None, (publication.collection.closes_at, given)))
    if closes_at > now:
        return []
    if receipts.unread_before(session, closes_at):
        counts["waiting"] += 1
        return []
    if not publications.mark_closed(session, code, now):
        return []
    counts["closed"] += 1
    _note(session, Deed(now, who, "closed", code))
    ended = [item.id for item in extensions.ending(session, now) if item.publication == code]
    extensions.end(session, ended, now)  # this letter tells of them too
    coordinators = roster.logins(session, role=Role.COORDINATOR)
    return closing.enqueue(context, session, publication, coordinators, f"{closes_at:%Y%m%dT%H%M}", now)


def _reopen(session: Session, code: str, now: datetime) -> int:
    publication = publications.publication(session, code)
    found = extensions.reopen_late(session, publication, now) if publication else []
    for receipt_id, _ in found:
        receipts.note(session, receipt_id, ReceiptEvent.REPLAYED, now, "close", "extension")
    return len(found)


def _end(context: Context, session: Session, code: str, now: datetime, who: str, counts: Counter[str]) -> list[int]:
    """The last letter of each region in which no extension is left."""
    ended = [item for item in extensions.ending(session, now) if item.publication == code]
    publication = publications.publication(session, code)
    if not ended or publication is None or publication.withdrawn_at or not publications.is_closed(session, code):
        return []
    coordinators = roster.logins(session, role=Role.COORDINATOR)
    everywhere = {coordinator.region for coordinator in coordinators}
    regions = {item.id: closing.regions_of(session, item, everywhere) for item in ended}
    open_still = closing.still_open(session, publication, now)
    told = {region for region in set().union(*regions.values()) if not open_still[region]}
    if told and receipts.unread_before(session, max(item.until for item in ended if item.until)):
        counts["waiting"] += 1
        return []
    concerned = [coordinator for coordinator in coordinators if coordinator.region in told]
    once = f"last{max(item.id for item in ended)}"
    queued = closing.enqueue(context, session, publication, concerned, once, now, last=True) if concerned else []
    for region in sorted(told):
        _note(session, Deed(now, who, "ended", code, region=region))
    counts["ended"] += len(told)
    extensions.end(session, [item.id for item in ended if regions[item.id] <= told], now)
    return queued


def _note(session: Session, deed: Deed) -> None:
    """Put a deed on record with the figures of its region, or of all."""
    counts = participations.counts(session, deed.publication or "")
    total = _sum(counts.values() if deed.region is None else [counts.get(deed.region, Counts())])
    audit.note(session, replace(deed, detail=text("close.figures", submitted=total.submitted, total=total.total)))


def _sum(counts: Iterable[Counts]) -> Counts:
    figures = [(count.not_started, count.in_progress, count.submitted) for count in counts]
    return Counts(*(sum(column) for column in zip(*figures, strict=True))) if figures else Counts()
