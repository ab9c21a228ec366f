"""What is given up: a message, a letter or a report that nothing is tried with any more. Each is reported.

The row is written beside the change of state, in one transaction, so that a crash before the report loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.model.problems import Loss
from pipeline.store.base.sql import changed, chunks, insert_new
from pipeline.store.tables import GivenUpRow


def note(session: Session, losses: Iterable[Loss], at: datetime) -> None:
    """Put these on record, to be reported to an operator."""
    rows = [
        {"what": loss.what, "number": loss.number, "reason": loss.reason, "answered": loss.answered, "at": at}
        for loss in losses
    ]
    insert_new(session, GivenUpRow, rows)


def unsaid(session: Session) -> list[Loss]:
    """Return what is not reported yet, in the order of recording."""
    query = select(GivenUpRow).where(GivenUpRow.said_at.is_(None)).order_by(GivenUpRow.id)
    return [Loss(row.what, row.number, row.reason, row.answered, row.id) for row in session.scalars(query)]


def last_said(session: Session) -> datetime | None:
    """Return when anything was last reported to an operator."""
    return session.scalar(select(func.max(GivenUpRow.said_at)))


def say(session: Session, losses: Sequence[Loss], at: datetime) -> None:
    """Record that these are reported."""
    for part in chunks([loss.id for loss in losses]):
        changed(session, update(GivenUpRow).where(GivenUpRow.id.in_(part)).values(said_at=at))
