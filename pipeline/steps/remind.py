"""Remind: those who have not handed in, at fixed numbers of days before their own closing and on its last day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from pipeline.model import Summary
from pipeline.model.audit import SYSTEM, Deed
from pipeline.model.outgoing import NOTICE
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.mailings import reminder
from pipeline.store import (
    audit,
    extensions,
    participations,
    publications,
    reminders,
)
from pipeline.store.base import turns

_PART = 1000  # letters made and written at once


def run(context: Context, now: datetime, who: str = SYSTEM) -> Summary:
    """Queue the reminders due at ``now``; outside working hours they leave when these begin.

    Counts: ``letters`` queued, ``logins`` reminded, those passed over as ``recently``, ``enough`` and ``no_address``,
    and letters ``withheld`` from who has handed in meanwhile. Run again, late or twice at once, it
    adds nothing; ``who`` is for the audit.
    """
    counts: Counter[str] = Counter(letters=0, logins=0)
    queued: list[int] = []
    with context.store.reading() as session:
        codes = [publication.code for publication in extensions.open_collections(session, now)]
    for code in codes:
        queued += _remind(context, code, now, who, counts)
    with context.store.transaction() as session:
        counts["withheld"] = reminders.stop(session, NOTICE, now)
    spool_ready(context, queued)
    counts["letters"] = len(queued)
    return Summary("remind", dict(counts))


def _remind(context: Context, code: str, now: datetime, who: str, counts: Counter[str]) -> list[int]:
    queued: list[int] = []
    with context.store.transaction() as session:
        turns.take(session, code)
        publication = publications.publication(session, code)
        if publication is None or publication.withdrawn_at is not None:
            return []
        people = participations.participants(session, code)
        chosen = reminder.choose(context, session, publication, people, now)
        for start in range(0, len(chosen.wanted), _PART):
            queued += reminder.enqueue(context, session, chosen.wanted[start : start + _PART], now)
        if chosen.wanted:
            audit.note(session, Deed(now, who, "reminded", code, detail=f"{len(chosen.wanted)}"))
    counts["logins"] += len(chosen.wanted)
    for why in ("recently", "enough", "no_address"):
        counts[why] += chosen.passed_over[why]
    counts["recently"] += chosen.passed_over["waiting"]
    return queued
