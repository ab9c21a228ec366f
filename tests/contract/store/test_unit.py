"""The unit of work: rows kept back are never missed by anybody, and what was told is never stale."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from pipeline.model import LetterState, ReceiptState, Status, StatusEvent
from pipeline.model.incoming import Verdict
from pipeline.store import Store, letters, participations, receipts, returns, roster
from tests.contract.store.made import (
    CODE,
    LEASE,
    NOW,
    campaign,
    letter,
    minutes,
    organisation,
    receipt,
    received,
    returned,
)

ONE, TWO = "spo240065", "spo240067"


def test_rows_kept_back_are_seen_by_the_next_statement(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        return_id = returns.add(session, returned(receipt_id=number))
        participations.record(
            session, CODE, ONE, StatusEvent.RETURN_ACCEPTED, NOW, receipt_id=number, return_id=return_id
        )
        assert participations.counts(session, CODE)["24"].submitted == 1
        assert session.scalar(text("SELECT count(*) FROM returns")) == 1
    with store.reading() as session:
        found = participations.participation(session, CODE, ONE)
        assert found is not None
        assert (found.status, found.accepted_return_id) == (Status.SUBMITTED, return_id)


def test_rows_kept_back_go_with_their_transaction(store: Store) -> None:
    campaign(store)

    def spoilt() -> None:
        with store.transaction() as session:
            returns.add(session, returned())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        spoilt()
    with store.reading() as session:
        assert returns.latest(session, CODE, ONE) is None


def test_numbers_given_ahead_meet_no_others(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        ids = [letters.answer(session, letter("answer:1", receipt_id=number))]
        ids += letters.enqueue_all(session, [letter("campaign:1"), letter("campaign:2")])
        ids.append(letters.answer(session, letter("answer:2", receipt_id=number)))
    with store.transaction() as session:
        ids.append(letters.enqueue(session, letter("campaign:3")))
        ids.append(letters.answer(session, letter("answer:3", receipt_id=number)))
    with store.reading() as session:
        keys = [found.key for number in ids if (found := letters.letter(session, number or 0)) is not None]
    assert keys == ["answer:1", "campaign:1", "campaign:2", "answer:2", "campaign:3", "answer:3"]


def test_m17_answers_of_one_transaction_count_for_each_other(store: Store) -> None:
    campaign(store)
    since = NOW - minutes(60)
    with store.transaction() as session:
        number = received(session)
        letters.read_ahead(session, [number], ["spo240065@school.test"], [ONE], since)
        for count in range(3):
            assert letters.answers_since(session, "SPO240065@school.test", since) == count
            assert letters.answers_to_login_since(session, ONE, since) == count
            letters.answer(session, letter(f"answer:{count}", receipt_id=number, login=ONE))
        withheld = letter("answer:withheld", receipt_id=number, login=ONE, state=LetterState.WITHHELD)
        letters.answer(session, withheld)
        assert letters.answers_since(session, "spo240065@school.test", since) == 3
    with store.reading() as session:
        assert letters.answers_since(session, "spo240065@school.test", since) == 3


def test_m13_answer_on_record_is_not_given_again(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        assert letters.answer(session, letter("answer:1", receipt_id=number)) is not None
        assert letters.answer(session, letter("answer:1", receipt_id=number)) is None
    with store.transaction() as session:
        assert letters.answer(session, letter("answer:1", receipt_id=number)) is None


def test_a_changed_roster_is_asked_anew(store: Store) -> None:
    people = campaign(store)
    with store.transaction() as session:
        roster.read_ahead(session, ["spo240065@school.test", "nobody@school.test"], ["SPO240067", "spo240099"])
        assert [login.code for login in roster.logins_of_address(session, "spo240065@school.test")] == [ONE]
        assert roster.logins_of_address(session, "nobody@school.test") == []
        assert roster.login(session, "spo240099") is None
        moved = replace(people[0], addresses=("new@school.test",))
        roster.save_logins(session, [moved, *people[1:], organisation("spo240099")], NOW)
        assert roster.logins_of_address(session, "spo240065@school.test") == []
        assert roster.login(session, "spo240099") is not None


def test_events_foreseen_are_recorded_once(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        participations.read_ahead(session, CODE, [ONE, TWO])
        for _ in range(2):
            participations.record(session, CODE, ONE, StatusEvent.FORM_REQUESTED, NOW, receipt_id=number)
    with store.transaction() as session:
        participations.read_ahead(session, CODE, [ONE])
        participations.record(session, CODE, ONE, StatusEvent.FORM_REQUESTED, NOW, receipt_id=number)
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM status_events")) == 1


def test_m10_only_receipts_still_held_are_finished_unseen(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        mine, other = received(session, 1), received(session, 2)
        claimed = receipts.claim_unread(session, "a", NOW, LEASE, 1)
    assert [receipt.id for receipt in claimed] == [mine]
    with store.transaction() as session:
        assert receipts.lock(session, [mine, other], "a") == {mine}
        assert receipts.finish(session, mine, "a", NOW, Verdict(state=ReceiptState.DONE, kind="return"))
        assert not receipts.finish(session, other, "a", NOW, Verdict(state=ReceiptState.DONE))
    with store.transaction() as session:
        assert receipts.lock(session, [mine, other], "a") == set()
        found = receipts.receipt(session, mine)
        assert found is not None
        assert (found.state, found.kind) == (ReceiptState.DONE, "return")


def test_m6_same_bytes_within_one_batch_refer_to_the_first(store: Store) -> None:
    with store.transaction() as session:
        batch = [receipt(1), receipt(2, sha256=f"{1:064x}"), receipt(3)]
        assert receipts.add_all(session, batch) == 3
        assert receipts.add_all(session, batch) == 0
    with store.reading() as session:
        by_uid = {found.uid: found for found in receipts.listed(session)}
    assert by_uid[2].duplicate_of == by_uid[1].id
    assert by_uid[1].duplicate_of is by_uid[3].duplicate_of is None
