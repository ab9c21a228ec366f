"""Digest: each coordinator's figures, list of participants and consolidated export, once a day and publication."""

from __future__ import annotations

from datetime import datetime

from pipeline.model import Role, Summary
from pipeline.steps.context import Context
from pipeline.steps.digesting import enqueue_digest
from pipeline.steps.spooling import spool_ready
from pipeline.store import publications, roster


def run(context: Context, now: datetime, publication: str | None = None) -> Summary:
    """Queue today's digests (Moscow day) of every collection that is open, or of ``publication`` alone.

    Run again on the same day it adds nothing. Counts: ``letters`` queued, ``reports`` made.
    """
    with context.store.reading() as session:
        codes = [publication] if publication else [item.code for item in publications.open_collections(session, now)]
    queued: list[int] = []
    made = 0
    for code in codes:
        with context.store.transaction() as session:
            found = publications.publication(session, code)
            if found is None or found.collection is None:
                continue
            for coordinator in roster.logins(session, role=Role.COORDINATOR):
                new = enqueue_digest(context, session, "digest", found, coordinator, now)
                queued += new
                made += 2 if new else 0
    spool_ready(context, queued)
    return Summary("digest", {"letters": len(queued), "reports": made})
