"""Letters on their way out: who sends which, what the server said, and the domains that it has asked us to wait with.

A letter is sent under a lease (owner, until). Before it is handed to the server it becomes ``sending``; when the worker
dies then, nobody knows whether the server has it: ``uncertain``, tried once more with the same Message-ID (M12, M14),
and after a second doubt left to an operator. Letters go in batches: each of these functions is a few statements for all
of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import Hours, Letter, LetterState, SendOutcome
from pipeline.model.delivery import LetterEvent, Passed, Recovered, Result, Wait
from pipeline.status.letter import IN_HAND, LOGGED, TRANSITIONS, LetterMove
from pipeline.store.base.sql import changed, chunks, insert, returned, taken
from pipeline.store.letter_states import in_state_for, log, move, move_each, unleased
from pipeline.store.letters import COLUMNS, by_ids, of_rows
from pipeline.store.pauses import not_paused
from pipeline.store.tables import DomainWaitRow, LetterEventRow, LetterRow

MOST_ATTEMPTS = 12
EVERYBODY = ""
"""Stands for a domain where the server has asked us to wait with everything."""
_ANSWERED = (LetterEvent.SENT, LetterEvent.FAILED, LetterEvent.DEFERRED)
RESTS = "rests until "
"""What the delivery log says of a letter that is put off, before the instant in ISO 8601."""


def claim_due(
    session: Session, owner: str, now: datetime, lease: timedelta, size: int, passed: Passed | None = None
) -> list[Letter]:
    """Take at most ``size`` letters due at ``now`` until ``now + lease``, ordered by priority, due_at and id.

    Letters past their expiry are not given out (M15), nor those under another's running lease (M10), nor those that a
    pause holds, nor what ``passed`` says.
    """
    row = LetterRow
    conditions = [*_due(now), not_paused(), *_not_passed(passed or Passed())]
    free = taken(row.id, *conditions, order=(row.priority, row.due_at, row.id), limit=size)
    claim = update(row).where(row.id.in_(free)).values(owner=owner, lease_until=now + lease).returning(*COLUMNS)
    found = of_rows(session, session.execute(claim, execution_options={"synchronize_session": False}))
    return sorted(found, key=lambda letter: (letter.priority, letter.due_at, letter.id))


def count_due(session: Session, now: datetime, passed: Passed | None = None) -> int:
    """Return how many letters ``claim_due`` would give out, one after another, if all were to leave at ``now``."""
    conditions = [*_due(now), not_paused(), *_not_passed(passed or Passed())]
    return session.scalars(select(func.count()).select_from(LetterRow).where(*conditions)).one()


def release(session: Session, letter_ids: Sequence[int], owner: str) -> None:
    """Give claimed letters back that are not to go now."""
    row = LetterRow
    for part in chunks(letter_ids):
        ours = (row.id.in_(part), row.owner == owner, row.to_send.is_(True))
        changed(session, update(row).where(*ours).values(owner=None, lease_until=None))


def mark_sending(session: Session, letter_ids: Sequence[int], owner: str, now: datetime) -> frozenset[int]:
    """Say that claimed letters go to the server now; counts the attempt. Returns those whose lease is not lost."""
    row, marked = LetterRow, set[int]()
    for part in chunks(letter_ids):
        # IS NOT false: SQLite would rather go through all that waits than through these ids.
        ours = (row.id.in_(part), row.owner == owner, row.to_send.is_not(False), row.lease_until > now)
        marked.update(move(session, LetterMove.HANDED_OVER, now, *ours, attempts=row.attempts + 1))
    return frozenset(marked)


def record_results(
    session: Session,
    owner: str,
    results: Sequence[Result],
    now: datetime,
    *,
    most_attempts: int = MOST_ATTEMPTS,
) -> dict[int, LetterState]:
    """Record what the server said of letters that ``owner`` holds, and end their leases; return their states by id.

    A deferred letter is tried again at its ``again_at`` until it has had ``most_attempts``, then it has failed. An
    uncertain one is tried once more. Left out, and unchanged, are those that another worker has taken since. While
    nobody has, the server's word counts even after the lease ran out: it settles a doubt (M12).
    """
    said = {result.letter_id: result for result in results}
    changes: defaultdict[LetterMove, list[dict[str, object]]] = defaultdict(list)
    events: list[tuple[int, LetterEvent, str | None]] = []
    states: dict[int, LetterState] = {}
    for row in _held(session, owner, list(said)):
        told = said[row.id]
        event, again_at = _verdict(row, told.result.outcome, told.again_at, most_attempts)
        if event is LetterMove.UNANSWERED and row.state is not LetterState.SENDING:
            continue
        states[row.id] = TRANSITIONS.after(row.state, event)
        changes[event].append(
            {
                "letter_id": row.id,
                "server_reply": told.result.reply,
                "to_send": again_at is not None,
                "due_at": again_at or row.due_at,
                "sent_at": now if event is LetterMove.TAKEN else None,
            }
        )
        events.append((row.id, LOGGED[event], told.result.reply))
    for event, moved in changes.items():
        move_each(session, event, moved)
    log(session, events, now)
    return states


_TABLE = LetterRow.__table__
_PROVE = (
    update(LetterRow.__table__)  # type: ignore[arg-type]  # a Table
    .where(_TABLE.c.id == bindparam("letter_id"))
    .values(copy_proof=bindparam("proof"))
)


def recover(session: Session, now: datetime, retry_at: datetime, dead: Collection[str] = ()) -> Recovered:
    """Take back what workers left behind that are ``dead`` or whose lease ended.

    A letter that may be at the server becomes uncertain, tried once more at ``retry_at``; a second time it is not tried
    again (M14). One that was claimed and not yet handed over is free again.
    """
    row = LetterRow
    gone = or_(row.lease_until <= now, and_(row.lease_until.is_not(None), row.owner.in_(dead)))
    again, left = (
        frozenset(
            move(
                session, LetterMove.LEFT_BEHIND, now, gone, before, skip_locked=True, to_send=once_more, due_at=retry_at
            )
        )
        for before, once_more in ((row.doubts == 0, True), (row.doubts > 0, False))
    )
    idle = taken(row.id, row.to_send.is_(True), gone)
    freed = returned(session, update(row).where(row.id.in_(idle)).values(owner=None, lease_until=None), row.id)
    return Recovered(again, left, frozenset(freed))


def expire(session: Session, now: datetime) -> list[int]:
    """Give up queued letters whose expiry has passed (M15); uncertain ones stay uncertain. Returns their ids."""
    return move(session, LetterMove.EXPIRED, now, LetterRow.expires_at <= now, unleased(now), skip_locked=True)


def rest(session: Session, resting: Mapping[Hours, datetime], now: datetime) -> int:
    """Put letters off that are due at ``now``, outside their hours, until these begin; return how many.

    ``resting`` are the hours outside which ``now`` lies, each with when it begins. A letter that has not left in the
    day, for want of a server or of this machine, is so kept from leaving at night.
    """
    row, count = LetterRow, 0
    for hours, until in resting.items():
        late = taken(row.id, row.to_send.is_(True), row.due_at <= now, row.hours == hours, unleased(now))
        ids = returned(session, update(row).where(row.id.in_(late)).values(due_at=until), row.id)
        log(session, [(letter_id, LetterEvent.QUEUED, f"{RESTS}{until.isoformat()}") for letter_id in ids], now)
        count += len(ids)
    return count


def due(session: Session, now: datetime, limit: int) -> list[Letter]:
    """Return letters that are due at ``now`` and that no worker holds, in the order in which they would go."""
    row = LetterRow
    query = select(row.id).where(*_due(now)).order_by(row.priority, row.due_at, row.id).limit(limit)
    found = by_ids(session, list(session.scalars(query)))
    return sorted(found, key=lambda letter: (letter.priority, letter.due_at, letter.id))


def oldest_standing(
    session: Session, now: datetime, passed: Passed, resting: Collection[Hours] = ()
) -> datetime | None:
    """Return since when the longest waiting letter could have left and has not (M19), None when there is none.

    What a pause or ``passed`` holds, or ``resting`` hours, waits as it should. A letter that its server has put off
    counts from its next try; one whose connection broke from the first time that it did, for then no server has said
    to wait.
    """
    row, event = LetterRow, LetterEventRow
    unexpired = or_(row.expires_at.is_(None), row.expires_at > now)
    free = [unexpired, not_paused(), *_not_passed(passed)]
    if resting:
        free.append(row.hours.not_in(sorted(resting)))
    answered = row.server_reply.like("4__ %")
    due = select(func.min(row.due_at)).where(row.to_send.is_(True), row.due_at <= now)
    broken = (
        select(func.min(event.at))
        .join(row, row.id == event.letter_id)
        .where(row.state == LetterState.QUEUED, row.attempts > 0, ~answered, event.event == LetterEvent.DEFERRED)
    )
    lost = select(func.min(row.lease_until)).where(row.state == LetterState.SENDING, row.lease_until <= now)
    found = [instant for query in (due, broken, lost) if (instant := session.scalar(query.where(*free))) is not None]
    return min(found, default=None)


def last_sent(session: Session) -> datetime | None:
    """Return when a letter last left, None when none ever did."""
    event = LetterEventRow
    return session.scalar(select(func.max(event.at)).where(event.event == LetterEvent.SENT))


def over(session: Session, letter_ids: Sequence[int]) -> list[Letter]:
    """Return those of these letters that nobody will send any more, or again."""
    row, found = LetterRow, list[int]()
    for part in chunks(sorted(letter_ids)):
        found += session.scalars(select(row.id).where(row.id.in_(part), row.state.not_in(IN_HAND)))
    return by_ids(session, found)


def prove_copies(session: Session, proofs: Mapping[int, str]) -> frozenset[int]:
    """Keep by what the copies of these letters are known to be whole; return the ids of those that wait no more.

    A letter may have left between the reading of its row and the writing of its copy.
    """
    row, waiting = LetterRow, set[int]()
    for part in chunks(sorted(proofs)):
        waiting.update(session.scalars(select(row.id).where(row.id.in_(part), row.state.in_(IN_HAND))))
    if waiting:
        known = [{"letter_id": letter_id, "proof": proofs[letter_id]} for letter_id in sorted(waiting)]
        session.connection().execute(_PROVE, known)
    return frozenset(proofs.keys() - waiting)


# -- how fast -------------------------------------------------------------------------------------------------------


def handed_over(session: Session, since: datetime) -> int:
    """Return how many times a letter was handed to the server after ``since``."""
    event = LetterEventRow
    return session.scalars(select(func.count()).where(event.event == LetterEvent.SENDING, event.at > since)).one()


def handed_over_by_domain(session: Session, since: datetime) -> dict[str, int]:
    """Return the same by domain of the recipient; meant for minutes, not for days."""
    event, row = LetterEventRow, LetterRow
    query = (
        select(row.domain, func.count())
        .join(event, event.letter_id == row.id)
        .where(event.event == LetterEvent.SENDING, event.at > since)
        .group_by(row.domain)
    )
    return dict(session.execute(query).all())


def last_answers(session: Session, priority: int, since: datetime, count: int) -> list[str]:
    """Return the server's last ``count`` words after ``since`` on letters from ``priority`` on, newest first."""
    event, row = LetterEventRow, LetterRow
    query = (
        select(event.detail)
        .join(row, row.id == event.letter_id)
        .where(event.event.in_(_ANSWERED), event.at > since, row.priority >= priority)
        .order_by(event.id.desc())
        .limit(count)
    )
    return [detail or "" for detail in session.scalars(query)]


