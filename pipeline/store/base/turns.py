"""Turns: what concerns a collection as a whole is done by one transaction after another.

Two that publish, close or extend the same at once would each find that nobody has done it yet.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.store.base.unit import unit_of


def take(session: Session, *codes: str) -> None:
    """Hold the turn of these publications until the transaction ends; first wait for whoever holds one of them.

    What is no publication is named with a colon before it. What was asked before is asked again: the other may have
    changed it. To be taken before anything is read, and many together, so that no two wait for each other. SQLite's
    writer is alone anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    for code in sorted(set(codes)):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"kabinet:{code}", 0))))
    unit_of(session).invalidate(None)
