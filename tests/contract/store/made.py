"""Small valid things to put into a store, each with the parts that a test cares about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.model import (
    Collection,
    FileStorage,
    Finding,
    Letter,
    Login,
    Outcome,
    Publication,
    Receipt,
    Return,
    Role,
    Severity,
    StoredFile,
)
from pipeline.store import Session, Store, participations, publications, receipts, roster

NOW = datetime(2021, 8, 30, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)
CODE = "vpr-spo-2021-schedule"
FORM = "vpr-spo-2021-schedule"


def minutes(count: int) -> timedelta:
    """``count`` minutes."""
    return timedelta(minutes=count)


def organisation(code: str, region: str = "24", *addresses: str) -> Login:
    """An organisation with one address unless others are given."""
    return Login(code, f"Школа {code}", Role.ORGANISATION, region, addresses or (f"{code.lower()}@school.test",))


def coordinator(region: str = "24") -> Login:
    """A coordinator of a region."""
    address = f"coord{region}@region.test"
    return Login(f"spo_coord_{region}", f"Регион {region}", Role.COORDINATOR, region, (address,))


def publication(code: str = CODE, **parts: Any) -> Publication:
    """A publication with a file and an open collection."""
    file = StoredFile(1, "План-график", "План-график.pdf", "ab" * 32, 20_480, NOW - minutes(60), attach=True)
    collection = Collection("Расписание", FORM, 1, NOW - timedelta(days=1), NOW + timedelta(days=7))
    values: dict[str, Any] = {
        "section": "ВПР СПО",
        "title": "Расписание проведения ВПР СПО",
        "text": "Уважаемые коллеги!",
        "published_at": NOW - timedelta(days=1),
        "storages": (FileStorage("Материалы", (file,)),),
        "collection": collection,
        "contact": "support@kabinet.test",
    }
    return Publication(code=code, **values | parts)


def campaign(store: Store, *logins: Login) -> list[Login]:
    """Save a roster and the publication, with its organisations as participants; return the roster."""
    people = list(logins) or [organisation("spo240065"), organisation("spo240067"), coordinator()]
    with store.transaction() as session:
        roster.save_logins(session, people, NOW)
        publications.save_form(session, FORM, 1, "form: x\nversion: 1\n", NOW)
        publications.save_publication(session, publication(), NOW)
        members = [login.code for login in people if login.role is Role.ORGANISATION]
        participations.ensure(session, CODE, members)
    return people


def receipt(uid: int = 1, **parts: Any) -> Receipt:
    """A message as it is recorded at first."""
    values: dict[str, Any] = {
        "account": "exchange@kabinet.test",
        "folder": "INBOX",
        "uidvalidity": 4_000_000_000,
        "uid": uid,
        "sha256": f"{uid:064x}",
        "size": 30_000,
        "received_at": NOW + minutes(uid),
    }
    return Receipt(**values | parts)


def received(session: Session, uid: int = 1, **parts: Any) -> int:
    """Record a message and return its id."""
    receipt_id = receipts.add(session, receipt(uid, **parts))
    assert receipt_id is not None
    return receipt_id


def returned(login: str = "spo240065", at: datetime = NOW, **parts: Any) -> Return:
    """An accepted return of one row."""
    values: dict[str, Any] = {
        "publication": CODE,
        "login": login,
        "form_id": FORM,
        "form_version": 1,
        "sha256": "cd" * 32,
        "draft": False,
        "outcome": Outcome.ACCEPTED,
        "received_at": at,
        "rows": {"paper": 1},
        "received": {"paper": {"5": {"subject": "Физика", "rooms": 12, "day": {"date": "2021-09-15"}}}},
        "data": {"paper": [{"row": 5, "subject": "Физика", "rooms": 12, "day": "2021-09-15"}]},
    }
    return Return(**values | parts)


FINDING = Finding(
    "range", "rooms-range", Severity.ERROR, "Число должно быть между 1 и 100", "paper", 5, "rooms", "B5", "120"
)


def letter(key: str = "publication:1", at: datetime = NOW, **parts: Any) -> Letter:
    """A letter that is due at once."""
    values: dict[str, Any] = {
        "kind": "publication",
        "address": "spo240065@school.test",
        "message_id": f"<{key}@kabinet.test>",
        "created_at": at,
        "due_at": at,
    }
    return Letter(key=key, **values | parts)
