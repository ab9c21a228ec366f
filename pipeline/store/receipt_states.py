"""The one place where messages on record change their state: by the table of ``status.receipt``."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import ReceiptState
from pipeline.status.receipt import TRANSITIONS, ReceiptMove
from pipeline.store.base.sql import changed
from pipeline.store.base.unit import unit_of
from pipeline.store.tables import ReceiptRow

_AGAIN: Mapping[str, object] = {"attempts": 0, "retry_at": None, "finished_at": None}


def move(session: Session, event: ReceiptMove, *which: ColumnElement[bool], **values: object) -> int:
    """Let ``event`` happen to the messages of ``which`` that are in a state for it; return how many.

    ``values`` go into other columns. A message that is unread again has its attempts at zero.
    """
    statement = update(ReceiptRow).where(*which, in_state_for(event)).values(**_values(event, values))
    return changed(session, statement)


def move_locked(session: Session, receipt_id: int, event: ReceiptMove, **values: object) -> None:
    """Do the same to one unread message whose row this transaction has locked; written with its other rows."""
    TRANSITIONS.after(ReceiptState.UNREAD, event)
    unit_of(session).change(ReceiptRow, {"id": receipt_id}, _values(event, values))


def in_state_for(event: ReceiptMove) -> ColumnElement[bool]:
    """Return the condition that a message is in a state in which ``event`` may happen."""
    sources = sorted(TRANSITIONS.sources(event))
    return ReceiptRow.state == sources[0] if len(sources) == 1 else ReceiptRow.state.in_(sources)


def _values(event: ReceiptMove, values: Mapping[str, object]) -> dict[str, object]:
    state = TRANSITIONS.target(event)
    return {"state": state, **(_AGAIN if state is ReceiptState.UNREAD else {}), **values}
