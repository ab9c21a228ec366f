"""Mail servers that cannot be used: since when, why, and when a refused login may be tried again.

A row a fault: a server without a row is well. Every process reads them, so that a password refused in one run is not
tried by the next, which is a process of its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline.model.pulse import ServerFault
from pipeline.store.base.sql import changed, insert
from pipeline.store.tables import ServerFaultRow


def faults(session: Session) -> dict[str, ServerFault]:
    """Return what is wrong, by the server's name."""
    return {row.name: _fault(row) for row in session.scalars(select(ServerFaultRow))}


def failed(session: Session, fault: ServerFault) -> None:
    """Put a fault on record in the place of what is known of that server."""
    values = {
        "code": fault.code,
        "reason": fault.reason,
        "since": fault.since,
        "failed_at": fault.failed_at,
        "fingerprint": fault.fingerprint,
        "passing": fault.passing,
        "refusals": fault.refusals,
        "next_try_at": fault.next_try_at,
    }
    new = insert(session, ServerFaultRow).values(name=fault.name, **values)
    session.execute(new.on_conflict_do_update(index_elements=["name"], set_=values))


def well(session: Session, *names: str) -> int:
    """Forget the faults of these servers; returns how many there were."""
    return changed(session, delete(ServerFaultRow).where(ServerFaultRow.name.in_(names)))


def claim_try(session: Session, name: str, now: datetime, until: datetime) -> bool:
    """Take the one try that is due at ``now``: nobody else tries before ``until``. False when it is taken."""
    row = ServerFaultRow
    due = (row.name == name, row.next_try_at <= now)
    return changed(session, update(row).where(*due).values(next_try_at=until)) == 1


def _fault(row: ServerFaultRow) -> ServerFault:
    return ServerFault(
        name=row.name,
        code=row.code,
        reason=row.reason,
        since=row.since,
        failed_at=row.failed_at,
        fingerprint=row.fingerprint,
        passing=row.passing,
        refusals=row.refusals,
        next_try_at=row.next_try_at,
    )
