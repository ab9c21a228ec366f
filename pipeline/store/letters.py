"""Outgoing letters and their delivery log. The row is the truth; every change has an event row.

How they leave is in ``store.sending``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import Allowance, AttachmentKind, AttachmentSpec, Hours, Letter, LetterState
from pipeline.model.delivery import LetterEvent, Logged
from pipeline.status.letter import FIRST_LOGGED, LetterMove
from pipeline.store import restoring, shared
from pipeline.store.base.sql import changed, chunks, insert, insert_new
from pipeline.store.base.unit import Unit, unit_of
from pipeline.store.letter_states import log, move, unleased
from pipeline.store.tables import AddressRow, LetterEventRow, LetterRow

_LETTERS, _STRANGERS = "letters", "letters login_addresses"
_Counts = dict[Allowance | None, int]
_UNSENT = (LetterState.QUEUED, LetterState.SENDING)
_NOT_SENT = (LetterState.FAILED, LetterState.UNCERTAIN, LetterState.EXPIRED, LetterState.WITHHELD)


def enqueue(session: Session, letter: Letter, at: datetime | None = None) -> int | None:
    """Put a letter on record and return its id, or None when its key is there already (M13).

    ``at`` is the present for a letter that is dated later, by default its date.
    """
    found = enqueue_all(session, [letter], at)
    return found[0] if found else None


def enqueue_sure(session: Session, letter: Letter, letter_id: int | None = None) -> int | None:
    """Put a letter on record that cannot have left before, even while a restore is open; with this id where given."""
    found = _enqueue(session, [letter], None, {} if letter_id is None else {"id": letter_id})
    return found[0] if found else None


def enqueue_all(session: Session, letters: Sequence[Letter], at: datetime | None = None) -> list[int]:
    """Put letters on record and return the ids of the new ones, in their order; known keys are passed over (M13).

    While a restore is open they are in doubt, left to an operator: the lost database may have sent the same (M47).
    """
    held = restoring.current(session) is not None
    return _enqueue(session, [_in_doubt(letter) for letter in letters] if held else letters, at, {})


def _enqueue(session: Session, letters: Sequence[Letter], at: datetime | None, more: dict[str, Any]) -> list[int]:
    ids: list[int] = []
    for part in chunks(letters):
        new = insert(session, LetterRow).on_conflict_do_nothing().returning(LetterRow.id, LetterRow.key)
        kept = shared.keep(session, part)
        rows = [_values(letter, kept) | more for letter in part]
        made = {key: letter_id for letter_id, key in session.execute(new, rows)}
        # popped: the first of two with one key within ``letters`` is the one that was put on record
        added = [(made.pop(letter.key), letter) for letter in part if letter.key in made]
        insert_new(session, LetterEventRow, [_first_event(letter_id, letter, at) for letter_id, letter in added])
        ids += [letter_id for letter_id, _ in added]
    return ids


def answer(session: Session, letter: Letter) -> int | None:
    """Put an answer to a message on record, as ``enqueue`` does; it is written with the transaction's other rows."""
    unit = unit_of(session)
    assert letter.receipt_id is not None
    if restoring.current(session) is not None:
        letter = _in_doubt(letter)
    keys = unit.cached(_LETTERS, ("keys", letter.receipt_id), lambda: _keys(session, letter.receipt_id))
    if letter.key in keys:
        return None
    keys.add(letter.key)
    letter_id = unit.next_id(LetterRow)
    values = _values(letter, shared.keep(session, [letter]))
    unit.add(LetterRow, {"id": letter_id, "reference_ids": values.pop("references"), **values})
    unit.add(LetterEventRow, _first_event(letter_id, letter, None))
    if letter.state is not LetterState.WITHHELD:
        _count_answer(unit, letter)
    return letter_id


def read_ahead(
    session: Session, receipts: Sequence[int], addresses: Collection[str], logins: Collection[str], since: datetime
) -> None:
    """Ask together what answering these messages to these addresses and logins will ask."""
    unit, row = unit_of(session), LetterRow
    keys: dict[int, set[str]] = {number: set() for number in receipts}
    for part in chunks(receipts):
        for number, key in session.execute(select(row.receipt_id, row.key).where(row.receipt_id.in_(part))):
            keys[number or 0].add(key)
    unit.cache(_LETTERS, ((("keys", number), known) for number, known in keys.items()))
    for name, column, wanted in (
        ("address", row.address_key, {address.lower() for address in addresses}),
        ("login", row.login, set(logins)),
    ):
        counts: dict[str, _Counts] = {value: {} for value in wanted}
        for chunk in chunks(sorted(wanted)):
            which = (column.in_(chunk), *_answers(since))
            query = select(column, row.allowance, func.count()).where(*which).group_by(column, row.allowance)
            for value, allowance, count in session.execute(query):
                counts[value or ""][allowance] = count
        unit.cache(_LETTERS, (((name, value), {since: found}) for value, found in counts.items()))


