"""The one place where letters change their state: by the table of ``status.letter``, each with its line in the log.

A letter's other columns that follow from its state are set here too: whether an attempt is due (``to_send``), how often
an outcome stayed unknown (``doubts``), and the end of a worker's lease.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Update, and_, bindparam, or_, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import LetterState
from pipeline.model.delivery import LetterEvent
from pipeline.status.letter import DOUBTING, LOGGED, TRANSITIONS, LetterMove
from pipeline.store.base.sql import insert, returned, taken
from pipeline.store.base.unit import unit_of
from pipeline.store.tables import LetterEventRow, LetterRow

_KEPT: Mapping[LetterMove, tuple[str, ...]] = {
    LetterMove.HANDED_OVER: ("owner", "lease_until"),
    LetterMove.LEFT_BEHIND: ("owner",),  # its late word can still settle the doubt
}
"""What a move leaves of a worker's lease; the others end it."""


def move(
    session: Session,
    event: LetterMove,
    now: datetime,
    *which: ColumnElement[bool],
    why: str | None = None,
    skip_locked: bool = False,
    **values: object,
) -> list[int]:
    """Let ``event`` happen to the letters of ``which`` that are in a state for it; return their ids, in no order.

    ``why`` goes into the delivery log, ``values`` into other columns. With ``skip_locked`` letters that another worker
    has in its transaction are passed over.
    """
    row = LetterRow
    ours = (in_state_for(event), *which)
    where = (row.id.in_(taken(row.id, *ours)),) if skip_locked else ours
    ids = returned(session, _set(event, values).where(*where), row.id)
    log(session, [(letter_id, LOGGED[event], why) for letter_id in ids], now)
    return ids


def move_each(session: Session, event: LetterMove, letters: Sequence[Mapping[str, object]]) -> None:
    """Let ``event`` happen to letters whose rows the caller has locked, and write other columns of each.

    ``letters`` are ``{"letter_id": id, column: value}``, all with the same columns. The caller keeps the log.
    """
    if not letters:
        return
    columns = sorted(letters[0].keys() - {"letter_id"})
    statement = _set(event, {name: bindparam(f"new_{name}") for name in columns})
    rows = [
        {"letter_id": letter["letter_id"], **{f"new_{name}": letter[name] for name in columns}} for letter in letters
    ]
    session.connection().execute(statement.where(LetterRow.id == bindparam("letter_id"), in_state_for(event)), rows)


def in_state_for(event: LetterMove) -> ColumnElement[bool]:
    """Return the condition that a letter is in a state in which ``event`` may happen."""
    sources = TRANSITIONS.sources(event)
    if len(sources) == 1:
        return LetterRow.state == next(iter(sources))
    # Said by what it is not: an index of states would lead through all that a campaign has queued.
    return and_(*(LetterRow.state != state for state in LetterState if state not in sources))


def unleased(now: datetime) -> ColumnElement[bool]:
    """Return the condition that no worker holds a letter at ``now``."""
    return or_(LetterRow.lease_until.is_(None), LetterRow.lease_until <= now)


def log(session: Session, events: Iterable[tuple[int, LetterEvent, str | None]], at: datetime) -> None:
    """Write lines of the delivery log, (letter id, event, detail) each, in the order of the ids."""
    rows = [
        {"letter_id": letter_id, "event": event, "at": at, "detail": detail}
        for letter_id, event, detail in sorted(events, key=lambda known: known[0])
    ]
    if rows:
        unit_of(session).write()  # a line may be about a letter that waits there
        # On the connection: as objects of the session it would take three times as long.
        session.connection().execute(insert(session, LetterEventRow).on_conflict_do_nothing(), rows)


def _set(event: LetterMove, values: Mapping[str, object]) -> Update:
    """Return the UPDATE that moves letters by ``event``: the only one that sets a state."""
    state = TRANSITIONS.target(event)
    ended = {name: None for name in ("owner", "lease_until") if name not in _KEPT.get(event, ())}
    following: dict[str, Any] = {"state": state, **ended}
    if state is not LetterState.UNCERTAIN:
        following["to_send"] = state is LetterState.QUEUED
    if event in DOUBTING:
        following["doubts"] = LetterRow.doubts + 1
    return update(LetterRow).values(**following | dict(values))
