"""Reminders: who has been reminded of which deadline, and taking back what waits when it is not needed any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from pipeline.model import LetterState, Status
from pipeline.store.sql import chunks, insert_new, returned, taken
from pipeline.store.tables import Base, LetterEvent, LetterEventRow, LetterRow, ParticipationRow

KINDS = ("reminder", "last_call")


class ReminderRow(Base):
    """One login reminded of one deadline. ``cause``: the day before it, or the message that asked for it."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("publication", "login", "closes_at", "cause"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    login: Mapped[str] = mapped_column(ForeignKey("logins.code", onupdate="CASCADE"))
    closes_at: Mapped[datetime]
    cause: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of the closing at ``closes_at``, due at ``at``."""

    login: str
    closes_at: datetime
    cause: str
    at: datetime


def of_publication(session: Session, publication: str) -> dict[str, list[Reminder]]:
    """Return the reminders of a collection by login, in the order of recording."""
    row = ReminderRow
    query = select(row.login, row.closes_at, row.cause, row.at).where(row.publication == publication).order_by(row.id)
    found: defaultdict[str, list[Reminder]] = defaultdict(list)
    for login, closes_at, cause, at in session.execute(query):
        found[login].append(Reminder(login, closes_at, cause, at))
    return found


def add(session: Session, publication: str, reminders: Iterable[Reminder]) -> None:
    """Put reminders on record; those that are already are passed over."""
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
    for part in chunks(rows):
        insert_new(session, ReminderRow, part)


def stop(session: Session, now: datetime) -> int:
    """Withhold the reminders that still wait for those who have handed in by now; return how many."""
    row, part = LetterRow, ParticipationRow
    handed_in = (
        select(part.login)
        .where(
            part.publication == row.publication,
            part.login == row.login,
            part.status == Status.SUBMITTED,
            part.accepted_return_id.is_not(None),
        )
        .exists()
    )
    waiting = taken(row.id, *_waiting(now), handed_in)
    values = {"state": LetterState.WITHHELD, "to_send": False, "owner": None, "lease_until": None}
    ids = returned(session, update(row).where(row.id.in_(waiting)).values(**values), row.id)
    events = [
        {"letter_id": letter_id, "event": LetterEvent.WITHHELD, "at": now, "detail": "handed_in"}
        for letter_id in sorted(ids)
    ]
    insert_new(session, LetterEventRow, events)
    return len(ids)
