"""Lists that an administrator chooses from, as the database has them now; each text carries the key it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from pipeline.cabinet.regions import NAMES
from pipeline.catalogue import MOSCOW, format_short, has, text
from pipeline.console.acts import Choice
from pipeline.console.shown import short
from pipeline.mail.addresses import readable
from pipeline.model import Publication, Receipt, ReceiptState, Role
from pipeline.steps.base.context import Context
from pipeline.store import Session, changes, extensions, publications, receipts, roster

_MOST = 300  # a list that a browser still searches at once
_LONGEST = 120
_DASH = " — "
_NUMBER = re.compile(r"№\s*([\w-]+)")


def labels(context: Context, now: datetime, folders: Mapping[str, str]) -> dict[Choice, list[str]]:
    """Return every list. ``folders`` are the publications of the disk, code → title. Reads the store once."""
    with context.store.reading() as session:
        found = {choice: make(session, now)[:_MOST] for choice, make in _LISTS.items()}
    found[Choice.PUBLICATION_FOLDERS] = [_titled(title, code) for code, title in folders.items()][:_MOST]
    return found


def key_of(label: str) -> str:
    """Return what a chosen text stands for: the number after «№», else what follows the last dash, else the text."""
    number = _NUMBER.match(label.strip())
    return number[1] if number else label.rpartition(_DASH)[2].strip()


def _titled(title: str, code: str) -> str:
    return f"{' '.join(title.split())[:_LONGEST]}{_DASH}{code}"


def _published(session: Session, _now: datetime) -> list[str]:
    return [_titled(item.title, item.code) for item in reversed(publications.publications(session))]


def _collections(session: Session, _now: datetime) -> list[str]:
    found = [item for item in publications.publications(session) if item.collection]
    return [_named(item) for item in reversed(found)]


def _open(session: Session, now: datetime) -> list[str]:
    return [_named(item) for item in extensions.open_collections(session, now)]


def _named(item: Publication) -> str:
    return _titled(item.collection.title if item.collection else item.title, item.code)


def _regions(session: Session, _now: datetime) -> list[str]:
    codes = sorted({login.region for login in roster.logins(session, role=Role.ORGANISATION) if login.region})
    return [_titled(NAMES.get(code, text("console.region")), code) for code in codes]


def _held(session: Session, now: datetime) -> list[str]:
    found = receipts.listed(session, {ReceiptState.HELD, ReceiptState.FAILED}, _MOST)
    return [_receipt(item, now) for item in found]


def _receipt(item: Receipt, now: datetime) -> str:
    why = f"reason.{item.reason}"
    said = text(why) if item.reason and has(why) else text(f"receipt.{item.state.value}")
    whose = item.login or short(item.sender)
    return f"№{item.id}, {whose}, {day(item.received_at, now)}, {said}"[:_LONGEST]


def day(at: datetime, now: datetime) -> str:
    """Return when something was or will be, as a person says it: «сегодня 14:05», «вчера 09:30», else date and time."""
    local = at.astimezone(MOSCOW)
    near = _NEAR.get((now.astimezone(MOSCOW).date() - local.date()).days)
    return f"{text(near)} {local:%H:%M}" if near else format_short(at)


_NEAR = {-1: "console.tomorrow", 0: "console.today", 1: "console.yesterday"}


def _corrections(session: Session, now: datetime) -> list[str]:
    return [
        f"№{item.name}, {item.login}, {text(f'change.{item.field}')}: {readable(item.value)}, "
        f"{day(item.requested_at, now)}"
        for item in changes.listed(session)
    ]


_LISTS: Mapping[Choice, Callable[[Session, datetime], list[str]]] = {
    Choice.PUBLICATIONS: _published,
    Choice.COLLECTIONS: _collections,
    Choice.OPEN_COLLECTIONS: _open,
    Choice.REGIONS: _regions,
    Choice.HELD: _held,
    Choice.CORRECTIONS: _corrections,
}
