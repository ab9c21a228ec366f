"""Which messages have been decided again since they were put away: released, refused, processed again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.model import Receipt, ReceiptState
from pipeline.model.incoming import ReceiptEvent
from pipeline.store import receipts
from pipeline.store.base.sql import chunks
from pipeline.store.tables import ReceiptEventRow, ReceiptRow

_DECIDED = (ReceiptEvent.RELEASED, ReceiptEvent.REFUSED, ReceiptEvent.DISOWNED, ReceiptEvent.REPLAYED)


def anything_decided(session: Session) -> bool:
    """Whether anybody has ever decided about a message: without that there is nothing to look for on the server."""
    query = select(ReceiptEventRow.id).where(ReceiptEventRow.event.in_(_DECIDED)).limit(1)
    return session.scalar(query) is not None


def decided_anew(session: Session, account: str, marks: Iterable[tuple[int, datetime]]) -> list[Receipt]:
    """Return the receipts of ``account`` that somebody has decided about and that are judged by now.

    Only those that have the size in bytes or the receipt time of one of ``marks``.
    """
    given = list(marks)
    decided = select(ReceiptEventRow.receipt_id).where(ReceiptEventRow.event.in_(_DECIDED))
    judged = (
        ReceiptRow.id.in_(decided),
        ReceiptRow.account == account,
        ReceiptRow.state != ReceiptState.UNREAD,
    )
    found: set[int] = set()
    for column, values in (
        (ReceiptRow.size, {size for size, _ in given}),
        (ReceiptRow.received_at, {received_at for _, received_at in given}),
    ):
        for part in chunks(sorted(values)):
            found.update(session.scalars(select(ReceiptRow.id).where(*judged, column.in_(part))))
    return [receipt for number in sorted(found) if (receipt := receipts.receipt(session, number)) is not None]