def _count_answer(unit: Unit, letter: Letter) -> None:
    """Keep true what is known about the caps: one more answer."""
    for key in (("address", letter.address.lower()), ("login", letter.login)):
        known: dict[datetime, _Counts] = unit.peek(_LETTERS, key) or {}
        for counts in known.values():
            counts[letter.allowance] = counts.get(letter.allowance, 0) + 1
    unit.uncache(_STRANGERS)


def _counted(
    session: Session, key: tuple[str, str], since: datetime, which: ColumnElement[bool], allowance: Allowance | None
) -> int:
    """Return how many answers of ``which`` there are, asked once; ``_count_answer`` keeps it true."""
    known: dict[datetime, _Counts] = unit_of(session).cached(_LETTERS, key, dict)
    if since not in known:
        row = LetterRow
        query = select(row.allowance, func.count()).where(which, *_answers(since)).group_by(row.allowance)
        known[since] = dict(session.execute(query).all())
        unit_of(session).cache(_LETTERS, {key: known})
    counts = known[since]
    return sum(counts.values()) if allowance is None else counts.get(allowance, 0)


def _keys(session: Session, receipt_id: int | None) -> set[str]:
    return set(session.scalars(select(LetterRow.key).where(LetterRow.receipt_id == receipt_id)))


def key_exists(session: Session, key: str) -> bool:
    """Whether a letter with this key is on record."""
    return session.scalar(select(LetterRow.id).where(LetterRow.key == key)) is not None


def mark_bounced(session: Session, letter_id: int, at: datetime, status: str | None, reason: str | None) -> bool:
    """Record that a letter came back at ``at`` with this status (RFC 3463) and reason; its state stays.

    Returns whether this was its first bounce; False for an unknown letter too.
    """
    row = LetterRow
    statement = update(row).where(row.id == letter_id, row.bounced_at.is_(None)).values(bounced_at=at)
    first = changed(session, statement) == 1
    if first or letter(session, letter_id) is not None:
        words = " ".join(part for part in (status, reason) if part) or None
        log(session, [(letter_id, LetterEvent.BOUNCED, words)], at)
    return first


def note(session: Session, letter_id: int, event: LetterEvent, at: datetime, detail: str | None = None) -> None:
    """Put beside a letter what was heard of it since it left; the same event at the same instant counts once."""
    log(session, [(letter_id, event, detail)], at)


def withhold(session: Session, address: str, kind: str, now: datetime, why: str) -> int:
    """Withhold the letters of ``kind`` to ``address`` that still wait, noting ``why``; returns how many."""
    waiting = (LetterRow.address_key == address.lower(), LetterRow.kind == kind, unleased(now))
    return len(move(session, LetterMove.WITHHELD, now, *waiting, why=why, skip_locked=True))


def letter(session: Session, letter_id: int) -> Letter | None:
    """Return the letter with this id."""
    row = session.get(LetterRow, letter_id)
    return of_rows(session, [row])[0] if row else None


def by_ids(session: Session, letter_ids: Sequence[int]) -> list[Letter]:
    """Return letters by their ids, in the order of the ids; unknown ones are left out."""
    found: list[Letter] = []
    for part in chunks(sorted(letter_ids)):
        found += of_rows(session, session.execute(_SELECTED.where(LetterRow.id.in_(part)).order_by(LetterRow.id)))
    return found


def by_message_id(session: Session, message_id: str) -> int | None:
    """Return the id of the letter with this Message-ID, brackets included: what a bounce gives back."""
    return session.scalar(select(LetterRow.id).where(LetterRow.message_id == message_id).limit(1))


def listed(session: Session, state: LetterState | None = None, limit: int = 100) -> list[Letter]:
    """Return letters in ``state``, or in any with None, the latest on record first."""
    query = select(LetterRow).order_by(LetterRow.id.desc()).limit(limit)
    return _all(session, query if state is None else query.where(LetterRow.state == state))


def of_kind(session: Session, kind: str, limit: int = 100) -> list[Letter]:
    """Return letters of ``kind`` that were not withheld, the latest on record first."""
    row = LetterRow
    query = select(row).where(row.kind == kind, row.state != LetterState.WITHHELD)
    return _all(session, query.order_by(row.id.desc()).limit(limit))