def waits(session: Session) -> dict[str, Wait]:
    """Return the domains that have asked us to wait, those whose time is over too: their streak still counts."""
    return {row.domain: Wait(row.until, row.streak, row.reason) for row in session.scalars(select(DomainWaitRow))}


def wait_for(session: Session, domain: str, wait: Wait) -> None:
    """Send nothing to ``domain`` before ``wait.until``."""
    values = {"until": wait.until, "streak": wait.streak, "reason": wait.reason}
    new = insert(session, DomainWaitRow).values(domain=domain, **values)
    session.execute(new.on_conflict_do_update(index_elements=["domain"], set_=values))


def wait_no_more(session: Session, domains: Iterable[str]) -> None:
    """Forget that these domains have asked for a wait: they take letters again."""
    for part in chunks(sorted(domains)):
        changed(session, delete(DomainWaitRow).where(DomainWaitRow.domain.in_(part)))


# -- the inside -----------------------------------------------------------------------------------------------------


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = LetterRow
    unexpired = or_(row.expires_at.is_(None), row.expires_at > now)
    return row.to_send.is_(True), row.due_at <= now, unleased(now), unexpired


def _not_passed(passed: Passed) -> list[ColumnElement[bool]]:
    row, conditions = LetterRow, list[ColumnElement[bool]]()
    if passed.domains:
        conditions.append(row.domain.not_in(sorted(passed.domains)))
    if passed.priority is not None:
        conditions.append(row.priority < passed.priority)
    if passed.publications:
        named = row.publication.in_(sorted(passed.publications))
        conditions.append(or_(row.priority < passed.campaign, row.publication.is_(None), ~named))
    return conditions


