"""Corrections of the roster that people ask for: on record, and without effect until somebody approves them.

They are numbered within their region (``change_numbers``): people see and type these numbers. One that waits goes
along with an organisation that moves and is given a number of its new region; the old one is never given again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.model import Login, Role
from pipeline.model.corrections import Change, ChangeState
from pipeline.store.base.sql import changed
from pipeline.store.change_numbers import next_number
from pipeline.store.roster import read_logins
from pipeline.store.tables import ChangeRow, LoginRow


def add(session: Session, change: Change) -> Change | None:
    """Put a correction on record and return it with its number, or None when the same one is waiting already."""
    same = select(ChangeRow.id).where(
        ChangeRow.login == change.login,
        ChangeRow.field == change.field,
        ChangeRow.value == change.value,
        ChangeRow.state == ChangeState.PENDING,
    )
    if session.scalar(same.limit(1)) is not None:
        return None
    region = session.scalars(select(LoginRow.region).where(LoginRow.code == change.login)).one()
    row = ChangeRow(
        region=region,
        number=next_number(session, region),
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
    return _change(row)


def change(session: Session, change_id: int) -> Change | None:
    """Return the correction with this id."""
    row = session.get(ChangeRow, change_id)
    return _change(row) if row else None


def numbered(session: Session, number: int, region: str | None = None) -> list[Change]:
    """Return the corrections with this number, at most one of each region, or only that of ``region``."""
    query = select(ChangeRow).where(ChangeRow.number == number).order_by(ChangeRow.region)
    if region is not None:
        query = query.where(ChangeRow.region == region)
    return [_change(row) for row in session.scalars(query)]


def adopt(session: Session, region: str) -> None:
    """Give what waits of organisations that have moved into ``region`` numbers of it, in the order of asking.

    To be called before the numbers of a region are told or taken: nobody there was told the old ones.
    """
    row, account = ChangeRow, LoginRow
    moved = (
        select(row.id, row.region)
        .join(account, account.code == row.login)
        .where(row.state == ChangeState.PENDING, account.region == region, row.region != region)
        .order_by(row.id)
    )
    for change_id, before in session.execute(moved).all():
        here = {"region": region, "number": next_number(session, region)}
        changed(session, update(row).where(row.id == change_id, row.region == before).values(**here))


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


def waiting_in(session: Session, region: str) -> list[tuple[Change, Login]]:
    """Return what waits of the organisations of a region, with each as it is on record, the oldest first."""
    account = LoginRow
    query = (
        select(ChangeRow, account)
        .join(account, account.code == ChangeRow.login)
        .where(
            ChangeRow.state == ChangeState.PENDING,
            account.region == region,
            account.role == Role.ORGANISATION,
            account.departed_at.is_(None),
        )
        .order_by(ChangeRow.id)
    )
    found = session.execute(query).all()
    logins = read_logins(session, [row for _, row in found])
    return [(_change(row), logins[login.code]) for row, login in found]


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
        region=row.region,
        number=row.number,
    )
