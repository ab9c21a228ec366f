"""Who has yet to receive a publication, in one query for tens of thousands of logins, and who has received it.

What makes a letter of a publication one and the same is its key: kind, publication, edition, login and address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import Letter, LetterState, Role
from pipeline.status.participation import FIRST
from pipeline.store import letters
from pipeline.store.base.sql import chunks, insert
from pipeline.store.health import dead
from pipeline.store.reminders import KINDS as REMINDERS
from pipeline.store.tables import AddressRow, LetterRow, LoginRow, ParticipationRow
from pipeline.store.withholding import taken_back, withhold

KINDS = ("publication", "coordinator_publication")
"""The letters of a publication itself: the organisations' and the coordinators' (S11a)."""
_LEFT = (LetterState.SENT, LetterState.SENDING, LetterState.UNCERTAIN)


def key_of(prefix: str, login: str, address: str) -> str:
    """Return the key of the letter to one address of a login; a change of case makes no new letter."""
    return f"{prefix}:{login.lower()}:{address.lower()}"


def missing(session: Session, prefixes: Mapping[Role, str]) -> list[tuple[str, str]]:
    """Return (login, address) of the roster that have no letter yet, ordered; dead addresses are passed over.

    ``prefixes`` are the beginnings of the letters' keys by role; roles that are not in it get no letter.
    """
    found: list[tuple[str, str]] = []
    for role, prefix in prefixes.items():
        account, address = LoginRow, AddressRow
        key = literal(prefix + ":") + account.code_key + ":" + address.address_key
        query = (
            select(account.code, address.address)
            .join(address, address.login == account.code)
            .where(account.departed_at.is_(None), account.role == role)
            .where(~exists().where(LetterRow.key == key))
            .where(~exists().where(dead(address.address_key)))
        )
        found += [(code, written) for code, written in session.execute(query.order_by(account.code, address.position))]
    return found


def joined(session: Session, publication: str) -> int:
    """Make participants of the organisations that have come since; return how many."""
    row = ParticipationRow
    begun = literal(FIRST, row.status.type)
    taking_part = exists().where(row.publication == publication, row.login == LoginRow.code)
    query = select(literal(publication), LoginRow.code, begun).where(
        LoginRow.departed_at.is_(None), LoginRow.role == Role.ORGANISATION, ~taking_part
    )
    new = insert(session, row).from_select(["publication", "login", "status"], query)
    return len(session.scalars(new.on_conflict_do_nothing().returning(row.login)).all())


def reached(
    session: Session, publication: str, prefixes: Mapping[Role, str] | None = None
) -> dict[tuple[str, str], str]:
    """Return the Message-ID of the newest letter of a publication that left, by (login, address in lower case).

    With ``prefixes`` only letters whose keys do not begin so: those of earlier editions.
    """
    row = LetterRow
    query = select(row.login, row.address_key, row.message_id).where(_letters_of(publication), row.state.in_(_LEFT))
    for prefix in (prefixes or {}).values():
        query = query.where(~row.key.startswith(prefix + ":", autoescape=True))
    return {(login, key): message_id for login, key, message_id in session.execute(query.order_by(row.id)) if login}


def handed_in(session: Session, publication: str) -> frozenset[str]:
    """Return the logins that have an accepted return."""
    row = ParticipationRow
    query = select(row.login).where(row.publication == publication, row.accepted_return_id.is_not(None))
    return frozenset(session.scalars(query))


def withhold_earlier(session: Session, publication: str, prefixes: Mapping[Role, str], now: datetime, why: str) -> int:
    """Withhold what waits of the letters of earlier editions; return how many."""
    row = LetterRow
    other = [~row.key.startswith(prefix + ":", autoescape=True) for prefix in prefixes.values()]
    return withhold(session, now, why, _letters_of(publication), row.receipt_id.is_(None), *other)


def withhold_reminders(session: Session, publication: str, logins: Sequence[str], now: datetime, why: str) -> int:
    """Withhold the reminders of a publication that wait for these logins: they name a deadline that holds no more.

    Returns how many.
    """
    row = LetterRow
    which = (row.publication == publication, row.kind.in_(REMINDERS))
    return sum(withhold(session, now, why, *which, row.login.in_(part)) for part in chunks(logins))


def withhold_deadlines(session: Session, publication: str, now: datetime, why: str, *, reopened: bool) -> int:
    """Withhold what waits and names a deadline or form of a publication that holds no more; return how many.

    With ``reopened`` its closing letters too.
    """
    row, kinds = LetterRow, [*REMINDERS, "extended", *(["closing"] if reopened else [])]
    return withhold(session, now, why, row.publication == publication, row.kind.in_(kinds))


def withhold_overtaken(
    session: Session, publication: str, kinds: Sequence[str], logins: Sequence[str], now: datetime
) -> int:
    """Withhold what waits of ``kinds`` about a publication for these logins: newer ones come. Return how many."""
    row, count = LetterRow, 0
    for part in chunks(logins):
        which = (row.publication == publication, row.kind.in_(kinds), row.login.in_(part))
        count += withhold(session, now, "overtaken", *which)
    return count


def newest_by_login(session: Session, kind: str, publication: str) -> dict[str, datetime]:
    """Return by login the date of its newest letter of ``kind`` about a publication that has left or still may."""
    row = LetterRow
    lost = (LetterState.WITHHELD, LetterState.EXPIRED)
    which = (row.kind == kind, row.publication == publication, row.state.not_in(lost), row.login.is_not(None))
    query = select(row.login, func.max(row.created_at)).where(*which).group_by(row.login)
    return {login: at for login, at in session.execute(query) if login is not None}


def logins_waiting(session: Session, kind: str, publication: str) -> set[str]:
    """Return the logins for which a letter of ``kind`` about a publication waits."""
    row = LetterRow
    query = select(row.login).where(row.state == LetterState.QUEUED, row.kind == kind, row.publication == publication)
    return {login for login in session.scalars(query) if login is not None}


def take_back(
    session: Session, kind: str, publication: str, logins: Sequence[str], now: datetime, why: str
) -> list[Letter]:
    """Withhold the letters of ``kind`` about a publication that wait for these logins; return them, oldest first."""
    row, ids = LetterRow, list[int]()
    for part in chunks(logins):
        which = (row.kind == kind, row.publication == publication, row.login.in_(part))
        ids += taken_back(session, now, why, *which)
    return letters.by_ids(session, ids)


def withhold_campaigns(session: Session, publication: str, now: datetime, why: str) -> int:
    """Withhold everything about a publication that waits and answers nobody; return how many."""
    row = LetterRow
    return withhold(session, now, why, row.publication == publication, row.receipt_id.is_(None))


def waiting_by_domain(session: Session, priority: int, due_by: datetime) -> Counter[str]:
    """Return how many letters up to ``priority`` that are due by then wait to be sent, by domain of the recipient."""
    row = LetterRow
    query = select(row.domain, func.count()).where(
        row.to_send.is_(True), row.priority <= priority, row.due_at <= due_by
    )
    return Counter(dict(session.execute(query.group_by(row.domain)).all()))


def _letters_of(publication: str) -> ColumnElement[bool]:
    return LetterRow.kind.in_(KINDS) & (LetterRow.publication == publication)
