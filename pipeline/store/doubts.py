"""Letters in doubt that are not tried again: whether they have left is for an operator to find out (M14, M47)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import Letter, LetterState
from pipeline.status.letter import LetterMove
from pipeline.store.base.sql import chunks
from pipeline.store.letter_states import move
from pipeline.store.letters import by_ids
from pipeline.store.restoring import RESTORED
from pipeline.store.tables import LetterRow


def listed(session: Session, limit: int | None = None) -> list[Letter]:
    """Return the letters in doubt that wait for an operator, the oldest first."""
    query = select(LetterRow.id).where(*_in_doubt()).order_by(LetterRow.id).limit(limit)
    return by_ids(session, list(session.scalars(query)))


def count(session: Session) -> int:
    """Return how many these are."""
    return session.scalars(select(func.count()).select_from(LetterRow).where(*_in_doubt())).one()


def among(session: Session, letter_ids: Iterable[int]) -> frozenset[int]:
    """Return those of these letters that wait for an operator."""
    row, found = LetterRow, set[int]()
    for part in chunks(sorted(letter_ids)):
        found.update(session.scalars(select(row.id).where(row.id.in_(part), *_in_doubt())))
    return frozenset(found)


def doubt_waiting(session: Session, until: datetime, now: datetime) -> int:
    """Put in doubt what waits and was due by ``until``, and what was on its way; return how many letters that is."""
    row = LetterRow
    due = and_(row.to_send.is_(True), row.due_at <= until)
    which = or_(due, row.state == LetterState.SENDING)
    return len(move(session, LetterMove.DOUBTED, now, which, why=RESTORED, to_send=False))


def send(session: Session, letter_ids: Sequence[int], now: datetime, who: str) -> int:
    """Let these letters go once more; return how many. Those past their time, or not in doubt, stay as they are."""
    row, count = LetterRow, 0
    unexpired = or_(row.expires_at.is_(None), row.expires_at > now)
    for part in chunks(sorted(letter_ids)):
        ours = (row.id.in_(part), *_in_doubt(), unexpired)
        count += len(move(session, LetterMove.RESENT, now, *ours, why=who, to_send=True, due_at=now))
    return count


def drop(session: Session, letter_ids: Sequence[int], now: datetime, who: str) -> int:
    """Say that these letters are not to go; return how many were in doubt."""
    parts = chunks(sorted(letter_ids))
    ours = ((LetterRow.id.in_(part), *_in_doubt()) for part in parts)
    return sum(len(move(session, LetterMove.DROPPED, now, *which, why=who)) for which in ours)


def _in_doubt() -> tuple[ColumnElement[bool], ...]:
    return LetterRow.state == LetterState.UNCERTAIN, LetterRow.to_send.is_(False)
