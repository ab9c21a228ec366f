"""Digest: each coordinator's figures, list of participants and consolidated export, once a day and publication.

The day is that of the schedule: it lasts from one run to the next, so that one that comes late, after midnight, is
still the digest of the day before and leaves room for the one of the evening.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from pipeline.catalogue import MOSCOW, format_date, text
from pipeline.errors import UserError
from pipeline.mail.letters.kinds.digest import DigestLetter
from pipeline.mail.letters.rows import Figures
from pipeline.model import Role, Summary
from pipeline.model.audit import SYSTEM, Deed
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work, told
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.mailings import closing
from pipeline.steps.mailings.digest import (
    enqueue_digest,
    is_made,
)
from pipeline.store import (
    Session,
    audience,
    audit,
    extensions,
    publications,
    roster,
)
from pipeline.store.base import turns


def run(context: Context, now: datetime, publication: str | None = None, who: str = SYSTEM) -> Summary:
    """Queue the day's digests of every collection that is open, or of ``publication`` alone whatever its state.

    After the general closing they go on for the regions in which somebody has more time. Where a closing letter comes
    that day, or within hours, it takes their place. Run again on the same day it adds nothing, which is a remark.
    Counts: ``letters`` queued, ``reports`` made; ``who`` is for the audit. Raises UserError for a ``publication``
    without a collection.
    """
    with context.store.reading() as session:
        codes = [item.code for item in extensions.open_collections(session, now)]
        found = publications.publication(session, publication) if publication else None
    if publication is not None:
        if found is None or found.collection is None:
            raise UserError("publication.unknown", code=publication)
        codes = [publication]
    queued: list[int] = []
    counts: Counter[str] = Counter()
    for code in codes:
        with context.store.transaction() as session:
            turns.take(session, code)
            made, reached = _send(context, session, code, now, counts, everybody=publication is not None)
            if reached:
                audit.note(session, Deed(now, who, "digested", code, detail=f"{reached}"))
        queued += made
    spool_ready(context, queued)
    figures = {"letters": len(queued), "reports": counts["reports"]}
    return Summary("digest", figures, [] if queued else _why_none(context, counts, now))


def _send(
    context: Context, session: Session, code: str, now: datetime, counts: Counter[str], *, everybody: bool
) -> tuple[list[int], int]:
    """Return the ids of new letters, and to how many coordinators they go."""
    publication = publications.publication(session, code)
    if publication is None or publication.collection is None or publication.withdrawn_at is not None:
        return [], 0
    regions = None if everybody else extensions.open_regions(session, publication, now)
    closing_letters = frozenset() if everybody else closing.in_place_of_digest(context, session, publication, now)
    wanted = []
    for coordinator in roster.logins(session, role=Role.COORDINATOR):
        if regions is not None and coordinator.region not in regions:
            continue
        if is_made(session, DigestLetter.kind, publication, coordinator, day(context, now)):
            counts["already"] += 1
        elif coordinator.code in closing_letters:
            counts["closing"] += 1
        else:
            wanted.append(coordinator)
    audience.withhold_overtaken(session, code, (DigestLetter.kind,), [coordinator.code for coordinator in wanted], now)
    queued: list[int] = []
    reached, due = 0, context.schedules["digest"].due_before(now)

    def made_of(figures: Figures) -> DigestLetter:
        return DigestLetter(figures=figures, of_day=due)

    for coordinator in told(context.progress, Work.DIGESTED, wanted, len(wanted)):
        kind, once = DigestLetter.kind, day(context, now)
        made = enqueue_digest(context, session, kind, publication, coordinator, now, once=once, made_of=made_of)
        queued += made.letters
        counts["reports"] += made.reports
        reached += bool(made.letters)
    return queued, reached


def day(context: Context, now: datetime) -> str:
    """Return the day of the schedule that ``now`` belongs to, as ISO 8601 has it."""
    return context.schedules["digest"].due_before(now).astimezone(MOSCOW).date().isoformat()


def _why_none(context: Context, counts: Counter[str], now: datetime) -> list[str]:
    """What a person who asked for the digest is told when there was nothing to send."""
    schedule, remarks = context.schedules["digest"], list[str]()
    if counts["already"]:
        following = schedule.due_after(now).astimezone(MOSCOW)
        today = following.date() == now.astimezone(MOSCOW).date()
        on = text("digest.today") if today else text("digest.on", day=format_date(following))
        sent = format_date(schedule.due_before(now))
        remarks.append(text("digest.already", day=sent, on=on, at=f"{following:%H:%M}"))
    if counts["closing"]:
        remarks.append(text("digest.closing"))
    return remarks
