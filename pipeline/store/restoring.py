"""A database restored from an older copy: what it does not know may have happened, until an operator has looked.

While a restore is open every letter that is put on record is in doubt: the same may have left before (see
``letters.enqueue_all``). Numbers that the lost database has given are not given again: signed addresses in people's
mailboxes name them, and an answer to a question must not reach somebody else, nor a decision another correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from pipeline.model.problems import Restore
from pipeline.store import change_numbers
from pipeline.store.base.sql import changed
from pipeline.store.base.unit import unit_of
from pipeline.store.tables import LetterRow, ReceiptRow, RestoreRow

RESTORED = "restored"
"""Why a letter is in doubt, in the delivery log."""
_TABLE, _CORRECTIONS = "restores", "corrections"
_ROOM = 1_000_000  # numbers: more than were ever given between a copy and its loss


def current(session: Session) -> Restore | None:
    """Return the open restore, None on every other day."""
    return unit_of(session).cached(_TABLE, "current", lambda: _current(session))


def begin(
    session: Session, at: datetime, stopped_at: datetime, who: str, kept: Mapping[str, int] | None = None
) -> tuple[Restore, int | None]:
    """Open a restore and leave room for the numbers that were lost.

    ``kept`` are numbers that were given for certain, as of ``numbers_given``: one copy may be restored twice. Returns
    the restore with the id that the next letter must be given, None where the database gives it by itself.
    """
    known = kept or {}
    last = {name: _after(max(number, known.get(name, 0))) for name, number in numbers_given(session).items()}
    first_receipt, first_letter = last["receipts"] + 1, last["letters"] + 1
    change_numbers.go_on_above(session, last[_CORRECTIONS])
    row = RestoreRow(at=at, stopped_at=stopped_at, who=who, receipts_from=first_receipt)
    session.add(row)
    session.flush()
    given = session.get_bind().dialect.name == "postgresql"
    if given:
        for table, first in (("receipts", first_receipt), ("letters", first_letter)):
            restart = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            session.connection().execute(restart, {"name": table, "last": first - 1})
    return Restore(at, stopped_at, first_receipt, row.id), None if given else first_letter


def next_receipt(session: Session) -> int | None:
    """Return the number that the next message must be given, None where the database gives the right one by itself."""
    if session.get_bind().dialect.name == "postgresql":
        return None
    first = session.scalar(select(func.max(RestoreRow.receipts_from)))
    return first if first is not None and first > (session.scalar(select(func.max(ReceiptRow.id))) or 0) else None


def rescanned(session: Session, restore: Restore, at: datetime) -> None:
    """Record that the whole mailbox was looked through."""
    changed(session, update(RestoreRow).where(RestoreRow.id == restore.id).values(rescanned_at=at))


def end(session: Session, restore: Restore, at: datetime) -> bool:
    """Close a restore; False when it was closed before."""
    row = RestoreRow
    return changed(session, update(row).where(row.id == restore.id, row.ended_at.is_(None)).values(ended_at=at)) == 1


def numbers_given(session: Session) -> dict[str, int]:
    """Return the highest numbers of messages, letters and corrections: only an older copy has lower ones."""
    given = {table.__tablename__: session.scalar(select(func.max(table.id))) or 0 for table in (ReceiptRow, LetterRow)}
    return given | {_CORRECTIONS: change_numbers.last_given(session)}


def _current(session: Session) -> Restore | None:
    row = session.scalar(select(RestoreRow).where(RestoreRow.ended_at.is_(None)).order_by(RestoreRow.id).limit(1))
    return Restore(row.at, row.stopped_at, row.receipts_from, row.id, row.rescanned_at) if row else None


def _after(number: int) -> int:
    return (number // _ROOM + 1) * _ROOM
