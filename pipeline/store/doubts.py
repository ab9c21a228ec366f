"""Letters in doubt that are not tried again: whether they have left is for an operator to find out (M14, M47)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import Letter, LetterState
from pipeline.model.delivery import LetterEvent
from pipeline.store.base.sql import (
    chunks,
    insert_new,
    returned,
)
from pipeline.store.letters import by_ids
from pipeline.store.restoring import RESTORED
from pipeline.store.tables import LetterEventRow, LetterRow

_WAITING = (LetterState.QUEUED, LetterState.UNCERTAIN)


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
    due = and_(row.state.in_(_WAITING), row.to_send.is_(True), row.due_at <= until)
    values = {
        "state": LetterState.UNCERTAIN,
        "to_send": False,
        "doubts": row.doubts + 1,
        "owner": None,
        "lease_until": None,
    }
    doubted = update(row).where(or_(due, row.state == LetterState.SENDING)).values(**values)
    return _logged(session, returned(session, doubted, row.id), LetterEvent.UNCERTAIN, now, RESTORED)


def send(session: Session, letter_ids: Sequence[int], now: datetime, who: str) -> int:
    """Let these letters go once more; return how many. Those past their time, or not in doubt, stay as they are."""
    row = LetterRow
    unexpired = or_(row.expires_at.is_(None), row.expires_at > now)
    values = {"to_send": True, "due_at": now, "owner": None, "lease_until": None}
    return _changed(session, letter_ids, [unexpired], values, (LetterEvent.QUEUED, now, who))


def drop(session: Session, letter_ids: Sequence[int], now: datetime, who: str) -> int:
    """Say that these letters are not to go; return how many were in doubt."""
    return _changed(session, letter_ids, [], {"state": LetterState.WITHHELD}, (LetterEvent.WITHHELD, now, who))


def _changed(
    session: Session,
    letter_ids: Collection[int],
    conditions: Sequence[ColumnElement[bool]],
    values: dict[str, Any],
    event: tuple[LetterEvent, datetime, str],
) -> int:
    row, done = LetterRow, list[int]()
    for part in chunks(sorted(letter_ids)):
        change = update(row).where(row.id.in_(part), *_in_doubt(), *conditions).values(**values)
        done += returned(session, change, row.id)
    return _logged(session, done, *event)


def _logged(session: Session, ids: Collection[int], event: LetterEvent, at: datetime, detail: str) -> int:
    rows = [{"letter_id": letter_id, "event": event, "at": at, "detail": detail} for letter_id in sorted(ids)]
    insert_new(session, LetterEventRow, rows)
    return len(rows)


def _in_doubt() -> tuple[ColumnElement[bool], ...]:
    return LetterRow.state == LetterState.UNCERTAIN, LetterRow.to_send.is_(False)
