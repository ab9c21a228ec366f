"""Close: a collection whose time is over is marked closed, and its coordinators get the last figures and the export.

Who has an extension is named in that letter; when the last extension of a region is over, its coordinator gets the
figures once more. An extension of everybody moves the closing itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline.model import Login, Publication, Role, Summary
from pipeline.steps.context import Context
from pipeline.steps.digesting import enqueue_digest
from pipeline.steps.spooling import spool_ready
from pipeline.store import Session, extensions, participations, publications, receipts, roster
from pipeline.store.extensions import Extension
from pipeline.store.tables import ReceiptEvent


def run(context: Context, now: datetime) -> Summary:
    """Close what is over, once mail received before the closing has been judged.

    Counts: ``closed``, ``ended`` regions whose last extension is over, ``letters`` queued, ``waiting`` for mail still
    unjudged, ``reopened`` returns refused as late in the same moment as an extension was granted.
    """
    counts: Counter[str] = Counter(closed=0, ended=0, waiting=0, reopened=0)
    queued: list[int] = []
    with context.store.reading() as session:
        over, overlooked = publications.to_close(session, now), extensions.overlooked(session)
    for publication in over:
        with context.store.transaction() as session:
            queued += _close(context, session, publication, now, counts)
    for code in overlooked:
        with context.store.transaction() as session:
            counts["reopened"] += _reopen(session, code, now)
    with context.store.transaction() as session:
        queued += _end(context, session, now, counts)
    spool_ready(context, queued)
    return Summary("close", {**counts, "letters": len(queued)})


def _close(
    context: Context, session: Session, publication: Publication, now: datetime, counts: Counter[str]
) -> list[int]:
    collection = publication.collection
    given = extensions.by_login(session, publication.code).of(None, None)
    closes_at = max(filter(None, (collection.closes_at if collection else now, given)))
    if closes_at > now:
        return []
    if receipts.unread_before(session, closes_at):
        counts["waiting"] += 1
        return []
    if not publications.mark_closed(session, publication.code, now):
        return []
    counts["closed"] += 1
    ended = [item.id for item in extensions.ending(session, now) if item.publication == publication.code]
    extensions.end(session, ended, now)  # this letter tells of them too
    open_still = _open_still(session, publication, now)
    queued: list[int] = []
    for coordinator in roster.logins(session, role=Role.COORDINATOR):
        extended = open_still[coordinator.region]
        more = {"extended": extended, "last": False}
        queued += enqueue_digest(context, session, "closing", publication, coordinator, now, more=more).letters
    return queued


def _open_still(session: Session, publication: Publication, now: datetime) -> defaultdict[str, list[dict[str, Any]]]:
    """Return by region the lines of those who may still hand in."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for participant in participations.participants(session, publication.code):
        until, login = participant.extended_to, participant.login
        if until is not None and until >= now and participant.departed_at is None:
            found[login.region].append({"login": login.code, "name": login.name, "until": until.isoformat()})
    return found


def _reopen(session: Session, code: str, now: datetime) -> int:
    publication = publications.publication(session, code)
    found = extensions.reopen_late(session, publication, now) if publication else []
    for receipt_id, _ in found:
        receipts.note(session, receipt_id, ReceiptEvent.REPLAYED, now, "close", "extension")
    return len(found)


def _end(context: Context, session: Session, now: datetime, counts: Counter[str]) -> list[int]:
    """The last letter of each region in which no extension is left."""
    over: defaultdict[str, list[Extension]] = defaultdict(list)
    for extension in extensions.ending(session, now):
        over[extension.publication].append(extension)
    queued: list[int] = []
    coordinators = roster.logins(session, role=Role.COORDINATOR) if over else []
    for code, ended in over.items():
        publication = publications.publication(session, code)
        if publication is None or publication.withdrawn_at or not publications.is_closed(session, code):
            continue
        open_still = _open_still(session, publication, now)
        regions = _regions(session, ended, coordinators)
        told = {region for region in set().union(*regions.values()) if not open_still[region]}
        if told and receipts.unread_before(session, max(item.until for item in ended if item.until)):
            counts["waiting"] += 1
            continue
        for coordinator in coordinators:
            if coordinator.region in told:
                more = {"extended": [], "last": True}
                once = f"last{max(item.id for item in ended)}"
                queued += enqueue_digest(
                    context, session, "closing", publication, coordinator, now, once=once, more=more
                ).letters
        counts["ended"] += len(told)
        extensions.end(session, [item.id for item in ended if regions[item.id] <= told], now)
    return queued


def _regions(session: Session, ended: Sequence[Extension], coordinators: Sequence[Login]) -> dict[int, set[str]]:
    """Return by extension the regions that it was about."""
    everywhere = {coordinator.region for coordinator in coordinators}
    found: dict[int, set[str]] = {}
    for item in ended:
        if item.login is not None:
            login = roster.login(session, item.login)
            found[item.id] = {login.region} if login else set()
        else:
            found[item.id] = {item.region} if item.region else everywhere
    return found
