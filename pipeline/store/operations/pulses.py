"""Pulses: when each schedule and each step last began, ended and failed, by what it was begun (M44).

A row a name and a way, so that a person's commands never pass for a schedule that lives.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.model.pulse import Pulse, Way
from pipeline.store.base.sql import insert
from pipeline.store.tables import PulseRow


def began(session: Session, name: str, way: Way, now: datetime, in_time: timedelta) -> None:
    """Record that a run begins. One that begins later than ``in_time`` after the last sign of life ends the streak."""
    row = _row(session, name, way)
    _put(
        session,
        name,
        way,
        now,
        {
            "began_at": now,
            "alive_at": now,
            "unfinished": row.unfinished + 1 if row else 1,
            "streak": row.streak + 1 if row and now - row.alive_at <= in_time else 1,
        },
    )


def alive(session: Session, name: str, way: Way, now: datetime) -> None:
    """Record that a run goes on."""
    _put(session, name, way, now, {"alive_at": now})


def ended(session: Session, name: str, way: Way, now: datetime) -> None:
    """Record that a run ended well: earlier faults are over."""
    over = {"failed_since": None, "failures": 0, "code": None, "reason": None, "unfinished": 0}
    _put(session, name, way, now, {"alive_at": now, "ended_at": now, **over})


def failed(session: Session, name: str, way: Way, now: datetime, code: str, reason: str | None) -> None:
    """Record that a run ended with a fault."""
    row = _row(session, name, way)
    fault = {
        "failed_at": now,
        "failed_since": (row.failed_since if row else None) or now,
        "failures": row.failures + 1 if row else 1,
        "code": code,
        "reason": reason,
    }
    _put(session, name, way, now, {"alive_at": now, "unfinished": 0, **fault})


def ticked(session: Session, name: str, way: Way, now: datetime, patience: timedelta) -> None:
    """Record a sign of life of something that runs for long. After a silence of more than ``patience`` it counts as
    begun now: the machine was off, or asleep."""
    row = _row(session, name, way)
    fresh = row is None or now - row.alive_at > patience
    _put(session, name, way, now, {"alive_at": now, **({"began_at": now} if fresh else {})})


def listed(session: Session) -> list[Pulse]:
    """Return every pulse, by name and way."""
    return [_pulse(row) for row in session.scalars(select(PulseRow).order_by(PulseRow.name, PulseRow.way))]


def _row(session: Session, name: str, way: Way) -> PulseRow | None:
    return session.get(PulseRow, (name, way))


def _put(session: Session, name: str, way: Way, now: datetime, values: dict[str, Any]) -> None:
    """Write ``values``; a row that is not there begins its life with them."""
    first = {"first_at": now, "began_at": now, "alive_at": now, "failures": 0, "unfinished": 0, "streak": 1}
    new = insert(session, PulseRow).values(name=name, way=way, **(first | values))
    session.execute(new.on_conflict_do_update(index_elements=["name", "way"], set_=values))


def _pulse(row: PulseRow) -> Pulse:
    return Pulse(
        name=row.name,
        way=row.way,
        first_at=row.first_at,
        began_at=row.began_at,
        alive_at=row.alive_at,
        ended_at=row.ended_at,
        failed_at=row.failed_at,
        failed_since=row.failed_since,
        failures=row.failures,
        code=row.code,
        reason=row.reason,
        unfinished=row.unfinished,
        streak=row.streak,
    )
