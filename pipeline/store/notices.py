"""What «УВЕДОМЛЕНИЯ» lists: the numbered reports of a region, and the letters that went to an organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.model import Letter, LetterState, Report
from pipeline.store import letters, reports
from pipeline.store.tables import LetterRow, ReportRow


def of_region(session: Session, region: str, limit: int) -> list[Report]:
    """Return the newest reports of a region, at most ``limit``."""
    query = select(ReportRow.number).where(ReportRow.region == region).order_by(ReportRow.number.desc()).limit(limit)
    found = [reports.report(session, number) for number in session.scalars(query).all()]
    return [report for report in found if report is not None]


def count_of_region(session: Session, region: str, since: datetime | None = None) -> int:
    """Return how many reports of a region there are, or became ready after ``since``."""
    query = select(func.count()).select_from(ReportRow).where(ReportRow.region == region)
    if since is not None:
        query = query.where(ReportRow.ready_at > since)
    return session.scalars(query).one()


def letters_to(session: Session, login: str, addresses: Sequence[str], limit: int) -> list[Letter]:
    """Return the newest letters about ``login`` (code as issued) to its ``addresses``, at most ``limit``.

    Those withheld never left and are none of its business.
    """
    row = LetterRow
    query = select(row.id).where(
        row.address_key.in_([address.lower() for address in addresses]),
        row.login == login,
        row.state != LetterState.WITHHELD,
    )
    ids = session.scalars(query.order_by(row.created_at.desc(), row.id.desc()).limit(limit)).all()
    return [found for letter_id in ids if (found := letters.letter(session, letter_id)) is not None]


def last_answered(session: Session, login: str, kind: str) -> datetime | None:
    """Return when a message of ``login`` was last answered with letter ``kind``, None when it never was."""
    row = LetterRow
    query = select(func.max(row.created_at)).where(
        row.login == login, row.kind == kind, row.receipt_id.is_not(None), row.state != LetterState.WITHHELD
    )
    return session.scalar(query)
