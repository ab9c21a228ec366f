"""Caps that are reached: who has been told of it and until when, and which answers used them up (M33)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.model import Allowance, Letter, LetterState
from pipeline.store import letters
from pipeline.store.base.sql import chunks
from pipeline.store.base.unit import unit_of
from pipeline.store.tables import LetterRow

KIND = "limit"
"""The letter that tells that a cap is reached, and until when nothing more is answered."""
_LETTERS = "letters"
_Told = list[Mapping[str, Any]]


def told(session: Session, address: str, since: datetime) -> list[Mapping[str, Any]]:
    """Return the data of the letters that told ``address`` (in any case) from ``since`` on that a cap is reached."""
    key = (KIND, address.lower())
    known: dict[datetime, _Told] = unit_of(session).cached(_LETTERS, key, dict)
    if since not in known:
        query = select(LetterRow.data).where(LetterRow.address_key == key[1], *_recent(since)).order_by(LetterRow.id)
        known[since] = list(session.scalars(query))
        unit_of(session).cache(_LETTERS, {key: known})
    return known[since]


def tell(session: Session, letter: Letter) -> int | None:
    """Put a letter of this ``KIND`` on record, as ``letters.answer`` does, and count it among those that ``told``."""
    letter_id = letters.answer(session, letter)
    if letter_id is not None:
        known: dict[datetime, _Told] = unit_of(session).peek(_LETTERS, (KIND, letter.address.lower())) or {}
        for found in known.values():
            found.append(letter.data)
    return letter_id


def read_ahead(session: Session, addresses: Collection[str], since: datetime) -> None:
    """Ask together what ``told`` will be asked about these addresses."""
    row = LetterRow
    found: dict[str, _Told] = {address.lower(): [] for address in addresses}
    for chunk in chunks(sorted(found)):
        query = select(row.address_key, row.data).where(row.address_key.in_(chunk), *_recent(since)).order_by(row.id)
        for address, data in session.execute(query):
            found[address].append(data)
    unit_of(session).cache(_LETTERS, (((KIND, address), {since: known}) for address, known in found.items()))


def answered_at(
    session: Session, since: datetime, allowance: Allowance, *, address: str | None = None, login: str | None = None
) -> list[datetime]:
    """Return when each answer that counts for ``allowance`` was put on record from ``since`` on, the oldest first.

    Those to ``address`` (in any case), or with None those about ``login`` to whatever address.
    """
    row = LetterRow
    which = row.login == login if address is None else row.address_key == address.lower()
    counted = (row.created_at >= since, row.receipt_id.is_not(None), row.state != LetterState.WITHHELD)
    query = select(row.created_at).where(which, row.allowance == allowance, *counted).order_by(row.created_at)
    return list(session.scalars(query))


def _recent(since: datetime) -> tuple[ColumnElement[bool], ...]:
    row = LetterRow
    return row.created_at >= since, row.kind == KIND, row.state != LetterState.WITHHELD
