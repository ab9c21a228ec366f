"""The ledger of the mailbox: every message received, once by its UID, and what became of it.

A receipt is judged under a lease (owner, until). What a worker had claimed that died is free again and suspect: it is
tried alone, then in a process of its own, so that a message that kills workers is found out and no other is blamed for
it (M10, M20). Recorded and judged are different facts: a failed attempt leaves it ``unread`` (M2).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, case, cast, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import Receipt, ReceiptState, Suspicion
from pipeline.model.incoming import Decided, ReceiptEvent, Verdict
from pipeline.model.reason import ANSWERED, DISOWNED, Reason
from pipeline.status.receipt import JUDGED, ReceiptMove
from pipeline.store import restoring
from pipeline.store.base.sql import changed, chunks, insert, returned, taken
from pipeline.store.base.unit import unit_of
from pipeline.store.receipt_states import move, move_locked
from pipeline.store.tables import ReceiptEventRow, ReceiptRow

_VERDICT = tuple(each.name for each in fields(Verdict) if each.name != "state")


def add(session: Session, receipt: Receipt) -> int | None:
    """Record a message and return its id, or None when the ledger has its (account, folder, uidvalidity, uid).

    A receipt with an id is given that one. ``duplicate_of`` is set to the first receipt with the same bytes, whatever
    its UID or Message-ID (M5, M6).
    """
    first = select(func.min(ReceiptRow.id)).where(ReceiptRow.sha256 == receipt.sha256).scalar_subquery()
    statement = insert(session, ReceiptRow).values(**_new_row(receipt), duplicate_of=first)
    return session.scalar(statement.on_conflict_do_nothing().returning(ReceiptRow.id))


def add_all(session: Session, receipts: Sequence[Receipt]) -> int:
    """Record messages as ``add`` does, together; returns how many the ledger did not have."""
    if receipts and (number := restoring.next_receipt(session)):
        new = add(session, replace(receipts[0], id=number))
        return (new is not None) + add_all(session, receipts[1:])
    first: dict[str, int] = {}
    for part in chunks([receipt.sha256 for receipt in receipts]):
        query = select(ReceiptRow.sha256, func.min(ReceiptRow.id)).where(ReceiptRow.sha256.in_(part))
        first |= dict(session.execute(query.group_by(ReceiptRow.sha256)).all())
    once: dict[str, Receipt] = {}
    again: list[Receipt] = []
    for receipt in receipts:  # bytes that come twice within ``receipts`` refer to a row that is not there yet
        if receipt.sha256 in first or once.setdefault(receipt.sha256, receipt) is receipt:
            continue
        again.append(receipt)
    rows = [
        _new_row(receipt) | {"duplicate_of": first.get(receipt.sha256)}
        for receipt in receipts
        if receipt.sha256 in first or once[receipt.sha256] is receipt
    ]
    statement = insert(session, ReceiptRow).on_conflict_do_nothing().returning(ReceiptRow.id)
    added = sum(len(session.scalars(statement, part).all()) for part in chunks(rows))
    return added + sum(add(session, receipt) is not None for receipt in again)


def known_hashes(session: Session, hashes: Collection[str]) -> set[str]:
    """Return those of these sha256 that the ledger holds, wherever the message lay."""
    found: set[str] = set()
    for part in chunks(sorted(hashes)):
        found.update(session.scalars(select(ReceiptRow.sha256).where(ReceiptRow.sha256.in_(part))))
    return found


def hashes(session: Session) -> dict[str, int]:
    """Return the sha256 of every message on record, with the lowest number that it has."""
    query = select(ReceiptRow.sha256, func.min(ReceiptRow.id)).group_by(ReceiptRow.sha256)
    return dict(session.execute(query).all())


def recorded_folders(session: Session, account: str) -> set[str]:
    """Return the folders of a mailbox in which messages were recorded."""
    return set(session.scalars(select(ReceiptRow.folder).where(ReceiptRow.account == account).distinct()))


def free_all(session: Session) -> int:
    """Free whatever workers hold, without suspicion: none of them is at work. Returns how many messages that is."""
    row = ReceiptRow
    held = (row.owner.is_not(None), row.state == ReceiptState.UNREAD)
    return changed(session, update(row).where(*held).values(owner=None, lease_until=None))


def known_uids(session: Session, account: str, folder: str, uidvalidity: int, since: int = 0) -> set[int]:
    """Return the UIDs from ``since`` on that the ledger holds of one folder in one UIDVALIDITY."""
    query = select(ReceiptRow.uid).where(*_in_folder(account, folder, uidvalidity, since))
    return set(session.scalars(query))


def judged(session: Session, account: str, folder: str, uidvalidity: int, since: int = 0) -> dict[int, Receipt]:
    """Return, by UID, what became of the messages of one folder that have been judged.

    A message whose bytes were on record already shares the fate of the first one: it is absent while that is unread.
    """
    first = aliased(ReceiptRow)
    stands = func.coalesce(first.id, ReceiptRow.id).label("stands")
    query = (
        select(ReceiptRow.uid, stands)
        .outerjoin(first, first.id == ReceiptRow.duplicate_of)
        .where(*_in_folder(account, folder, uidvalidity, since), ReceiptRow.state != ReceiptState.UNREAD)
    )
    by_uid: dict[int, int] = dict(session.execute(query).all())
    found: dict[int, Receipt] = {}
    for ids in chunks(sorted(set(by_uid.values()))):
        rows = session.scalars(
            select(ReceiptRow).where(ReceiptRow.id.in_(ids), ReceiptRow.state != ReceiptState.UNREAD)
        )
        found |= {row.id: _receipt(row) for row in rows}
    return {uid: found[receipt_id] for uid, receipt_id in by_uid.items() if receipt_id in found}


def claim_unread(
    session: Session, owner: str, now: datetime, lease: timedelta, size: int, *, doubtful_first: bool = False
) -> list[Receipt]:
    """Take at most ``size`` unread receipts, those received first, until ``now + lease``.

    A receipt under another's running lease, or put off by ``release_claim``, is passed over. What has failed before, or
    is suspect, is doubtful: it is taken one at a time, that with the fewest attempts first. It comes after everything
    else, with ``doubtful_first`` before: a caller that takes turns starves neither.
    """
    take_back(session, now)
    row = ReceiptRow
    doubtful = or_(row.attempts > 0, row.suspicion > Suspicion.NONE)
    if doubtful_first and (found := _claimed(session, owner, now, lease, 1, doubtful)):
        return found
    fresh = _claimed(session, owner, now, lease, size, ~doubtful)
    return fresh if fresh or doubtful_first else _claimed(session, owner, now, lease, 1, doubtful)


def _claimed(
    session: Session, owner: str, now: datetime, lease: timedelta, size: int, which: ColumnElement[bool]
) -> list[Receipt]:
    row = ReceiptRow
    free = taken(
        row.id,
        row.state == ReceiptState.UNREAD,
        which,
        row.owner.is_(None),
        or_(row.retry_at.is_(None), row.retry_at <= now),
        order=(row.attempts, row.received_at, row.id) if size == 1 else (row.received_at, row.id),
        limit=size,
    )
    values = {"owner": owner, "lease_until": now + lease, "claimed_alone": size == 1}
    ids = returned(session, update(row).where(row.id.in_(free)).values(**values), row.id)
    query = select(row).where(row.id.in_(ids)).order_by(row.received_at, row.id)
    return [_receipt(found) for found in session.scalars(query)]


def take_back(session: Session, now: datetime, dead: Collection[str] = ()) -> int:
    """Free what workers hold that are ``dead`` or whose lease is over, and let it be suspect; return how much it was.

    What was claimed alone once stays under the heavier suspicion.
    """
    row = ReceiptRow
    over = row.lease_until <= now
    alone = or_(row.claimed_alone, row.suspicion == Suspicion.ALONE)
    suspicion = case((alone, int(Suspicion.ALONE)), else_=int(Suspicion.BESIDE_OTHERS))
    held = (row.owner.is_not(None), row.state == ReceiptState.UNREAD, or_(over, row.owner.in_(dead)) if dead else over)
    values = {"owner": None, "lease_until": None, "suspicion": suspicion}
    freed = update(row).where(row.id.in_(taken(row.id, *held))).values(**values)
    return len(returned(session, freed, row.id))


def lock(session: Session, receipts: Sequence[int], owner: str) -> set[int]:
    """Lock those of ``receipts`` that ``owner`` has claimed and nobody has taken since, and return their ids.

    They stay so until the end of the transaction, and ``finish`` need not look.
    """
    row, locked = ReceiptRow, set[int]()
    for part in chunks(receipts):
        ours = select(row.id).where(row.id.in_(part), row.owner == owner, row.state == ReceiptState.UNREAD)
        locked.update(session.scalars(ours.order_by(row.id).with_for_update()))
    unit_of(session).locked.update(("receipt", number, owner) for number in locked)
    return locked


def finish(session: Session, receipt_id: int, owner: str, now: datetime, verdict: Verdict) -> bool:
    """Record what became of a receipt that ``owner`` has claimed, and end the lease.

    False, and nothing changed, when another worker has taken it since: the caller must roll back.
    """
    values = {name: getattr(verdict, name) for name in _VERDICT}
    values |= {"finished_at": now, "owner": None, "lease_until": None, "retry_at": None}
    event, locked, key = JUDGED[verdict.state], unit_of(session).locked, ("receipt", receipt_id, owner)
    if key in locked:
        locked.discard(key)
        move_locked(session, receipt_id, event, **values)
        return True
    return move(session, event, ReceiptRow.id == receipt_id, ReceiptRow.owner == owner, **values) == 1


def release_claim(
    session: Session, receipt_id: int, owner: str, now: datetime, retry_at: datetime, *, failed: bool = True
) -> bool:
    """Give a receipt back after a fault that may pass, to be claimed again from ``retry_at`` on (M2).

    The attempt counts unless the fault was not the message's, not ``failed``. False, and nothing changed, when another
    worker has taken it since.
    """
    row = ReceiptRow
    values = {
        "owner": None,
        "lease_until": None,
        "retry_at": max(now, retry_at),
        "attempts": row.attempts + int(failed),
    }
    return changed(session, update(row).where(*_ours(receipt_id, owner)).values(**values)) == 1


def set_aside(session: Session, receipt_id: int, owner: str) -> bool:
    """Give a receipt back that is over its time: from now on it is tried in a process of its own.

    No attempt counts. False, and nothing changed, when another worker has taken it since.
    """
    values = {"owner": None, "lease_until": None, "suspicion": int(Suspicion.ALONE)}
    return changed(session, update(ReceiptRow).where(*_ours(receipt_id, owner)).values(**values)) == 1


def receipt(session: Session, receipt_id: int) -> Receipt | None:
    """Return the receipt with this id."""
    row = session.get(ReceiptRow, receipt_id)
    return _receipt(row) if row else None


def listed(
    session: Session,
    states: Collection[ReceiptState] | None = None,
    limit: int = 100,
    *,
    reason: Reason | None = None,
) -> list[Receipt]:
    """Return receipts in these states and for this reason, or in any with None, the latest received first."""
    query = select(ReceiptRow).order_by(ReceiptRow.received_at.desc(), ReceiptRow.id.desc()).limit(limit)
    if states is not None:
        query = query.where(ReceiptRow.state.in_(states))
    if reason is not None:
        query = query.where(ReceiptRow.reason == reason)
    return [_receipt(row) for row in session.scalars(query)]


def newest(session: Session) -> int:
    """Return the number of the message that was recorded last, 0 when there is none."""
    return session.scalar(select(func.max(ReceiptRow.id))) or 0


def after(session: Session, number: int, limit: int) -> list[Receipt]:
    """Return at most ``limit`` messages that were recorded after message ``number``, in this order."""
    query = select(ReceiptRow).where(ReceiptRow.id > number).order_by(ReceiptRow.id).limit(limit)
    return [_receipt(row) for row in session.scalars(query)]


def reopen(
    session: Session, receipt_id: int, released_as: str | None = None, event: ReceiptMove = ReceiptMove.RELEASED
) -> bool:
    """Make a receipt unread again by ``event``, with its attempts at zero. False in a state that does not allow it.

    With ``released_as`` it is judged as that login's from now on, still by its original receipt time. What was suspect
    stays so: whoever opens it again is not to be killed by it.
    """
    values = {} if released_as is None else {"released_as": released_as}
    return move(session, event, ReceiptRow.id == receipt_id, **values) == 1


def refuse(session: Session, receipt_id: int, event: ReceiptMove, reason: Reason, at: datetime) -> bool:
    """Settle a receipt as refused at ``at`` by ``event``. False, and nothing changed, where its state forbids that."""
    return move(session, event, ReceiptRow.id == receipt_id, reason=reason, finished_at=at) == 1


def note(session: Session, receipt_id: int, event: ReceiptEvent, at: datetime, who: str, why: str | None) -> None:
    """Write the audit row of a decision about a message."""
    session.add(ReceiptEventRow(receipt_id=receipt_id, event=event, at=at, who=who, why=why))
    session.flush()


def decisions(session: Session, receipt_id: int) -> list[Decided]:
    """Return the audit of one message, in the order of recording."""
    query = select(ReceiptEventRow).where(ReceiptEventRow.receipt_id == receipt_id).order_by(ReceiptEventRow.id)
    return [Decided(row.event, row.at, row.who, row.why) for row in session.scalars(query)]


def is_disowned(session: Session, sender: str, login: str) -> bool:
    """Whether ``login`` (in any case) has said of a message from ``sender`` that it was not theirs."""
    row = ReceiptRow
    where = (row.state == ReceiptState.REFUSED, row.reason == DISOWNED, row.sender == sender)
    return session.scalar(select(row.id).where(*where, func.lower(row.login) == login.lower()).limit(1)) is not None


def unread_before(session: Session, instant: datetime) -> int:
    """Return how many messages received up to ``instant`` are still to be judged."""
    query = select(func.count()).where(ReceiptRow.state == ReceiptState.UNREAD, ReceiptRow.received_at <= instant)
    return session.scalars(query).one()


def counts(session: Session) -> dict[ReceiptState, int]:
    """Return how many receipts are in each state: the backlog is ``unread``."""
    query = select(ReceiptRow.state, func.count()).group_by(ReceiptRow.state)
    return dict.fromkeys(ReceiptState, 0) | dict(session.execute(query).all())


def given_up(session: Session, since: datetime) -> tuple[int, datetime | None]:
    """Return how many messages were given up after ``since`` and are so still, and when the first of them was."""
    row = ReceiptRow
    query = select(func.count(), func.min(row.finished_at)).where(row.state == ReceiptState.FAILED)
    count, first = session.execute(query.where(row.finished_at > since)).one()
    return count, first


def oldest_unread(session: Session) -> datetime | None:
    """Return when the oldest message still to be judged was received (M19), None when there is none."""
    return session.scalar(select(func.min(ReceiptRow.received_at)).where(ReceiptRow.state == ReceiptState.UNREAD))


def questions(session: Session, since: datetime) -> list[tuple[Receipt, bool]]:
    """Return the questions received from ``since`` on, the latest first, and whether support has answered each by way
    of us."""
    row, stored = ReceiptRow, cast(ReceiptRow.reason, String)
    done = (row.state == ReceiptState.DONE, row.received_at >= since)
    answers = session.scalars(select(row.reason).where(*done, stored.like(f"{ANSWERED}:%")))
    answered = {reason.number for reason in answers if reason is not None}
    asked = select(row).where(*done, stored.like("question%")).order_by(row.received_at.desc(), row.id.desc())
    found = [_receipt(each) for each in session.scalars(asked)]
    return [(item, item.id in answered) for item in found if item.reason is not None and item.reason.code == "question"]


def unanswered(session: Session, since: datetime) -> list[datetime]:
    """Return when the questions were received, from ``since`` on, that support has not answered by way of us."""
    return sorted(item.received_at for item, answered in questions(session, since) if not answered)


def _new_row(receipt: Receipt) -> dict[str, Any]:
    return {
        "account": receipt.account,
        "folder": receipt.folder,
        "uidvalidity": receipt.uidvalidity,
        "uid": receipt.uid,
        "sha256": receipt.sha256,
        "size": receipt.size,
        "received_at": receipt.received_at,
        "state": ReceiptState.UNREAD,
        "attempts": 0,
        **({"id": receipt.id} if receipt.id else {}),
    }


def _in_folder(account: str, folder: str, uidvalidity: int, since: int) -> tuple[ColumnElement[bool], ...]:
    row = ReceiptRow
    return row.account == account, row.folder == folder, row.uidvalidity == uidvalidity, row.uid >= since


def _ours(receipt_id: int, owner: str) -> tuple[ColumnElement[bool], ...]:
    return ReceiptRow.id == receipt_id, ReceiptRow.owner == owner, ReceiptRow.state == ReceiptState.UNREAD


def _receipt(row: ReceiptRow) -> Receipt:
    return Receipt(
        account=row.account,
        folder=row.folder,
        uidvalidity=row.uidvalidity,
        uid=row.uid,
        sha256=row.sha256,
        size=row.size,
        received_at=row.received_at,
        state=row.state,
        kind=row.kind,
        rule=row.rule,
        rules_hash=row.rules_hash,
        trust=row.trust,
        login=row.login,
        publication=row.publication,
        sender=row.sender,
        subject=row.subject,
        reason=row.reason,
        attempts=row.attempts,
        suspicion=Suspicion(row.suspicion),
        duplicate_of=row.duplicate_of,
        released_as=row.released_as,
        id=row.id,
    )
