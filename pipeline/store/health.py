"""What is on record about whether an address lives, and the tasks on dead ones.

Health itself is not stored: it is judged from the delivery log. What is stored is the task that a dead address makes;
the address counts as dead until something came from it or was delivered to it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import LetterState
from pipeline.model.delivery import LetterEvent
from pipeline.model.health import Sign, TaskClosing, TaskKind, Undelivered
from pipeline.store.base.sql import changed, chunks, insert
from pipeline.store.base.unit import unit_of
from pipeline.store.roster import read_logins
from pipeline.store.tables import LetterEventRow, LetterRow, LoginRow, ReceiptRow, TaskRow

_WATCHED = "tasks letters"
_BAD = (LetterEvent.BOUNCED, LetterEvent.FAILED)
_GOOD = (LetterEvent.DELIVERED, LetterEvent.READ, LetterEvent.AUTORESPONDED)
_SETTLED = (LetterState.SENT, LetterState.FAILED, LetterState.EXPIRED, LetterState.WITHHELD)
# What arrives under an address without anybody there having sent it, or says nothing of it.
_NOBODYS = ("bounce", "delay", "delivered", "feedback_report", "junk", "unreadable")


def signs(session: Session, address: str, since: datetime) -> list[Sign]:
    """Return what came back or was refused of the letters to ``address`` from ``since`` on, oldest first."""
    return signs_of(session, [address], since)[address.lower()]


def signs_of(session: Session, addresses: Collection[str], since: datetime) -> dict[str, list[Sign]]:
    """Return by address in lower case what ``signs`` gives, asked together."""
    found: dict[str, list[Sign]] = {address.lower(): [] for address in addresses}
    for keys in chunks(sorted(found)):
        query = (
            select(LetterRow.address_key, LetterEventRow.at, LetterRow.kind, LetterEventRow.detail)
            .join(LetterRow, LetterRow.id == LetterEventRow.letter_id)
            .where(_to(keys), LetterEventRow.event.in_(_BAD), LetterEventRow.at >= since)
            .order_by(LetterEventRow.at, LetterEventRow.id)
        )
        for key, at, kind, detail in session.execute(query):
            found[key].append(Sign(at, kind, detail or ""))
    return found


def last_good(session: Session, address: str, probe: str, probed_before: datetime) -> datetime | None:
    """Return when ``address`` last gave a sign of life, or None.

    Signs are: a letter to it reported as delivered or read, or answered by a robot; mail from it; a letter of kind
    ``probe`` sent by ``probed_before`` of which nothing has come back.
    """
    return last_good_of(session, [address], probe, probed_before).get(address.lower())


def last_good_of(
    session: Session, addresses: Collection[str], probe: str, probed_before: datetime
) -> dict[str, datetime]:
    """Return by address in lower case what ``last_good`` gives, asked together; without those that gave no sign."""
    found: dict[str, datetime] = {}
    letter, line, mail = LetterRow, LetterEventRow, ReceiptRow
    for keys in chunks(sorted({address.lower() for address in addresses})):
        events = (
            select(letter.address_key, func.max(line.at))
            .join(letter, letter.id == line.letter_id)
            .where(_to(keys), line.event.in_(_GOOD))
            .group_by(letter.address_key)
        )
        wrote = (
            select(mail.sender, func.max(mail.received_at))
            .where(mail.sender.in_(keys), mail.kind.not_in(_NOBODYS))
            .group_by(mail.sender)
        )
        probes = (
            select(letter.address_key, func.max(letter.sent_at))
            .where(
                letter.address_key.in_(keys),
                letter.kind == probe,
                letter.sent_at <= probed_before,
                letter.bounced_at.is_(None),
            )
            .group_by(letter.address_key)
        )
        for query in (events, wrote, probes):
            for key, at in session.execute(query):
                found[key] = max(at, found.get(key, at))
    return found


def comes_back_since(session: Session, address: str, since: datetime, proved_before: datetime) -> datetime | None:
    """Return since when letters to ``address`` do not arrive, as far as known from ``since`` on; None when they do.

    They do again when a later letter was delivered, or was sent by ``proved_before`` and has not come back.
    """
    bad = signs(session, address, since)
    if not bad:
        return None
    key, last = address.lower(), bad[-1].at
    proved = select(LetterRow.id).where(
        LetterRow.address_key == key,
        LetterRow.state == LetterState.SENT,
        LetterRow.bounced_at.is_(None),
        LetterRow.sent_at > last,
        LetterRow.sent_at <= proved_before,
    )
    delivered = select(LetterEventRow.id).where(_to([key]), LetterEventRow.event.in_(_GOOD), LetterEventRow.at > last)
    arrives = any(session.scalar(query.limit(1)) is not None for query in (proved, delivered))
    return None if arrives else last


def suspects(session: Session, since: datetime) -> list[str]:
    """Return the addresses to which letters did not arrive from ``since`` on, and those that count as dead, sorted."""
    troubled = (
        select(LetterRow.address_key)
        .join(LetterEventRow, LetterEventRow.letter_id == LetterRow.id)
        .where(LetterEventRow.event.in_(_BAD), LetterEventRow.at >= since)
    )
    return sorted({*session.scalars(troubled.distinct()), *dead_addresses(session)})


def is_watched(session: Session, address: str, probe: str) -> bool:
    """Whether ``address`` counts as dead, or a letter of kind ``probe`` to it waits to be sent."""
    key = address.lower()
    return unit_of(session).cached(_WATCHED, (key, probe), lambda: bool(_watched(session, [key], probe)))


def read_ahead(session: Session, addresses: Collection[str], probe: str) -> None:
    """Ask together what ``is_watched`` will be asked of these addresses."""
    keys = sorted({address.lower() for address in addresses})
    for part in chunks(keys):
        watched = _watched(session, part, probe)
        unit_of(session).cache(_WATCHED, (((key, probe), key in watched) for key in part))


def _watched(session: Session, keys: Sequence[str], probe: str) -> set[str]:
    # Said by what it is not: an index of states would lead through all that a campaign has queued.
    waiting = select(LetterRow.address_key).where(
        LetterRow.address_key.in_(keys), LetterRow.kind == probe, LetterRow.state.not_in(_SETTLED)
    )
    dead = select(TaskRow.address_key).where(TaskRow.address_key.in_(keys), *_dead())
    return {*session.scalars(waiting), *session.scalars(dead)}


def dead_addresses(session: Session) -> frozenset[str]:
    """Return the addresses that count as dead, in lower case: campaigns pass them over."""
    return frozenset(session.scalars(select(TaskRow.address_key).where(*_dead()).distinct()))


def open_task(session: Session, login: str, address: str, since: datetime, reason: str, now: datetime) -> bool:
    """Open the task on a dead address of a login; False when the address counted as dead before.

    One that was given another address in its place is asked for nothing, even if an answer comes back once more.
    """
    known = select(TaskRow.id).where(TaskRow.login == login, TaskRow.address_key == address.lower(), *_dead())
    if session.scalar(known.limit(1)) is not None:
        return False
    values = {
        "kind": TaskKind.DEAD_ADDRESS,
        "login": login,
        "address": address,
        "address_key": address.lower(),
        "since": since,
        "reason": reason,
        "opened_at": now,
    }
    new = insert(session, TaskRow).values(**values).on_conflict_do_nothing().returning(TaskRow.id)
    return session.scalar(new) is not None


def revive(session: Session, address: str, now: datetime) -> int:
    """Say that ``address`` lives: its tasks are over and it counts as dead no more. Returns how many were open."""
    row = TaskRow
    ours = (row.address_key == address.lower(), *_dead())
    was_open = changed(session, update(row).where(*ours, row.closed_at.is_(None)).values(closed_at=now))
    changed(session, update(row).where(*ours).values(closed_by=TaskClosing.ALIVE))
    return was_open


def close_task(session: Session, task_id: int, now: datetime, *, gone: bool) -> None:
    """Close a task: its address is ``gone`` from the login, or else the login was given a new one beside it."""
    why = TaskClosing.ADDRESS_GONE if gone else TaskClosing.NEW_ADDRESS
    changed(
        session,
        update(TaskRow).where(TaskRow.id == task_id, TaskRow.closed_at.is_(None)).values(closed_at=now, closed_by=why),
    )


def open_tasks(session: Session, region: str | None = None) -> list[Undelivered]:
    """Return the open tasks on dead addresses, of one region where given, ordered by login and address.

    Logins that have left the roster are among them only without a region.
    """
    query = select(TaskRow, LoginRow).join(LoginRow, LoginRow.code == TaskRow.login).where(TaskRow.closed_at.is_(None))
    if region is not None:
        query = query.where(LoginRow.region == region, LoginRow.departed_at.is_(None))
    rows = [(task, login) for task, login in session.execute(query)]
    logins = read_logins(session, [login for _, login in rows])
    found = [
        Undelivered(task.id, logins[login.code], task.address, task.since, task.reason, task.opened_at)
        for task, login in rows
    ]
    return sorted(found, key=lambda item: (item.login.code, item.address))


def dead(key: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition on ``TaskRow`` that the address ``key`` counts as dead. For the store's own queries."""
    return and_(TaskRow.address_key == key, *_dead())


def _to(keys: Sequence[str]) -> ColumnElement[bool]:
    """The log of a few addresses is short; that of all bounces is not."""
    return LetterEventRow.letter_id.in_(select(LetterRow.id).where(LetterRow.address_key.in_(keys)))


def _dead() -> tuple[ColumnElement[bool], ...]:
    """Open, or closed by a new address while the old one is still on the roster: it stays dead."""
    row = TaskRow
    return row.kind == TaskKind.DEAD_ADDRESS, or_(row.closed_at.is_(None), row.closed_by == TaskClosing.NEW_ADDRESS)