def _held(session: Session, owner: str, letter_ids: Sequence[int]) -> list[Row[Any]]:
    row, found = LetterRow, list[Row[Any]]()
    for part in chunks(letter_ids):
        query = select(row.id, row.state, row.doubts, row.attempts, row.due_at).where(
            row.id.in_(part), row.owner == owner, in_state_for(LetterMove.TAKEN)
        )
        found += session.execute(query.order_by(row.id).with_for_update())
    return found


def _verdict(
    row: Row[Any], outcome: SendOutcome, again_at: datetime | None, most_attempts: int
) -> tuple[LetterMove, datetime | None]:
    """What follows from the server's word, and when the letter is tried again."""
    if outcome is SendOutcome.SENT:
        return LetterMove.TAKEN, None
    if outcome is SendOutcome.REFUSED:
        return LetterMove.TURNED_DOWN, None
    in_doubt = row.doubts > 0
    if outcome is SendOutcome.UNCERTAIN:
        return LetterMove.UNANSWERED, None if in_doubt else again_at
    if row.attempts >= most_attempts or again_at is None:
        return LetterMove.EXHAUSTED_IN_DOUBT if in_doubt else LetterMove.EXHAUSTED, None
    return LetterMove.PUT_OFF_IN_DOUBT if in_doubt else LetterMove.PUT_OFF, again_at
