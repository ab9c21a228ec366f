"""What waits for the morning, and what is overtaken while it waits, on both databases (issue item E4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from pipeline.model import Hours, LetterState, SendOutcome, SendResult
from pipeline.model.audit import Deed
from pipeline.model.delivery import Reminder, Result
from pipeline.store import (
    Store,
    audience,
    audit,
    letters,
    reminders,
    sending,
)
from pipeline.store.base import turns
from pipeline.store.migrations.upgrading import alembic_config
from tests.contract.store.made import CODE, LEASE, NOW, campaign, letter, minutes

DAY, MORNING = timedelta(days=1), NOW + timedelta(hours=6)
ONE, TWO, WATCHING = "spo240065", "spo240067", "spo_coord_24"


def test_e4_outside_its_hours_a_letter_is_put_off_until_they_begin(store: Store) -> None:
    """E4: only what is due and free; an answer is none of it; the log says why."""
    with store.transaction() as session:
        ids = letters.enqueue_all(
            session,
            [
                letter("answer"),
                letter("digest", hours=Hours.WAKING),
                letter("reminder", hours=Hours.WORKING),
                letter("later", hours=Hours.WAKING, due_at=NOW + minutes(30)),
            ],
        )
        assert sending.rest(session, {Hours.WAKING: MORNING, Hours.WORKING: MORNING + minutes(60)}, NOW) == 2
        assert [item.key for item in sending.claim_due(session, "a", NOW, LEASE, 10)] == ["answer"]
        found = [item.due_at for item in letters.by_ids(session, ids)]
        assert found == [NOW, MORNING, MORNING + minutes(60), NOW + minutes(30)]
        assert [line.detail for line in letters.events(session, ids[2])] == [None]  # its first line is of that instant
        assert sending.rest(session, {Hours.WAKING: MORNING}, NOW + minutes(31)) == 1
        assert letters.events(session, ids[3])[-1].detail == f"rests until {MORNING.isoformat()}"


def test_e4_what_another_worker_holds_or_has_been_put_off_is_not_put_off_again(store: Store) -> None:
    with store.transaction() as session:
        letters.enqueue(session, letter("held", hours=Hours.WAKING))
        assert sending.claim_due(session, "a", NOW, LEASE, 10)
        assert sending.rest(session, {Hours.WAKING: MORNING}, NOW) == 0
        assert sending.rest(session, {Hours.WAKING: MORNING}, NOW + LEASE) == 1
        assert sending.rest(session, {Hours.WAKING: MORNING}, NOW + LEASE) == 0


def test_e4_a_doubt_is_not_settled_at_night(store: Store) -> None:
    """E4: the second copy of a letter that may have arrived waits too."""
    with store.transaction() as session:
        (letter_id,) = letters.enqueue_all(session, [letter(hours=Hours.WAKING)])
        sending.claim_due(session, "a", NOW, LEASE, 1)
        sending.mark_sending(session, [letter_id], "a", NOW)
        doubt = Result(letter_id, SendResult(SendOutcome.UNCERTAIN, ""), NOW + minutes(30))
        sending.record_results(session, "a", [doubt], NOW)
        assert sending.rest(session, {Hours.WAKING: MORNING}, NOW + minutes(30)) == 1
        assert sending.claim_due(session, "a", NOW + minutes(30), LEASE, 1) == []


def test_e4_what_is_meant_to_wait_alarms_nobody(store: Store) -> None:
    with store.transaction() as session:
        letters.enqueue(session, letter("digest", hours=Hours.WAKING))
        letters.enqueue(session, letter("answer", at=NOW + minutes(5)))
        assert letters.oldest_unsent(session) == NOW
        assert letters.oldest_unsent(session, {Hours.WAKING}) == NOW + minutes(5)


def test_e4_a_letter_of_before_leaves_at_any_hour_and_the_way_back_loses_nothing(store: Store) -> None:
    """E4: the migration, with letters on record."""
    with store.transaction() as session:
        letters.enqueue(session, letter(hours=Hours.WAKING))
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0012")
        assert session.scalar(text("SELECT count(*) FROM letters")) == 1
        command.upgrade(alembic_config(session.connection()), "head")
    with store.reading() as session:
        (found,) = letters.listed(session)
    assert found.hours is Hours.ANY


@pytest.mark.parametrize("state", [LetterState.EXPIRED, LetterState.WITHHELD])
def test_e4_a_reminder_that_reached_nobody_is_none_and_may_be_made_again(store: Store, state: LetterState) -> None:
    campaign(store)
    closes = NOW + 3 * DAY
    with store.transaction() as session:
        reminders.add(session, CODE, [Reminder(code, closes, "days:3", NOW) for code in (ONE, TWO)])
        values: dict[str, Any] = {"kind": "reminder", "publication": CODE}
        for key, login, known in (("1", ONE, state), ("2", TWO, state), ("3", TWO, LetterState.SENT)):
            letters.enqueue(session, letter(key, login=login, state=known, **values))
        assert set(reminders.of_publication(session, CODE)) == {TWO}  # one of its addresses has it
        reminders.add(session, CODE, [Reminder(ONE, closes, "days:3", NOW + DAY)])
        letters.enqueue(session, letter("4", at=NOW + DAY, login=ONE, **values))
        found = reminders.of_publication(session, CODE)
        assert [(item.cause, item.at) for item in found[ONE]] == [("days:3", NOW + DAY)]


def test_e4_what_waits_is_overtaken_and_what_has_left_counts(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        values: dict[str, Any] = {"login": WATCHING, "publication": CODE}
        letters.enqueue(session, letter("1", kind="digest", **values))
        letters.enqueue(session, letter("2", kind="closing", state=LetterState.SENT, **values))
        letters.enqueue(session, letter("3", kind="closing", at=NOW + DAY, state=LetterState.WITHHELD, **values))
        letters.enqueue(session, letter("4", kind="digest", **values | {"login": ONE}))
        letters.enqueue(session, letter("5", kind="extended", data={"before": "x"}, **values | {"login": ONE}))
        letters.enqueue(session, letter("6", kind="extended", data={"before": "y"}, **values))
        assert audience.newest_by_login(session, "closing", CODE) == {WATCHING: NOW}
        assert audience.logins_waiting(session, "digest", CODE) == {WATCHING, ONE}
        assert audience.withhold_overtaken(session, CODE, ("digest", "closing"), [WATCHING], NOW) == 1
        assert audience.logins_waiting(session, "digest", CODE) == {ONE}
        back = audience.take_back(session, "extended", CODE, [ONE, TWO], NOW, "extension")
        assert [(item.login, item.data["before"], item.state) for item in back] == [(ONE, "x", LetterState.WITHHELD)]


def test_e4_a_turn_is_held_until_the_transaction_ends(store: Store) -> None:
    """E4: and what was asked before it came is asked again."""
    held, seen = Event(), list[str]()

    def first() -> None:
        with store.transaction() as session:
            turns.take(session, CODE)
            held.set()
            session.connection().exec_driver_sql("SELECT 1")
            audit.note(session, Deed(NOW, "first", "closed"))
            seen.append("first")

    def second() -> None:
        held.wait(10)
        with store.transaction() as session:
            turns.take(session, "another", CODE)
            seen.extend(deed.who for deed in audit.listed(session))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result(30)
    assert seen == ["first", "first"]
