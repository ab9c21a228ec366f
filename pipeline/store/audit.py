"""The audit: what coordinators and operators had done or tried, in the order of recording; nothing here is changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.model.audit import DEEDS, Deed
from pipeline.store.tables import AuditRow


def note(session: Session, deed: Deed) -> None:
    """Put a deed on record."""
    assert deed.what in DEEDS
    session.add(
        AuditRow(
            at=deed.at,
            who=deed.who,
            what=deed.what,
            publication=deed.publication,
            login=deed.login,
            region=deed.region,
            detail=deed.detail,
            why=deed.why,
            receipt_id=deed.receipt_id,
        )
    )
    session.flush()


def listed(
    session: Session,
    *,
    publication: str | None = None,
    login: str | None = None,
    since: datetime | None = None,
    limit: int = 100,
) -> list[Deed]:
    """Return deeds, the latest first, of one publication or login (code in any case) where given."""
    row = AuditRow
    query = select(row).order_by(row.id.desc()).limit(limit)
    if publication is not None:
        query = query.where(row.publication == publication)
    if login is not None:
        query = query.where(row.login.ilike(login.replace("_", r"\_"), escape="\\"))
    if since is not None:
        query = query.where(row.at >= since)
    return [_deed(found) for found in session.scalars(query)]


def times(session: Session, what: str, login: str, since: datetime) -> list[tuple[datetime, str | None]]:
    """Return (instant, publication) of each deed ``what`` to ``login`` from ``since`` on, the oldest first."""
    row = AuditRow
    query = select(row.at, row.publication).where(row.at >= since, row.what == what, row.login == login)
    return [(at, publication) for at, publication in session.execute(query.order_by(row.at, row.id))]


def _deed(row: AuditRow) -> Deed:
    return Deed(
        at=row.at,
        who=row.who,
        what=row.what,
        publication=row.publication,
        login=row.login,
        region=row.region,
        detail=row.detail,
        why=row.why,
        receipt_id=row.receipt_id,
        id=row.id,
    )
