"""End: an administrator closes a collection before its time, with who and why on record; extensions end with it.

The deadline moves to the present: what was received by now is in time, what comes later goes by the collection's own
rule for late forms. ``close`` then closes it as any other, with the last figures for coordinators.
"""

from __future__ import annotations

from datetime import datetime

from pipeline.catalogue import format_instant, text
from pipeline.errors import UserError
from pipeline.model import Publication, Summary
from pipeline.model.audit import Deed
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.mailings.ending import Ended, end
from pipeline.steps.mailings.extension import By
from pipeline.store import Session, audit, extensions, publications
from pipeline.store.base import turns


def run(context: Context, code: str, why: str, now: datetime, who: str) -> Summary:
    """Close the collection ``code`` for everybody and tell those who have not handed in, in the morning when it is
    night.

    Counts: ``letters`` queued, ``logins`` told, ``extensions`` ended, ``withheld`` letters that named the old deadline.
    Raises UserError where there is nothing to close, and without a reason.
    """
    if not why.strip():
        raise UserError("end.why")
    with context.store.transaction() as session:
        turns.take(session, code)
        publication = _open(session, code, now)
        done = end(context, session, publication, By(who, why.strip()), now)
        if done is None:
            raise UserError("end.closed", code=code, closed=format_instant(_closed(session, publication)))
        audit.note(session, Deed(now, who, "closed_early", code, detail=_detail(publication, done), why=why.strip()))
    spool_ready(context, done.letters)
    counts = {
        "letters": len(done.letters),
        "logins": done.told,
        "extensions": len(done.extensions),
        "withheld": done.withheld,
    }
    rests = done.letters and done.at > now
    return Summary("end", counts, [text("end.rests", at=format_instant(done.at))] if rests else [])


def _open(session: Session, code: str, now: datetime) -> Publication:
    standing = publications.standing(session, code)
    if standing is None or standing.publication.collection is None:
        raise UserError("publication.unknown", code=code)
    if standing.publication.withdrawn_at is not None:
        raise UserError("end.withdrawn", code=code)
    if standing.issued_at is None or standing.publication.collection.opens_at >= now:
        raise UserError("end.not_open", code=code)
    return standing.publication


def _closed(session: Session, publication: Publication) -> datetime:
    """When the last of it was over: an extension may have been later than the general closing."""
    assert publication.collection is not None  # ``_open`` has looked
    given = extensions.by_login(session, publication.code).in_force()
    return max([publication.collection.closes_at, *(row.until for row in given if row.until)])


def _detail(publication: Publication, done: Ended) -> str:
    assert publication.collection is not None
    closes = format_instant(publication.collection.closes_at)
    if not done.extensions:
        return text("end.before", closes=closes)
    return text("end.before_apart", closes=closes, count=len(done.extensions))
