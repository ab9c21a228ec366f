"""The ledger of the mailbox, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from pipeline.model import ReceiptState, Suspicion
from pipeline.model.incoming import Verdict
from pipeline.model.reason import Reason
from pipeline.store import Session, Store, receipts, roster
from tests.contract.store.made import LEASE, NOW, minutes, organisation, receipt, received

LATER = NOW + minutes(60)


def _claim(session: Session, owner: str = "a", size: int = 10) -> list[int]:
    return [item.id for item in receipts.claim_unread(session, owner, LATER, LEASE, size)]


def test_m5_the_ledger_key_is_account_folder_uidvalidity_and_uid(store: Store) -> None:
    with store.transaction() as session:
        first = receipts.add(session, receipt(7))
        assert first is not None
        assert receipts.add(session, receipt(7, sha256="ff" * 32)) is None
        for parts in ({"account": "other@kabinet.test"}, {"folder": "Спам"}, {"uidvalidity": 4_000_000_001}):
            assert receipts.add(session, receipt(7, sha256="ff" * 32, **parts)) is not None
        assert receipts.known_uids(session, "exchange@kabinet.test", "INBOX", 4_000_000_000) == {7}
        assert receipts.known_uids(session, "exchange@kabinet.test", "INBOX", 1) == set()


def test_m5_a_message_fetched_again_under_a_new_uidvalidity_is_known_by_its_bytes(store: Store) -> None:
    with store.transaction() as session:
        first = received(session, 7)
        second = received(session, 1, uidvalidity=4_000_000_001, sha256=receipt(7).sha256)
        third = received(session, 2, uidvalidity=4_000_000_001, sha256=receipt(7).sha256)
        found = [receipts.receipt(session, number) for number in (first, second, third)]
    assert [(item.sha256, item.duplicate_of) for item in found if item] == [
        (receipt(7).sha256, None),
        (receipt(7).sha256, first),
        (receipt(7).sha256, first),
    ]


def test_m6_a_message_is_a_duplicate_by_its_bytes_alone(store: Store) -> None:
    with store.transaction() as session:
        received(session, 1)
        other = receipts.receipt(session, received(session, 2))
    assert other is not None
    assert other.duplicate_of is None


def test_receipts_are_claimed_by_time_received_and_by_one_worker(store: Store) -> None:
    with store.transaction() as session:
        ids = [received(session, uid, received_at=NOW - minutes(uid)) for uid in (1, 2, 3)]
        assert _claim(session, "a", 2) == [ids[2], ids[1]]
        assert _claim(session, "b") == [ids[0]]
        assert _claim(session, "c") == []


def test_a_claim_gives_what_was_recorded_and_is_no_attempt_yet(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session, 5)
        (claimed,) = receipts.claim_unread(session, "a", LATER, LEASE, 10)
    assert claimed == receipt(5, id=receipt_id)


def test_m20_a_finished_receipt_says_what_became_of_it_and_is_never_claimed_again(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        _claim(session)
        assert receipts.finish(
            session,
            receipt_id,
            "a",
            LATER,
            Verdict(
                state=ReceiptState.DONE,
                kind="return",
                rule="returns",
                rules_hash="ab" * 32,
                trust="tag+sender",
                login="no-such-login",
                publication="no-such-publication",
                sender="school@school.test",
                subject="Форма",
                reason=Reason("accepted"),
            ),
        )
        found = receipts.receipt(session, receipt_id)
        assert receipts.claim_unread(session, "b", LATER + LEASE * 2, LEASE, 10) == []
    assert found is not None
    assert (found.state, found.kind, found.rule, found.trust) == (ReceiptState.DONE, "return", "returns", "tag+sender")
    assert (found.login, found.sender, found.subject, str(found.reason)) == (
        "no-such-login",
        "school@school.test",
        "Форма",
        "accepted",
    )


def test_m9_a_subject_that_a_database_cannot_hold_does_not_stop_the_message(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        _claim(session)
        assert receipts.finish(
            session, receipt_id, "a", LATER, Verdict(state=ReceiptState.HELD, subject="a\x00b \ud83d ё 😀")
        )
        found = receipts.receipt(session, receipt_id)
    assert found is not None
    assert found.subject == "a�b � ё 😀"


def test_m2_a_failed_attempt_stays_unread_and_is_tried_again_in_its_time(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        _claim(session)
        assert receipts.release_claim(session, receipt_id, "a", LATER, LATER + minutes(10))
        assert receipts.counts(session)[ReceiptState.UNREAD] == 1
        assert receipts.claim_unread(session, "b", LATER + minutes(9), LEASE, 10) == []
        (again,) = receipts.claim_unread(session, "b", LATER + minutes(10), LEASE, 10)
    assert (again.id, again.attempts, again.suspicion) == (receipt_id, 1, Suspicion.NONE)


def test_e11_a_fault_that_is_not_the_message_s_is_no_attempt(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        _claim(session, "a")
        assert receipts.release_claim(session, receipt_id, "a", LATER, LATER, failed=False)
        (again,) = receipts.claim_unread(session, "b", LATER, LEASE, 10)
    assert (again.attempts, again.suspicion) == (0, Suspicion.NONE)


def test_m10_a_dead_worker_s_receipt_is_free_when_its_lease_ends(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        _claim(session, "dead")
        assert receipts.claim_unread(session, "b", LATER + LEASE - minutes(1), LEASE, 10) == []
        (taken,) = receipts.claim_unread(session, "b", LATER + LEASE, LEASE, 10)
        assert (taken.id, taken.attempts, taken.suspicion) == (receipt_id, 0, Suspicion.BESIDE_OTHERS)


def test_e2_m45_what_the_dead_hold_is_free_at_once_and_what_the_living_hold_is_not(store: Store) -> None:
    with store.transaction() as session:
        first, second = received(session, 1), received(session, 2)
        assert _claim(session, "dead", 1) == [first]
        assert _claim(session, "alive", 1) == [second]
        assert receipts.take_back(session, LATER, ["dead", "nobody"]) == 1
        assert receipts.take_back(session, LATER, ["dead"]) == 0
        assert _claim(session) == [first]
        assert not receipts.finish(session, first, "dead", LATER, Verdict(state=ReceiptState.DONE))
        assert receipts.finish(session, second, "alive", LATER, Verdict(state=ReceiptState.DONE))


def test_m10_a_worker_that_lost_its_lease_changes_nothing(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        _claim(session, "slow")
        receipts.claim_unread(session, "b", LATER + LEASE, LEASE, 10)
        assert not receipts.finish(
            session, receipt_id, "slow", LATER, Verdict(state=ReceiptState.DONE, reason=Reason("slow"))
        )
        assert not receipts.release_claim(session, receipt_id, "slow", LATER, LATER)
        assert receipts.finish(session, receipt_id, "b", LATER, Verdict(state=ReceiptState.HELD, reason=Reason("b")))
        assert not receipts.finish(session, receipt_id, "b", LATER, Verdict(state=ReceiptState.DONE))
        found = receipts.receipt(session, receipt_id)
    assert found is not None
    assert (found.state, str(found.reason)) == (ReceiptState.HELD, "b")


@pytest.mark.parametrize("state", [ReceiptState.HELD, ReceiptState.FAILED, ReceiptState.REFUSED])
def test_m9_what_a_person_must_see_can_be_opened_again(store: Store, state: ReceiptState) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        assert not receipts.reopen(session, receipt_id)
        _claim(session)
        receipts.finish(session, receipt_id, "a", LATER, Verdict(state=state))
        assert receipts.reopen(session, receipt_id)
        (again,) = receipts.claim_unread(session, "b", LATER, LEASE, 10)
    assert (again.id, again.attempts) == (receipt_id, 0)


def test_what_is_done_is_not_opened_again(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        _claim(session)
        receipts.finish(session, receipt_id, "a", LATER, Verdict(state=ReceiptState.DONE))
        assert not receipts.reopen(session, receipt_id)


def test_receipts_are_listed_by_state_the_latest_first(store: Store) -> None:
    with store.transaction() as session:
        ids = [received(session, uid) for uid in (1, 2, 3)]
        receipts.claim_unread(session, "a", LATER, LEASE, 1)
        receipts.finish(session, ids[0], "a", LATER, Verdict(state=ReceiptState.HELD))
        assert [item.id for item in receipts.listed(session, None, 2)] == [ids[2], ids[1]]
        assert [item.id for item in receipts.listed(session, {ReceiptState.HELD, ReceiptState.FAILED})] == [ids[0]]
        assert receipts.listed(session, []) == []


def test_m19_the_backlog_and_its_age_are_visible(store: Store) -> None:
    with store.transaction() as session:
        assert receipts.oldest_unread(session) is None
        for uid in (1, 2, 3):
            received(session, uid)
        receipts.claim_unread(session, "a", LATER, LEASE, 1)
        assert receipts.unread_before(session, NOW + minutes(2)) == 2
        receipts.finish(session, 1, "a", LATER, Verdict(state=ReceiptState.DONE))
        assert receipts.unread_before(session, NOW + minutes(2)) == 1
        assert receipts.oldest_unread(session) == NOW + minutes(2)
        assert receipts.counts(session) == {
            ReceiptState.UNREAD: 2,
            ReceiptState.DONE: 1,
            ReceiptState.HELD: 0,
            ReceiptState.FAILED: 0,
            ReceiptState.REFUSED: 0,
        }


def test_e11_m10_a_message_that_kills_workers_does_not_use_up_the_attempts_of_its_neighbours(store: Store) -> None:
    """What was in a killed batch comes back one at a time; only what was alone with a dead worker is suspected more."""
    with store.transaction() as session:
        first, second = received(session, 1), received(session, 2)
        assert _claim(session, "a") == [first, second]
        receipts.take_back(session, LATER, ["a"])
        fresh = received(session, 3)
        assert _claim(session, "b") == [fresh]
        assert _claim(session, "b") == [first]
        receipts.take_back(session, LATER, ["b"])
        found = [receipts.claim_unread(session, "c", LATER, LEASE, 10) for _ in range(4)]
    assert [[(item.id, item.attempts, item.suspicion) for item in batch] for batch in found] == [
        [(first, 0, Suspicion.ALONE)],
        [(second, 0, Suspicion.BESIDE_OTHERS)],
        [(fresh, 0, Suspicion.BESIDE_OTHERS)],
        [],
    ]


def test_e11_the_doubtful_and_the_fresh_take_turns_and_what_failed_most_comes_last(store: Store) -> None:
    with store.transaction() as session:
        first, second = received(session, 1), received(session, 2)
        _claim(session, "a")
        receipts.take_back(session, LATER, ["a"])
        assert _claim(session, "a", 1) == [first]
        receipts.release_claim(session, first, "a", LATER, LATER)
        fresh = [received(session, uid) for uid in (3, 4, 5)]
        taken = [
            [item.id for item in receipts.claim_unread(session, "b", LATER, LEASE, 2, doubtful_first=doubtful_first)]
            for doubtful_first in (False, True, False, True, False)
        ]
    assert taken == [fresh[:2], [second], fresh[2:], [first], []]


def test_e11_what_has_killed_its_worker_alone_stays_suspect_when_a_person_opens_it_again(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        for _ in range(2):
            _claim(session, "a")
            receipts.take_back(session, LATER, ["a"])
        _claim(session, "a")
        receipts.finish(session, receipt_id, "a", LATER, Verdict(state=ReceiptState.FAILED))
        assert receipts.reopen(session, receipt_id)
        (again,) = receipts.claim_unread(session, "a", LATER, LEASE, 10)
    assert (again.attempts, again.suspicion) == (0, Suspicion.ALONE)


def test_what_is_judged_is_found_by_its_uid_and_a_duplicate_stands_where_the_first_does(store: Store) -> None:
    where = ("exchange@kabinet.test", "INBOX", 4_000_000_000)
    with store.transaction() as session:
        first = received(session, 7)
        received(session, 8, sha256=receipt(7).sha256)
        received(session, 9)
        assert receipts.judged(session, *where) == {}
        _claim(session)
        for number in (first, first + 1):
            assert receipts.finish(session, number, "a", LATER, Verdict(state=ReceiptState.DONE, kind="return"))
        found = receipts.judged(session, *where)
        assert {uid: item.id for uid, item in found.items()} == {7: first, 8: first}
        assert receipts.judged(session, *where, since=8).keys() == {8}
        assert receipts.known_uids(session, *where, since=9) == {9}


def test_a_reading_session_is_told_once_and_a_writing_one_each_time(store: Store) -> None:
    """What a snapshot said stays so; a transaction sees what it writes."""
    with store.reading() as session:
        assert roster.login(session, "spo240065") is None
        with store.transaction() as other:
            roster.save_logins(other, [organisation("spo240065")], NOW)
            assert roster.login(other, "SPO240065") is not None
        assert roster.login(session, "spo240065") is None
    with store.reading() as session:
        assert roster.logins_of_address(session, "nobody@org.test") == []
        assert roster.login(session, "spo240065") is not None


def test_reasons_of_older_versions_are_read_and_found(store: Store) -> None:
    with store.transaction() as session:
        number = received(session)
        session.execute(
            text("UPDATE receipts SET state = 'refused', reason = 'disowned', sender = 'a@b.test', login = 'x'")
        )
        assert receipts.is_disowned(session, "a@b.test", "X")
        session.execute(text("UPDATE receipts SET reason = 'command:ФОРМА,СТАТУС,over_cap'"))
        found = receipts.receipt(session, number)
    assert found is not None
    assert found.reason == Reason("command", commands=("ФОРМА", "СТАТУС"), undone="over_cap")


def test_questions_without_an_answer_of_support_are_known_by_when_they_came(store: Store) -> None:
    reasons = ["question", "question,over_cap", "question", "answered:1", "command:ФОРМА", "question"]
    with store.transaction() as session:
        ids = [received(session, uid) for uid in range(1, len(reasons) + 1)]
        _claim(session)
        for receipt_id, reason in zip(ids, reasons, strict=True):
            read = Reason.read(reason if ":1" not in reason else f"answered:{ids[0]}")
            state = ReceiptState.HELD if receipt_id == ids[-1] else ReceiptState.DONE
            receipts.finish(session, receipt_id, "a", LATER, Verdict(state=state, reason=read))
    with store.reading() as session:
        assert receipts.unanswered(session, NOW) == [NOW + minutes(2), NOW + minutes(3)]
        assert receipts.unanswered(session, NOW + minutes(3)) == [NOW + minutes(3)]
