"""Taking back letters that wait, many in one statement. For the store's own modules."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.status.letter import LetterMove
from pipeline.store.letter_states import move, unleased
from pipeline.store.tables import LetterRow


def withhold(session: Session, now: datetime, why: str, *which: ColumnElement[bool]) -> int:
    """Withhold the queued letters of ``which`` that no worker holds, noting ``why``; return how many."""
    return len(taken_back(session, now, why, *which))


def taken_back(session: Session, now: datetime, why: str, *which: ColumnElement[bool]) -> list[int]:
    """Withhold as ``withhold`` does; return the ids of the letters."""
    waiting = (LetterRow.to_send.is_(True), unleased(now), *which)
    return move(session, LetterMove.WITHHELD, now, *waiting, why=why, skip_locked=True)
