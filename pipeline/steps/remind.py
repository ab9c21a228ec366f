"""Remind: those who have not handed in, at fixed numbers of days before their own closing and on its last day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from pipeline.model import Publication, Summary
from pipeline.steps import reminding
from pipeline.steps.context import Context
from pipeline.steps.drafting import NOTICE
from pipeline.steps.spooling import spool_ready
from pipeline.store import extensions, participations, reminders

_PART = 1000  # letters made and written at once


def run(context: Context, now: datetime) -> Summary:
    """Queue the reminders due at ``now``; outside working hours they leave when these begin.

    Counts: ``letters`` queued, ``logins`` reminded, those passed over as ``recently``, ``enough`` and ``no_address``,
    and letters ``withheld`` from who has handed in meanwhile.
    """
    counts: Counter[str] = Counter(letters=0, logins=0)
    queued: list[int] = []
    with context.store.reading() as session:
        collections = extensions.open_collections(session, now)
    for publication in collections:
        queued += _remind(context, publication, now, counts)
    with context.store.transaction() as session:
        counts["withheld"] = reminders.stop(session, NOTICE, now)
    spool_ready(context, queued)
    counts["letters"] = len(queued)
    return Summary("remind", dict(counts))


def _remind(context: Context, publication: Publication, now: datetime, counts: Counter[str]) -> list[int]:
    with context.store.reading() as session:
        people = participations.participants(session, publication.code)
        chosen = reminding.choose(context, session, publication, people, now)
    queued: list[int] = []
    for start in range(0, len(chosen.wanted), _PART):
        part = chosen.wanted[start : start + _PART]
        with context.store.transaction() as session:
            queued += reminding.enqueue(context, session, part, now)
    counts["logins"] += len(chosen.wanted)
    for why in ("recently", "enough", "no_address"):
        counts[why] += chosen.passed_over[why]
    return queued
