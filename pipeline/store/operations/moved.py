"""What became of a publication's letters since a mark in the delivery log, and what of them waits."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model.delivery import Moved, Waiting
from pipeline.store.pauses import not_paused
from pipeline.store.tables import LetterEventRow, LetterRow


def mark(session: Session) -> int:
    """Return the end of the delivery log as it is now."""
    return session.scalar(select(func.max(LetterEventRow.id))) or 0


def since(session: Session, after: int, publication: str) -> list[Moved]:
    """Return the letters about a publication that answer nobody and have a line of the log after the mark ``after``.

    In the order of logins and addresses; their states are those of now.
    """
    row, line = LetterRow, LetterEventRow
    touched = select(line.letter_id).where(line.id > after)
    query = select(row.login, row.address, row.kind, row.state, row.server_reply, row.due_at, row.to_send)
    which = (*_about(publication), row.id.in_(touched))
    return [Moved(*found) for found in session.execute(query.where(*which).order_by(row.login, row.address, row.id))]


def waiting(session: Session, publication: str, now: datetime) -> Waiting:
    """Return what waits at ``now`` of the letters about a publication that answer nobody."""
    row, count = LetterRow, func.count()
    ours = (*_about(publication), row.to_send.is_(True))
    free = (*ours, not_paused())
    held = session.scalars(select(count).where(*ours, ~not_paused())).one()
    later, later_at = session.execute(
        select(count, func.min(row.due_at)).where(*free, row.due_at > now, row.attempts == 0)
    ).one()
    put_off, put_off_at = session.execute(
        select(count, func.min(row.due_at)).where(*free, row.due_at > now, row.attempts > 0)
    ).one()
    ready = select(row.domain, count).where(*free, row.due_at <= now).group_by(row.domain)
    return Waiting(held, later, later_at, put_off, put_off_at, Counter(dict(session.execute(ready).all())))


def _about(publication: str) -> tuple[ColumnElement[bool], ...]:
    return LetterRow.publication == publication, LetterRow.receipt_id.is_(None)
