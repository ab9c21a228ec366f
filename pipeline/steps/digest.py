"""Digest: each coordinator's figures, list of participants and consolidated export, once a day and publication."""

from __future__ import annotations

from datetime import datetime

from pipeline.model import Role, Summary
from pipeline.steps.context import Context
from pipeline.steps.digesting import enqueue_digest
from pipeline.steps.spooling import spool_ready
from pipeline.store import extensions, publications, roster


def run(context: Context, now: datetime, publication: str | None = None) -> Summary:
    """Queue today's digests (Moscow day) of every collection that is open, or of ``publication`` alone.

    After the general closing they go on for the regions in which somebody has more time.

    Run again on the same day it adds nothing. Counts: ``letters`` queued, ``reports`` made.
    """
    with context.store.reading() as session:
        codes = [publication] if publication else [item.code for item in extensions.open_collections(session, now)]
    queued: list[int] = []
    made = 0
    for code in codes:
        with context.store.transaction() as session:
            found = publications.publication(session, code)
            if found is None or found.collection is None:
                continue
            regions = None if publication else extensions.open_regions(session, found, now)
            for coordinator in roster.logins(session, role=Role.COORDINATOR):
                if regions is not None and coordinator.region not in regions:
                    continue
                new = enqueue_digest(context, session, "digest", found, coordinator, now)
                queued += new.letters
                made += new.reports
    spool_ready(context, queued)
    return Summary("digest", {"letters": len(queued), "reports": made})
