"""Taking back letters that wait, many in one statement. For the store's own modules."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import LetterState
from pipeline.model.delivery import LetterEvent
from pipeline.store.base.sql import (
    insert_new,
    returned,
    taken,
)
from pipeline.store.tables import LetterEventRow, LetterRow


def withhold(session: Session, now: datetime, why: str, *which: ColumnElement[bool]) -> int:
    """Withhold the queued letters of ``which`` that no worker holds, noting ``why``; return how many."""
    return len(taken_back(session, now, why, *which))


def taken_back(session: Session, now: datetime, why: str, *which: ColumnElement[bool]) -> list[int]:
    """Withhold as ``withhold`` does; return the ids of the letters."""
    row = LetterRow
    free = or_(row.lease_until.is_(None), row.lease_until <= now)
    waiting = taken(row.id, row.to_send.is_(True), row.state == LetterState.QUEUED, free, *which)
    values = {"state": LetterState.WITHHELD, "to_send": False, "owner": None, "lease_until": None}
    ids = returned(session, update(row).where(row.id.in_(waiting)).values(**values), row.id)
    event = {"event": LetterEvent.WITHHELD, "at": now, "detail": why}
    insert_new(session, LetterEventRow, [{"letter_id": letter_id, **event} for letter_id in sorted(ids)])
    return ids
