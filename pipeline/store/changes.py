"""Corrections of the roster that organisations ask for: on record, and without effect until somebody approves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.store.sql import changed
from pipeline.store.tables import AddressRow, ChangeRow, ChangeState, LoginRow

__all__ = ["Change", "ChangeState", "add", "apply", "change", "decide", "listed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One correction. ``field`` is ``address``, ``name`` or ``other``; ``value`` as it will stand in the roster."""

    login: str
    field: str
    value: str
    requested_by: str
    receipt_id: int
    requested_at: datetime
    state: ChangeState = ChangeState.PENDING
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    id: int = 0


def add(session: Session, change: Change) -> int | None:
    """Put a correction on record and return its id, or None when the same one is waiting already."""
    same = select(ChangeRow.id).where(
        ChangeRow.login == change.login,
        ChangeRow.field == change.field,
        ChangeRow.value == change.value,
        ChangeRow.state == ChangeState.PENDING,
    )
    if session.scalar(same.limit(1)) is not None:
        return None
    row = ChangeRow(
        login=change.login,
        field=change.field,
        value=change.value,
        requested_by=change.requested_by,
        receipt_id=change.receipt_id,
        requested_at=change.requested_at,
        state=ChangeState.PENDING,
    )
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, change_id: int) -> Change | None:
    """Return the correction with this id."""
    row = session.get(ChangeRow, change_id)
    return _change(row) if row else None


def listed(session: Session, state: ChangeState | None = ChangeState.PENDING, login: str | None = None) -> list[Change]:
    """Return corrections in ``state`` (in any with None), of one login where given, the oldest first."""
    query = select(ChangeRow).order_by(ChangeRow.id)
    if state is not None:
        query = query.where(ChangeRow.state == state)
    if login is not None:
        query = query.where(ChangeRow.login == login)
    return [_change(row) for row in session.scalars(query)]


def decide(session: Session, change_id: int, state: ChangeState, now: datetime, who: str, reason: str | None) -> bool:
    """Settle a waiting correction. False, and nothing changed, when it was settled before."""
    where = (ChangeRow.id == change_id, ChangeRow.state == ChangeState.PENDING)
    values = {"state": state, "decided_at": now, "decided_by": who, "reason": reason}
    return changed(session, update(ChangeRow).where(*where).values(**values)) == 1


def apply(session: Session, approved: Change) -> None:
    """Write an approved address or name into the roster; ``other`` has no place in it and is left to people."""
    if approved.field == "name":
        changed(session, update(LoginRow).where(LoginRow.code == approved.login).values(name=approved.value))
    if approved.field != "address":
        return
    rows = list(session.scalars(select(AddressRow).where(AddressRow.login == approved.login)))
    if approved.value.lower() not in {row.address_key for row in rows}:
        position = max((row.position for row in rows), default=-1) + 1
        session.add(
            AddressRow(
                login=approved.login,
                position=position,
                address=approved.value,
                address_key=approved.value.lower(),
            )
        )
        session.flush()


def _change(row: ChangeRow) -> Change:
    return Change(
        login=row.login,
        field=row.field,
        value=row.value,
        requested_by=row.requested_by,
        receipt_id=row.receipt_id,
        requested_at=row.requested_at,
        state=row.state,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        id=row.id,
    )
