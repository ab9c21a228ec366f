"""Stops of a running mailing: what is not to leave until somebody says so, with who stopped it, when and why.

A pause holds letters from a priority on (``outgoing.CAMPAIGN`` lets answers go, 0 holds everything), of one publication
or of all. It is heeded where letters are claimed: a running ``deliver`` stops with the batch it has in hand.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model.delivery import Pause, Pauses
from pipeline.store.base.sql import insert, returned
from pipeline.store.tables import LetterRow, PauseRow


def pause(session: Session, stop: Pause) -> bool:
    """Put a stop on record; False when the very same is in force already."""
    same = (stop.publication, stop.priority)
    if any((known.publication, known.priority) == same for known in paused(session, stop.at).in_force):
        return False
    values = {
        "publication": stop.publication,
        "priority": stop.priority,
        "at": stop.at,
        "who": stop.who,
        "why": stop.why,
    }
    session.execute(insert(session, PauseRow).values(**values))
    return True


def resume(session: Session, publication: str | None, who: str, now: datetime) -> int:
    """End the pauses of ``publication``, with None every pause; return how many were in force."""
    row = PauseRow
    ended = update(row).where(row.ended_at.is_(None)).values(ended_at=now, ended_by=who)
    if publication is not None:
        ended = ended.where(row.publication == publication)
    return len(returned(session, ended, row.id))


def resume_general(session: Session, priority: int, who: str, now: datetime) -> int:
    """End the pauses of all publications that hold letters from exactly this priority on; return how many were."""
    row = PauseRow
    which = (row.ended_at.is_(None), row.publication.is_(None), row.priority == priority)
    return len(returned(session, update(row).where(*which).values(ended_at=now, ended_by=who), row.id))


def last_resumed(session: Session) -> datetime | None:
    """Return when a stop was last ended, None when none ever was."""
    return session.scalar(select(func.max(PauseRow.ended_at)))


def waiting(session: Session) -> int:
    """Return how many letters are held by what is stopped now."""
    query = select(func.count()).select_from(LetterRow).where(LetterRow.to_send.is_(True), ~not_paused())
    return session.scalars(query).one()


def paused(session: Session, now: datetime) -> Pauses:
    """Return what is stopped at ``now``, the oldest stop first."""
    row = PauseRow
    return Pauses(
        tuple(_pause(found) for found in session.scalars(select(row).where(*_in_force(now)).order_by(row.id)))
    )


def history(session: Session, publication: str | None = None, limit: int = 100) -> list[Pause]:
    """Return the stops on record, of one publication where given, the latest first."""
    query = select(PauseRow).order_by(PauseRow.id.desc()).limit(limit)
    if publication is not None:
        query = query.where(PauseRow.publication == publication)
    return [_pause(found) for found in session.scalars(query)]


def not_paused() -> ColumnElement[bool]:
    """Return the condition on ``LetterRow`` that no pause holds the letter."""
    row = PauseRow
    holding = select(row.id).where(
        row.ended_at.is_(None),
        or_(row.publication.is_(None), row.publication == LetterRow.publication),
        row.priority <= LetterRow.priority,
    )
    return ~exists(holding.correlate(LetterRow))


def _in_force(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = PauseRow
    return row.at <= now, or_(row.ended_at.is_(None), row.ended_at > now)


def _pause(row: PauseRow) -> Pause:
    return Pause(
        publication=row.publication,
        priority=row.priority,
        at=row.at,
        who=row.who,
        why=row.why,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        id=row.id,
    )
