"""What is on record about addresses, and the tasks on dead ones, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import DateTime, bindparam, text

from pipeline.model import Letter, LetterState, ReceiptState, Role
from pipeline.model.delivery import LetterEvent, Logged
from pipeline.model.incoming import Verdict
from pipeline.store import Session, Store, health, letters, receipts, roster, sending
from pipeline.store.migrations.upgrading import alembic_config
from tests.contract.store.made import LEASE, NOW, campaign, letter, minutes, organisation, received

ADDRESS = "spo240065@school.test"
LATER = NOW + minutes(60)
DAY = timedelta(days=1)


def _queued(session: Session, key: str, **parts: Any) -> int:
    letter_id = letters.enqueue(session, letter(key, **parts))
    assert letter_id is not None
    return letter_id


def _sent(session: Session, key: str, **parts: Any) -> int:
    return _queued(session, key, **{"state": LetterState.SENT, "sent_at": NOW, **parts})


def test_signs_are_bounces_and_refusals_of_that_address_oldest_first(store: Store) -> None:
    with store.transaction() as session:
        first, second = _sent(session, "1"), _sent(session, "2", kind="probe", address=ADDRESS.upper())
        letters.mark_bounced(session, second, NOW + minutes(9), "5.2.2", "full")
        letters.note(session, first, LetterEvent.FAILED, NOW + minutes(5), "550 5.1.1 no such user")
        letters.note(session, first, LetterEvent.DEFERRED, NOW + minutes(6), "450 4.7.1 greylisted")
        letters.mark_bounced(session, _sent(session, "3", address="other@school.test"), NOW, "5.1.1", None)
        found = health.signs(session, ADDRESS, NOW)
        assert [(sign.kind, sign.detail) for sign in found] == [
            ("publication", "550 5.1.1 no such user"),
            ("probe", "5.2.2 full"),
        ]
        assert health.signs(session, ADDRESS, NOW + minutes(9)) == found[1:]
        assert health.suspects(session, NOW) == ["other@school.test", ADDRESS]
        assert health.suspects(session, LATER) == []


@pytest.mark.parametrize("event", [LetterEvent.DELIVERED, LetterEvent.READ, LetterEvent.AUTORESPONDED])
def test_what_is_heard_of_a_letter_is_a_sign_of_life(store: Store, event: LetterEvent) -> None:
    with store.transaction() as session:
        letters.note(session, _sent(session, "1"), event, LATER)
        letters.note(session, _sent(session, "2"), LetterEvent.DEFERRED, LATER + DAY)
        assert health.last_good(session, ADDRESS, "probe", NOW) == LATER
        assert health.last_good(session, "other@school.test", "probe", NOW) is None


@pytest.mark.parametrize(("kind", "good"), [("question", True), ("auto_reply", True), ("bounce", False), (None, False)])
def test_mail_from_an_address_is_a_sign_of_life_and_a_bounce_in_its_name_is_none(
    store: Store, kind: str | None, *, good: bool
) -> None:
    with store.transaction() as session:
        received(session, 1, received_at=LATER)
        (claimed,) = receipts.claim_unread(session, "a", LATER, LEASE, 1)
        receipts.finish(session, claimed.id, "a", LATER, Verdict(state=ReceiptState.DONE, kind=kind, sender=ADDRESS))
        assert health.last_good(session, ADDRESS, "probe", NOW) == (LATER if good else None)


def test_a_probe_that_did_not_come_back_is_a_sign_of_life_after_a_while(store: Store) -> None:
    with store.transaction() as session:
        probe = _sent(session, "1", kind="probe")
        assert health.last_good(session, ADDRESS, "probe", NOW - minutes(1)) is None
        assert health.last_good(session, ADDRESS, "probe", NOW) == NOW
        letters.mark_bounced(session, probe, LATER, "5.1.1", None)
        assert health.last_good(session, ADDRESS, "probe", NOW) is None


def test_a_dead_address_has_one_open_task_a_login_until_it_lives(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        assert health.open_task(session, "spo240065", ADDRESS.upper(), NOW, "no_mailbox", LATER)
        assert not health.open_task(session, "spo240065", ADDRESS, NOW, "full", LATER)
        (task,) = health.open_tasks(session, "24")
        assert (task.login.code, task.since, task.reason, task.opened_at) == ("spo240065", NOW, "no_mailbox", LATER)
        assert health.open_tasks(session, "05") == []
        assert health.dead_addresses(session) == {ADDRESS}
        assert health.is_watched(session, ADDRESS.upper(), "probe")
        assert health.revive(session, ADDRESS, LATER) == 1
        assert health.dead_addresses(session) == frozenset()
        assert health.open_tasks(session) == []
        assert health.open_task(session, "spo240065", ADDRESS, NOW, "full", LATER)


@pytest.mark.parametrize("gone", [True, False])
def test_an_address_stays_dead_while_it_is_on_the_roster(store: Store, *, gone: bool) -> None:
    campaign(store)
    with store.transaction() as session:
        health.open_task(session, "spo240065", ADDRESS, NOW, "no_mailbox", LATER)
        (task,) = health.open_tasks(session)
        health.close_task(session, task.id, LATER, gone=gone)
        assert health.open_tasks(session) == []
        assert health.dead_addresses(session) == (frozenset() if gone else {ADDRESS})
        assert health.open_task(session, "spo240065", ADDRESS, NOW, "no_mailbox", LATER) is gone


def test_tasks_follow_a_corrected_login_and_leave_the_region_with_it(store: Store) -> None:
    people = campaign(store)
    with store.transaction() as session:
        health.open_task(session, "spo240065", ADDRESS, NOW, "no_mailbox", LATER)
        roster.save_logins(session, [organisation("SPO240065", "24", ADDRESS), *people[1:]], NOW)
        assert [task.login.code for task in health.open_tasks(session, "24")] == ["SPO240065"]
        roster.save_logins(session, [login for login in people if login.role is Role.COORDINATOR], NOW)
        assert health.open_tasks(session, "24") == []
        assert len(health.open_tasks(session)) == 1


def test_a_letter_withdrawn_is_withheld_with_its_reason_and_one_in_hand_is_not(store: Store) -> None:
    with store.transaction() as session:
        waiting = _queued(session, "1", kind="probe")
        other = _queued(session, "2")
        assert health.is_watched(session, ADDRESS, "probe")
        assert letters.withhold(session, ADDRESS.upper(), "probe", LATER, "address_alive") == 1
        assert not health.is_watched(session, ADDRESS, "probe")
        assert [item.id for item in sending.claim_due(session, "a", LATER, LEASE, 9)] == [other]
        (_, last), *_ = [pair for pair in letters.found(session, failed=True) if pair[0].id == waiting]
        assert (last.event, last.detail) == (LetterEvent.WITHHELD, "address_alive")
        claimed = _queued(session, "3", kind="probe")
        sending.claim_due(session, "a", LATER, LEASE, 9)
        assert letters.withhold(session, ADDRESS, "probe", LATER, "address_alive") == 0
        assert _state(session, claimed) is LetterState.QUEUED


def test_a_letter_dated_later_is_logged_when_it_was_written(store: Store) -> None:
    with store.transaction() as session:
        letter_id = letters.enqueue(session, letter("1", at=LATER), NOW)
        assert [logged.at for logged in letters.events(session, letter_id or 0)] == [NOW]


def test_m17_answers_are_counted_by_login_by_domain_and_over_all_strangers(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        asked = received(session)

        def answer(key: str, address: str, login: str | None = None, **parts: Any) -> None:
            _queued(session, key, address=address, login=login, receipt_id=asked, **parts)

        answer("1", ADDRESS, "spo240065")
        answer("2", "clerk@Mail.test", "spo240065")
        answer("3", "stranger@mail.test")
        answer("4", "stranger@else.test")
        answer("5", "support@mail.test")
        answer("6", "stranger@mail.test", state=LetterState.WITHHELD)
        answer("7", "stranger@mail.test", created_at=NOW - minutes(1))
        _queued(session, "8", address="campaign@mail.test", login="spo240065")
        assert letters.answers_to_login_since(session, "spo240065", NOW) == 2
        assert letters.answers_to_strangers_since(session, NOW, "mail.test", "Support@mail.test") == 2
        assert letters.answers_to_strangers_since(session, NOW, "school.test") == 0
        assert letters.answers_to_strangers_since(session, NOW, besides="support@mail.test") == 2


def test_letters_are_found_by_login_address_and_fate(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        mine, other = _sent(session, "1", login="spo240065"), _sent(session, "2", address="other@school.test")
        letters.mark_bounced(session, mine, LATER, "5.1.1", "unknown")
        assert _ids(letters.found(session)) == [other, mine]
        assert _ids(letters.found(session, login="SPO240065")) == [mine]
        assert _ids(letters.found(session, address="OTHER@school.test")) == [other]
        ((_, last),) = letters.found(session, failed=True)
        assert (last.event, last.at, last.detail) == (LetterEvent.BOUNCED, LATER, "5.1.1 unknown")
        assert _ids(letters.found(session, limit=1)) == [other]


def test_letters_of_before_get_their_domain_and_keep_their_log(empty_url: str) -> None:
    store = Store(empty_url)
    with store.transaction() as session:
        command.upgrade(alembic_config(session.connection()), "0003")
        at = bindparam("at", type_=DateTime(timezone=True))
        session.execute(
            text(
                "INSERT INTO letters (key, kind, address, address_key, message_id, created_at, due_at, data,"
                " attachments, tag, edition, priority, reference_ids, state, to_send, doubts, attempts)"
                " VALUES ('k', 'help', 'A@School.test', 'a@school.test', '<m@x>', :at, :at, '{}', '[]', '', 1, 5,"
                " '[]', 'sent', :no, 0, 1)"
            ).bindparams(at),
            {"at": NOW, "no": False},
        )
        sent = text("INSERT INTO letter_events (letter_id, event, at) VALUES (1, 'sent', :at)")
        session.execute(sent.bindparams(at), {"at": NOW})
    store.upgrade()
    with store.transaction() as session:
        assert session.scalar(text("SELECT domain FROM letters")) == "school.test"
        assert [logged.event for logged in letters.events(session, 1)] == [LetterEvent.SENT]
        letters.note(session, 1, LetterEvent.READ, LATER)
        assert len(letters.events(session, 1)) == 2
    store.dispose()


def _state(session: Session, letter_id: int) -> LetterState | None:
    found = letters.letter(session, letter_id)
    return found.state if found else None


def _ids(found: list[tuple[Letter, Logged]]) -> list[int]:
    return [item.id for item, _ in found]
