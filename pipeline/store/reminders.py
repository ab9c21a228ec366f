"""Reminders: who has been reminded of which deadline, and taking back what waits when it is not needed any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pipeline.model import LetterState, Status
from pipeline.model.delivery import Reminder
from pipeline.store.base.sql import chunks, insert
from pipeline.store.tables import LetterRow, ParticipationRow, ReminderRow
from pipeline.store.withholding import withhold

KINDS = ("reminder", "last_call")
_LOST = (LetterState.EXPIRED, LetterState.WITHHELD)


def of_publication(session: Session, publication: str) -> dict[str, list[Reminder]]:
    """Return the reminders of a collection by login, in the order of recording.

    One that reached nobody, for none of its letters left and none will, is no reminder.
    """
    row, lost = ReminderRow, _lost(session, publication)
    query = select(row.login, row.closes_at, row.cause, row.at).where(row.publication == publication).order_by(row.id)
    found: defaultdict[str, list[Reminder]] = defaultdict(list)
    for login, closes_at, cause, at in session.execute(query):
        if (login, at) not in lost:
            found[login].append(Reminder(login, closes_at, cause, at))
    return found


def _lost(session: Session, publication: str) -> set[tuple[str, datetime]]:
    """Return (login, date) of the reminders of which every letter has expired or was withheld."""
    row = LetterRow
    ours = (row.publication == publication, row.kind.in_(KINDS))
    query = select(row.login, row.created_at).distinct().where(*ours)
    found = {(login, at) for login, at in session.execute(query.where(row.state.in_(_LOST))) if login}
    for dates in chunks(sorted({at for _, at in found})):
        others = query.where(row.state.not_in(_LOST), row.created_at.in_(dates))
        found -= {(login, at) for login, at in session.execute(others)}
    return found


def add(session: Session, publication: str, reminders: Iterable[Reminder]) -> None:
    """Put reminders on record, in the place of one for the same cause that reached nobody."""
    rows = [
        {
            "publication": publication,
            "login": reminder.login,
            "closes_at": reminder.closes_at,
            "cause": reminder.cause,
            "at": reminder.at,
        }
        for reminder in reminders
    ]
    new = insert(session, ReminderRow)
    replaced = new.on_conflict_do_update(
        index_elements=["publication", "login", "closes_at", "cause"], set_={"at": new.excluded.at}
    )
    for part in chunks(rows):
        session.execute(replaced, part)


def stop(session: Session, priority: int, now: datetime, addresses: Iterable[str] | None = None) -> int:
    """Withhold the reminders (letters of ``priority``) that wait for those who have handed in by now; return how many.

    So is what tells a whole region of more time: it would send them to work again. With ``addresses``, of those who
    have handed in just now, only letters to them are looked at, few in the middle of a campaign; what tells one of them
    by name of more time, and waits for the morning, is not needed either.
    """
    row, part = LetterRow, ParticipationRow
    handed_in = select(part.login).where(
        part.publication == row.publication,
        part.login == row.login,
        part.status == Status.SUBMITTED,
        part.accepted_return_id.is_not(None),
    )
    which = (row.kind.in_((*KINDS, "extended")), handed_in.exists())
    if addresses is None:
        return withhold(session, now, "handed_in", row.priority == priority, *which)
    withheld = 0
    for some in chunks(sorted({address.lower() for address in addresses})):
        # Named by their ids: an index of what is queued would lead through the whole campaign.
        unsent = select(row.id).where(
            row.address_key.in_(some), row.kind.in_((*KINDS, "extended")), row.sent_at.is_(None)
        )
        if ids := session.scalars(unsent).all():
            meant = or_(row.priority == priority, row.due_at > now)
            withheld += withhold(session, now, "handed_in", row.id.in_(ids), meant, *which)
    return withheld
