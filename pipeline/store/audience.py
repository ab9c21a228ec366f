"""Whom a publication has yet to reach, in one query for tens of thousands of logins, and whom it has reached.

What makes a letter of a publication one and the same is its key: kind, publication, edition, login and address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import LetterState, Role, Status
from pipeline.store.health import dead
from pipeline.store.reminders import KINDS as REMINDERS
from pipeline.store.sql import chunks, insert
from pipeline.store.tables import AddressRow, LetterRow, LoginRow, ParticipationRow
from pipeline.store.withholding import withhold

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
    begun = literal(Status.NOT_STARTED, row.status.type)
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
    """Return the logins of which an accepted return stands."""
    row = ParticipationRow
    query = select(row.login).where(row.publication == publication, row.accepted_return_id.is_not(None))
    return frozenset(session.scalars(query))


def withhold_earlier(session: Session, publication: str, prefixes: Mapping[Role, str], now: datetime, why: str) -> int:
    """Withhold what waits of the letters of earlier editions; return how many."""
    row = LetterRow
    other = [~row.key.startswith(prefix + ":", autoescape=True) for prefix in prefixes.values()]
    return withhold(session, now, why, _letters_of(publication), row.receipt_id.is_(None), *other)


def withhold_reminders(session: Session, publication: str, now: datetime, why: str) -> int:
    """Withhold the reminders of a publication that wait: they name what holds no more. Return how many."""
    row = LetterRow
    return withhold(session, now, why, row.publication == publication, row.kind.in_(REMINDERS))


def withhold_overtaken(
    session: Session, publication: str, kinds: Sequence[str], logins: Sequence[str], now: datetime
) -> int:
    """Withhold what waits of ``kinds`` about a publication for these logins: newer ones come. Return how many."""
    row, count = LetterRow, 0
    for part in chunks(logins):
        which = (row.publication == publication, row.kind.in_(kinds), row.login.in_(part))
        count += withhold(session, now, "overtaken", *which)
    return count


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
