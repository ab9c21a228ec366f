"""Remind: those who have not handed in, at fixed numbers of days before the closing, each reminder once."""

from __future__ import annotations

from datetime import datetime

from pipeline.catalogue import MOSCOW
from pipeline.model import Letter, Participant, Publication, Status, Summary
from pipeline.steps.context import Context
from pipeline.steps.drafting import NOTICE, Subject, draft, form_attachment
from pipeline.steps.spooling import spool_ready
from pipeline.store import health, letters, participations, publications


def run(context: Context, now: datetime) -> Summary:
    """Queue the reminders due at ``now``: the nearest of ``limits.reminder_days`` that has come.

    Counts: ``letters`` queued.
    """
    queued: list[int] = []
    with context.store.transaction() as session:
        dead = health.dead_addresses(session)
        for publication in publications.open_collections(session, now):
            days = _days_left(publication, now)
            due = [limit for limit in context.limits.reminder_days if days <= limit]
            if not due:
                continue
            drafts = [
                letter
                for participant in participations.participants(session, publication.code)
                for letter in _reminders(context, publication, participant, min(due), days, now)
                if letter.address.lower() not in dead
            ]
            queued += letters.enqueue_all(session, drafts)
    spool_ready(context, queued)
    return Summary("remind", {"letters": len(queued)})


def _days_left(publication: Publication, now: datetime) -> int:
    """Whole calendar days in Moscow between now and the closing: what «через 3 дня» means to people."""
    closes_at = publication.collection.closes_at if publication.collection else now
    return (closes_at.astimezone(MOSCOW).date() - now.astimezone(MOSCOW).date()).days


def _reminders(
    context: Context, publication: Publication, participant: Participant, threshold: int, days: int, now: datetime
) -> list[Letter]:
    part = participant.participation
    if part.status is Status.SUBMITTED and not part.disputed:
        return []
    login = participant.login
    number = sorted(context.limits.reminder_days, reverse=True).index(threshold) + 1
    return [
        draft(
            context,
            "reminder",
            f"reminder:{publication.code}:{threshold}:{login.code}:{address}",
            address,
            Subject(login, publication),
            now,
            data={"days_left": days, "number": number},
            attachments=[form_attachment(context, login, publication)],
            priority=NOTICE,
        )
        for address in login.addresses
    ]
