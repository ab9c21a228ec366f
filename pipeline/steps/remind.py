"""Remind: those who have not handed in, at fixed numbers of days before their own closing and on its last day.

Or when somebody asks for it, within the same limits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import UserError
from pipeline.model import Login, Participant, Publication, Summary
from pipeline.model.audit import SYSTEM, Deed
from pipeline.model.outgoing import NOTICE
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.mailings import reminder
from pipeline.store import (
    Session,
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
            context.progress(Work.QUEUED, min(start + _PART, len(chosen.wanted)), len(chosen.wanted))
        if chosen.wanted:
            audit.note(session, Deed(now, who, "reminded", code, detail=f"{len(chosen.wanted)}"))
    counts["logins"] += len(chosen.wanted)
    for why in ("recently", "enough", "no_address"):
        counts[why] += chosen.passed_over[why]
    counts["recently"] += chosen.passed_over["waiting"]
    return queued


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for: those of a collection who have not handed in, of a region or of these logins alone."""

    publication: str
    who: str
    logins: tuple[str, ...] = ()
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Reminded:
    """``summary`` counts as ``run`` does and by each reason why somebody is passed over; letters leave ``at``.

    ``logins`` are reminded, ``others`` are not, each with why (see ``reminder.Chosen``).
    """

    summary: Summary
    at: datetime
    logins: tuple[Login, ...]
    others: tuple[tuple[str, Login], ...]


def ask(context: Context, asked: Asked, now: datetime) -> Reminded:
    """Remind whoever ``asked`` is about, whatever the day; who was reminded lately or often enough is passed over.

    Raises UserError for a collection that takes nothing now, and for logins that do not take part in it.
    """
    with context.store.transaction() as session:
        turns.take(session, asked.publication)
        publication = _open(session, asked.publication, now)
        people = _people(session, publication, asked)
        chosen = reminder.choose(context, session, publication, people, now, f"asked:{asked.who}:{now:%Y%m%dT%H%M%S}")
        queued: list[int] = []
        for start in range(0, len(chosen.wanted), _PART):
            queued += reminder.enqueue(context, session, chosen.wanted[start : start + _PART], now)
        if chosen.wanted:
            detail = f"{len(chosen.wanted)}"
            audit.note(session, Deed(now, asked.who, "reminded", publication.code, region=asked.region, detail=detail))
    spool_ready(context, queued)
    counts = {"letters": len(queued), "logins": len(chosen.wanted), **chosen.passed_over}
    logins = tuple(item.login for item in chosen.wanted)
    return Reminded(Summary("remind", counts), chosen.at, logins, tuple(chosen.others))


def _open(session: Session, code: str, now: datetime) -> Publication:
    found = publications.publication(session, code)
    if found is None or found.collection is None:
        raise UserError("publication.unknown", code=code)
    if all(item.code != code for item in extensions.open_collections(session, now)):
        raise UserError("remind.not_open", title=found.collection.title, code=code)
    return found


def _people(session: Session, publication: Publication, asked: Asked) -> list[Participant]:
    people = participations.participants(session, publication.code, asked.region)
    if not asked.logins:
        return people
    wanted = {code.lower(): code for code in asked.logins}
    found = {item.login.code.lower(): item for item in people}
    if unknown := [code for key, code in wanted.items() if key not in found]:
        raise UserError("remind.not_asked", logins=", ".join(unknown), code=publication.code)
    return [item for key, item in found.items() if key in wanted]
