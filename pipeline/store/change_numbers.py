"""The numbers of corrections: counted within a region, and none is ever given twice.

A number that all regions share would tell each how many corrections the others have, and could be tried. Nobody who
types a number out of an old letter may decide about another correction, so what was given is counted apart from the
corrections, which may move, and goes on above all that a lost database can have given (``restoring``).
"""

from __future__ import annotations

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pipeline.store.base.sql import insert
from pipeline.store.tables import ChangeNumberRow

_EVERYWHERE = ""


def next_number(session: Session, region: str) -> int:
    """Give out the next number of ``region``, beginning with 1; who asks at once waits for the other's commit."""
    row, floor = ChangeNumberRow, _floor(session)
    new = insert(session, row).values(region=region, last=floor + 1)
    following = case((row.last < floor, floor + 1), else_=row.last + 1)
    counted = new.on_conflict_do_update(index_elements=["region"], set_={"last": following}).returning(row.last)
    return session.scalars(counted, execution_options={"synchronize_session": False}).one()


def last_given(session: Session) -> int:
    """Return the highest number that any region was given, or that all are above."""
    return session.scalar(select(func.max(ChangeNumberRow.last))) or 0


def go_on_above(session: Session, number: int) -> None:
    """Let every region, those too that have none yet, be given numbers above ``number`` from now on."""
    new = insert(session, ChangeNumberRow).values(region=_EVERYWHERE, last=number)
    session.execute(new.on_conflict_do_update(index_elements=["region"], set_={"last": number}))


def _floor(session: Session) -> int:
    return session.scalar(select(ChangeNumberRow.last).where(ChangeNumberRow.region == _EVERYWHERE)) or 0