def of_receipt(session: Session, receipt_id: int) -> list[Letter]:
    """Return the letters that one message brought about, in the order of recording."""
    return _all(session, select(LetterRow).where(LetterRow.receipt_id == receipt_id).order_by(LetterRow.id))


def with_keys(session: Session, prefix: str) -> list[Letter]:
    """Return the letters whose keys begin with ``prefix``, in the order of recording."""
    row = LetterRow
    return _all(session, select(row).where(row.key.startswith(prefix, autoescape=True)).order_by(row.id))


def found(
    session: Session,
    *,
    login: str | None = None,
    address: str | None = None,
    failed: bool = False,
    limit: int = 100,
) -> list[tuple[Letter, Logged]]:
    """Return letters with the last line of their log, the latest on record first.

    ``login`` in any case; ``failed`` keeps those that did not arrive as far as is known: failed, in doubt, expired,
    withheld or come back.
    """
    row = LetterRow
    query = select(row).order_by(row.id.desc()).limit(limit)
    if login is not None:
        query = query.where(func.lower(row.login) == login.lower())
    if address is not None:
        query = query.where(row.address_key == address.lower())
    if failed:
        query = query.where(or_(row.state.in_(_NOT_SENT), row.bounced_at.is_not(None)))
    letters = _all(session, query)
    last: dict[int, Logged] = {}
    for part in chunks([letter.id for letter in letters]):
        newest = select(func.max(LetterEventRow.id)).where(LetterEventRow.letter_id.in_(part))
        log = select(LetterEventRow).where(LetterEventRow.id.in_(newest.group_by(LetterEventRow.letter_id)))
        last |= {line.letter_id: Logged(line.event, line.at, line.detail) for line in session.scalars(log)}
    return [(letter, last[letter.id]) for letter in letters]


def sent_to(session: Session, address: str, limit: int = 100) -> list[Letter]:
    """Return the letters that the server has taken for this address (in any case), the latest sent first."""
    row = LetterRow
    query = select(row).where(row.address_key == address.lower(), row.state == LetterState.SENT)
    return _all(session, query.order_by(row.sent_at.desc(), row.id.desc()).limit(limit))


def is_told(session: Session, kind: str, address: str, since: datetime) -> bool:
    """Whether a letter of ``kind`` to ``address`` (in any case) is on record, dated from ``since`` on."""
    row = LetterRow
    query = select(row.id).where(row.address_key == address.lower(), row.created_at >= since, row.kind == kind)
    return session.scalar(query.limit(1)) is not None


def is_tagged(session: Session, address: str, tag: str) -> bool:
    """Whether a letter to ``address`` (in any case) carries ``tag``, as it is written; one withheld has not left."""
    row = LetterRow
    query = select(row.id).where(row.address_key == address.lower(), row.tag == tag, row.state != LetterState.WITHHELD)
    return session.scalar(query.limit(1)) is not None


def answers_since(session: Session, address: str, since: datetime, allowance: Allowance | None = None) -> int:
    """Return how many answers to messages were put on record for this address (in any case) from ``since`` on (M17).

    Those that count for ``allowance``, or all of them; those withheld do not count.
    """
    key = address.lower()
    return _counted(session, ("address", key), since, LetterRow.address_key == key, allowance)


def answers_to_login_since(session: Session, login: str, since: datetime, allowance: Allowance | None = None) -> int:
    """Return how many answers about this login were put on record from ``since`` on, to whatever address (M17)."""
    return _counted(session, ("login", login), since, LetterRow.login == login, allowance)


