"""Close: a collection whose time is over is marked closed, and its coordinators get the last figures and the export."""

from __future__ import annotations

from datetime import datetime

from pipeline.model import Role, Summary
from pipeline.steps.context import Context
from pipeline.steps.digesting import enqueue_digest
from pipeline.steps.spooling import spool_ready
from pipeline.store import publications, receipts, roster


def run(context: Context, now: datetime) -> Summary:
    """Close what is over, once mail received before the closing has been judged.

    Counts: ``closed``, ``letters`` queued, ``waiting`` for mail still unjudged.
    """
    closed = waiting = 0
    queued: list[int] = []
    with context.store.reading() as session:
        over = publications.to_close(session, now)
    for publication in over:
        with context.store.transaction() as session:
            if receipts.unread_before(session, publication.collection.closes_at if publication.collection else now):
                waiting += 1
                continue
            if not publications.mark_closed(session, publication.code, now):
                continue
            closed += 1
            for coordinator in roster.logins(session, role=Role.COORDINATOR):
                queued += enqueue_digest(context, session, "closing", publication, coordinator, now)
    spool_ready(context, queued)
    return Summary("close", {"closed": closed, "letters": len(queued), "waiting": waiting})
