"""One-time codes: kept as hashes, bound to a message and a login, each good for one answer until it expires."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.mail.commands.words.confirming import YES
from pipeline.model.incoming import Confirmation, Purpose
from pipeline.model.reason import Reason, conflict
from pipeline.store.base.sql import changed
from pipeline.store.tables import ConfirmationRow, ReceiptRow

DOUBTED = tuple(Reason(conflict(cause)) for cause in ("dmarc", "verdict", "from"))
"""Why a message is held whose origin is in doubt."""


def add(
    session: Session,
    code: str,
    purpose: Purpose,
    receipt_id: int,
    login: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Put a code on record: only its hash is kept."""
    session.add(
        ConfirmationRow(
            code_hash=_hash(code),
            purpose=purpose,
            receipt_id=receipt_id,
            login=login,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()


def by_codes(session: Session, codes: Iterable[str]) -> list[Confirmation]:
    """Return the confirmations of these codes, each once; unknown codes give none."""
    hashes = sorted({_hash(code) for code in codes})
    query = select(ConfirmationRow).where(ConfirmationRow.code_hash.in_(hashes)).order_by(ConfirmationRow.id)
    return [_confirmation(row) for row in session.scalars(query)]


def spend(session: Session, confirmation: Confirmation, now: datetime, answer: str) -> bool:
    """Use a code up, and with it every other code of the same purpose for the same message.

    False, and nothing changed, when it was used before or has expired.
    """
    row = ConfirmationRow
    ours = (row.id == confirmation.id, row.spent_at.is_(None), row.expires_at > now)
    if changed(session, update(row).where(*ours).values(spent_at=now, answer=answer)) == 0:
        return False
    others = (row.receipt_id == confirmation.receipt_id, row.purpose == confirmation.purpose, row.spent_at.is_(None))
    changed(session, update(row).where(*others).values(spent_at=now, answer="superseded"))
    return True


def asked_since(session: Session, login: str, since: datetime) -> int:
    """Return how many codes for releasing were made for ``login`` from ``since`` on and not answered with ДА.

    Those about a message whose origin is in doubt do not count: anybody can bring them about (M32).
    """
    row = ConfirmationRow
    doubted = exists().where(ReceiptRow.id == row.receipt_id, ReceiptRow.reason.in_(DOUBTED))
    made = (row.login == login, row.purpose == Purpose.RELEASE, row.created_at >= since)
    query = select(func.count()).where(*made, or_(row.answer.is_(None), row.answer != YES.name), ~doubted)
    return session.scalars(query).one()


def is_asked(session: Session, receipt_id: int) -> bool:
    """Whether somebody has been asked about this message."""
    row = ConfirmationRow
    query = select(row.id).where(row.receipt_id == receipt_id, row.purpose == Purpose.RELEASE).limit(1)
    return session.scalar(query) is not None


def _hash(code: str) -> str:
    return hashlib.sha256(code.lower().encode()).hexdigest()


def _confirmation(row: ConfirmationRow) -> Confirmation:
    return Confirmation(row.id, row.purpose, row.receipt_id, row.login, row.expires_at, row.spent_at, row.answer)
