"""Alerts: problems on record, and what went out about each by which channel.

Every channel is recorded apart: a webhook that is down loses nothing, and a letter that left is not sent again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from pipeline.model.problems import Alert, News, Problem, Told
from pipeline.store.base.sql import changed, insert
from pipeline.store.tables import AlertRow, TellingRow


def begin(session: Session, problem: Problem, now: datetime) -> bool:
    """Put a problem on record; False when it is there and not over, with its sentence brought up to date."""
    row = AlertRow
    values = {"code": problem.code, "subject": problem.subject, "since": problem.since, "begun_at": now}
    new = insert(session, row).values(**values, detail=problem.text).on_conflict_do_nothing().returning(row.id)
    if session.scalar(new) is not None:
        return True
    same = (row.code == problem.code, row.subject == problem.subject, row.over_at.is_(None))
    changed(session, update(row).where(*same, row.detail != problem.text).values(detail=problem.text))
    return False


def over(session: Session, ids: Collection[int], now: datetime) -> int:
    """Record that these alerts are over; returns how many were open."""
    open_ones = (AlertRow.id.in_(sorted(ids)), AlertRow.over_at.is_(None))
    return changed(session, update(AlertRow).where(*open_ones).values(over_at=now))


def recent(session: Session, since: datetime) -> list[Alert]:
    """Return the alerts that are open, and those that were over at ``since`` or later, the oldest first."""
    row, told = AlertRow, defaultdict[int, dict[str, Told]](dict)
    query = select(row).where(or_(row.over_at.is_(None), row.over_at >= since)).order_by(row.id)
    rows = list(session.scalars(query))
    tellings = select(TellingRow).where(TellingRow.alert_id.in_([found.id for found in rows]))
    for telling in session.scalars(tellings):
        told[telling.alert_id][telling.channel] = Told(telling.news, telling.told_at, telling.tried_at)
    return [
        Alert(
            id=found.id,
            problem=Problem(found.code, found.subject, found.detail, found.since),
            begun_at=found.begun_at,
            over_at=found.over_at,
            told=told[found.id],
        )
        for found in rows
    ]


def claim(session: Session, alert_id: int, channel: str, now: datetime, rest: timedelta) -> bool:
    """Take the telling of an alert by one channel; False when somebody tried within ``rest``."""
    row = TellingRow
    new = insert(session, row).values(alert_id=alert_id, channel=channel, tried_at=now)
    taken = new.on_conflict_do_update(
        index_elements=["alert_id", "channel"], set_={"tried_at": now}, where=row.tried_at <= now - rest
    )
    return session.scalar(taken.returning(row.alert_id)) is not None


def told(session: Session, alert_id: int, channel: str, news: News, now: datetime) -> None:
    """Record what went out."""
    row = TellingRow
    ours = (row.alert_id == alert_id, row.channel == channel)
    changed(session, update(row).where(*ours).values(news=news, told_at=now, tried_at=now))
