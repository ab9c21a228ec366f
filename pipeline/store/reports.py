"""Numbered reports: asked for, forming, ready (seed, Fig. 22)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from pipeline.errors import Incident
from pipeline.model import Report, ReportKind, ReportState
from pipeline.store.base.sql import changed, returned
from pipeline.store.tables import ReportRow


def create(
    session: Session, kind: ReportKind, publication: str, region: str | None, requested_by: str | None, now: datetime
) -> Report:
    """Give a report on ``publication`` (of ``region``, or of all with None) its number; it is forming."""
    row = ReportRow(
        kind=kind,
        publication=publication,
        region=region,
        requested_by=requested_by,
        state=ReportState.FORMING,
        created_at=now,
        name="",
    )
    session.add(row)
    session.flush()
    return _report(row)


def report(session: Session, number: int) -> Report | None:
    """Return the report with this number."""
    row = session.get(ReportRow, number)
    return _report(row) if row else None


def latest(session: Session, limit: int) -> list[Report]:
    """Return the reports with the highest numbers, those first."""
    return [_report(row) for row in session.scalars(select(ReportRow).order_by(ReportRow.number.desc()).limit(limit))]


def hashes(session: Session) -> dict[str, int]:
    """Return the sha256 of every finished report, with its number."""
    query = select(ReportRow.sha256, ReportRow.number).where(ReportRow.sha256.is_not(None))
    return {sha256: number for sha256, number in session.execute(query) if sha256 is not None}


def forming(session: Session, now: datetime | None = None) -> list[Report]:
    """Return the reports that wait for their workbook, in order of their numbers; with ``now`` those due by then."""
    query = select(ReportRow).where(ReportRow.state == ReportState.FORMING).order_by(ReportRow.number)
    if now is not None:
        query = query.where(or_(ReportRow.retry_at.is_(None), ReportRow.retry_at <= now))
    return [_report(row) for row in session.scalars(query)]


def begin(session: Session, number: int) -> int:
    """Count one more try to form a report, before it is made: one that kills its worker is tried no further for ever.

    Returns how many tries that makes, 0 for a report that is not forming.
    """
    where = (ReportRow.number == number, ReportRow.state == ReportState.FORMING)
    tried = update(ReportRow).where(*where).values(attempts=ReportRow.attempts + 1)
    return next(iter(returned(session, tried, ReportRow.attempts)), 0)


def put_off(session: Session, number: int, now: datetime, retry_at: datetime) -> None:
    """Record that a report could not be formed at ``now`` and is tried again at ``retry_at``."""
    _settle(session, number, failed_at=now, retry_at=retry_at)


def troubled(session: Session, since: datetime) -> dict[int, datetime]:
    """Return, by number, since when reports cannot be formed: those tried again, and those given up after ``since``."""
    row = ReportRow
    waits = (row.state == ReportState.FORMING, row.failed_at.is_not(None))
    given_up = (row.state == ReportState.FAILED, row.failed_at > since)
    query = select(row.number, row.failed_at).where(or_(and_(*waits), and_(*given_up))).order_by(row.number)
    return {number: failed_at for number, failed_at in session.execute(query) if failed_at is not None}


def ready(session: Session, number: int, name: str, sha256: str, now: datetime) -> Report:
    """Give a forming report its file name and the hash of its archived bytes; return it as it is on record.

    One that another worker has completed meanwhile stays as it is. Raises Incident for an unknown number.
    """
    _settle(session, number, state=ReportState.READY, name=name, sha256=sha256, ready_at=now)
    return _known(session, number)


def failed(session: Session, number: int, now: datetime | None = None) -> Report:
    """Give up at ``now`` a report that cannot be formed; return it as it is on record.

    Raises Incident for an unknown number.
    """
    _settle(session, number, state=ReportState.FAILED, failed_at=now)
    return _known(session, number)


def _settle(session: Session, number: int, **values: object) -> None:
    where = (ReportRow.number == number, ReportRow.state == ReportState.FORMING)
    changed(session, update(ReportRow).where(*where).values(**values))


def _known(session: Session, number: int) -> Report:
    found = report(session, number)
    if found is None:
        raise Incident("report.unknown", number=number)
    return found


def _report(row: ReportRow) -> Report:
    return Report(
        number=row.number,
        kind=row.kind,
        publication=row.publication,
        region=row.region,
        requested_by=row.requested_by,
        state=row.state,
        created_at=row.created_at,
        name=row.name,
        sha256=row.sha256,
        ready_at=row.ready_at,
    )
