"""What is heard of letters that have left: asked for a whole batch of messages, and written for it together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from pipeline.model.delivery import LetterEvent
from pipeline.store.base.sql import chunks, insert
from pipeline.store.base.unit import unit_of
from pipeline.store.tables import LetterEventRow, LetterRow

_LETTERS = "letters"
_HEARD = "kabinet_heard"


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the delivery log that a received message makes."""

    letter_id: int
    event: LetterEvent
    at: datetime
    detail: str | None


def address_of(session: Session, letter_id: int) -> str | None:
    """Return the address that a letter went to, None for an unknown letter."""
    query = select(LetterRow.address).where(LetterRow.id == letter_id)
    return unit_of(session).cached(_LETTERS, ("address of", letter_id), lambda: session.scalar(query))


def by_message_id(session: Session, message_id: str) -> int | None:
    """Return the id of the letter with this Message-ID, brackets included."""
    query = select(LetterRow.id).where(LetterRow.message_id == message_id).limit(1)
    return unit_of(session).cached(_LETTERS, ("message id", message_id), lambda: session.scalar(query))


def read_ahead(session: Session, letter_ids: Collection[int], message_ids: Collection[str]) -> set[str]:
    """Ask together what the functions above will be asked; return the addresses of the letters found."""
    addresses: dict[int, str | None] = dict.fromkeys(letter_ids)
    named: dict[str, int | None] = dict.fromkeys(message_ids)
    row = LetterRow
    for names in chunks(sorted(named)):
        query = select(row.message_id, row.id, row.address).where(row.message_id.in_(names))
        for message_id, letter_id, address in session.execute(query):
            named[message_id], addresses[letter_id] = letter_id, address
    for ids in chunks(sorted(letter_ids)):
        query_by_id = select(row.id, row.address).where(row.id.in_(ids))
        addresses.update((found.id, found.address) for found in session.execute(query_by_id))
    unit = unit_of(session)
    unit.cache(_LETTERS, ((("address of", letter_id), address) for letter_id, address in addresses.items()))
    unit.cache(_LETTERS, ((("message id", message_id), letter_id) for message_id, letter_id in named.items()))
    return {address for address in addresses.values() if address is not None}


def note(session: Session, heard: Heard) -> None:
    """Keep a line until ``write``."""
    session.info.setdefault(_HEARD, []).append(heard)


def write(session: Session) -> list[str]:
    """Write the lines kept, and when a letter came back first; return the addresses whose letters came back."""
    kept: Sequence[Heard] = session.info.pop(_HEARD, ())
    if not kept:
        return []
    unit, table = unit_of(session), LetterRow.__table__
    assert isinstance(table, Table)
    unit.write()
    back = [item for item in kept if item.event is LetterEvent.BOUNCED]
    if back:
        first = update(table).where(table.c.id == bindparam("letter"), table.c.bounced_at.is_(None))
        rows = [{"letter": item.letter_id, "moment": item.at} for item in back]
        session.connection().execute(first.values(bounced_at=bindparam("moment")), rows)
    lines = [
        {"letter_id": item.letter_id, "event": item.event, "at": item.at, "detail": item.detail}
        for item in sorted(kept, key=lambda item: item.letter_id)
    ]
    session.connection().execute(insert(session, LetterEventRow).on_conflict_do_nothing(), lines)
    failed = [address_of(session, item.letter_id) for item in back]
    return list(dict.fromkeys(address for address in failed if address is not None))