def answers_to_strangers_since(session: Session, since: datetime, domain: str | None = None, besides: str = "") -> int:
    """Return how many answers went on record from ``since`` on to addresses that the roster does not have (M17).

    With ``domain`` those of one domain, at whatever address; without, those about no login. ``besides`` is an address
    that counts as no stranger's.
    """
    row = LetterRow
    registered = select(AddressRow.login).where(AddressRow.address_key == row.address_key).exists()
    about = row.login.is_(None) if domain is None else row.domain == domain
    query = select(func.count()).where(about, ~registered, row.address_key != besides.lower(), *_answers(since))
    return unit_of(session).cached(_STRANGERS, (domain, since), lambda: session.scalars(query).one())


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case, as ``answers_to_strangers_since`` takes it."""
    return address.rpartition("@")[2].lower()


def counts(session: Session) -> dict[LetterState, int]:
    """Return how many letters are in each state."""
    query = select(LetterRow.state, func.count()).group_by(LetterRow.state)
    return dict.fromkeys(LetterState, 0) | dict(session.execute(query).all())


def oldest_unsent(session: Session, resting: Collection[Hours] = ()) -> datetime | None:
    """Return when the oldest letter that waits or is being sent was written (M19), None when there is none.

    Letters of the ``resting`` hours are meant to wait now and do not count.
    """
    row = LetterRow
    query = select(func.min(row.created_at)).where(row.state.in_(_UNSENT))
    return session.scalar(query.where(row.hours.not_in(sorted(resting))) if resting else query)


def events(session: Session, letter_id: int) -> list[Logged]:
    """Return the delivery log of one letter, in the order of recording."""
    query = select(LetterEventRow).where(LetterEventRow.letter_id == letter_id).order_by(LetterEventRow.id)
    return [Logged(row.event, row.at, row.detail) for row in session.scalars(query)]


def _answers(since: datetime) -> tuple[ColumnElement[bool], ...]:
    row = LetterRow
    return row.created_at >= since, row.receipt_id.is_not(None), row.state != LetterState.WITHHELD


def _in_doubt(letter: Letter) -> Letter:
    if letter.state is not LetterState.QUEUED:
        return letter
    return replace(letter, state=LetterState.UNCERTAIN, server_reply=restoring.RESTORED)


def _first_event(letter_id: int, letter: Letter, at: datetime | None) -> dict[str, Any]:
    event = FIRST_LOGGED.get(letter.state, LetterEvent.QUEUED)
    return {"letter_id": letter_id, "event": event, "at": at or letter.created_at, "detail": letter.server_reply}


def _values(letter: Letter, kept: Mapping[int, str]) -> dict[str, Any]:
    return {
        "key": letter.key,
        "kind": letter.kind,
        "address": letter.address,
        "address_key": letter.address.lower(),
        "domain": domain_of(letter.address),
        "message_id": letter.message_id,
        "created_at": letter.created_at,
        "due_at": letter.due_at,
        "data": dict(letter.data),
        "shared": kept.get(id(letter.shared)),
        "attachments": [{"kind": spec.kind, "name": spec.name, "ref": dict(spec.ref)} for spec in letter.attachments],
        "publication": letter.publication,
        "login": letter.login,
        "tag": letter.tag,
        "edition": letter.edition,
        "priority": letter.priority,
        "in_reply_to": letter.in_reply_to,
        "references": list(letter.references),
        "expires_at": letter.expires_at,
        "receipt_id": letter.receipt_id,
        "hours": letter.hours,
        "allowance": letter.allowance,
        "state": letter.state,
        "to_send": letter.state is LetterState.QUEUED,
        "doubts": int(letter.state is LetterState.UNCERTAIN),
        "attempts": letter.attempts,
        "server_reply": letter.server_reply,
        "sent_at": letter.sent_at,
    }


def _all(session: Session, query: Select[LetterRow]) -> list[Letter]:
    return of_rows(session, session.scalars(query))


_ELSEWHERE = {"address_key", "domain", "to_send", "doubts", "owner", "lease_until", "bounced_at"}
COLUMNS = tuple(
    getattr(LetterRow, known.key) for known in LetterRow.__mapper__.column_attrs if known.key not in _ELSEWHERE
)
"""What ``of_rows`` takes. Columns instead of objects: half the time for thousands of letters."""
_SELECTED = select(*COLUMNS)


def of_rows(session: Session, rows: Iterable[LetterRow] | Iterable[Row[Any]]) -> list[Letter]:
    """Return the letters of rows with ``COLUMNS``."""
    found: list[LetterRow | Row[Any]] = list(rows)
    known = shared.found(session, (row.shared for row in found))
    return [_of_row(row, known[row.shared]) for row in found]


def _of_row(row: LetterRow | Row[Any], common: Mapping[str, Any]) -> Letter:
    return Letter(
        key=row.key,
        kind=row.kind,
        address=row.address,
        message_id=row.message_id,
        created_at=row.created_at,
        due_at=row.due_at,
        data=row.data,
        shared=common,
        attachments=tuple(_attachment(stored) for stored in row.attachments),
        publication=row.publication,
        login=row.login,
        tag=row.tag,
        edition=row.edition,
        priority=row.priority,
        in_reply_to=row.in_reply_to,
        references=tuple(row.references),
        expires_at=row.expires_at,
        receipt_id=row.receipt_id,
        hours=row.hours,
        allowance=row.allowance,
        state=row.state,
        attempts=row.attempts,
        server_reply=row.server_reply,
        sent_at=row.sent_at,
        id=row.id,
        copy_proof=row.copy_proof,
    )


def _attachment(stored: Mapping[str, Any]) -> AttachmentSpec:
    return AttachmentSpec(AttachmentKind(stored["kind"]), stored["name"], stored["ref"])
