"""A restored database: what is put in doubt, and numbers that are not given twice, on both databases (M47)."""

from __future__ import annotations

from pipeline.model import LetterState, SendOutcome, SendResult
from pipeline.model.delivery import Result
from pipeline.store import Session, Store, doubts, letters, receipts, restoring, roster, sending
from tests.contract.store.made import LEASE, NOW, campaign, letter, minutes, receipt, received

MILLION = 1_000_000


def _states(session: Session) -> list[str]:
    return [item.state.value for item in reversed(letters.listed(session))]


def _log(session: Session, letter_id: int) -> list[tuple[str, str | None]]:
    return [(line.event.value, line.detail) for line in letters.events(session, letter_id)]


def test_e12_what_waits_and_was_due_is_in_doubt_and_what_is_due_later_is_not(store: Store) -> None:
    with store.transaction() as session:
        sent, sending_now, queued, later = (
            letters.enqueue(session, letter(str(number), at=NOW + minutes(60) if number == 3 else NOW)) or 0
            for number in range(4)
        )
        sending.claim_due(session, "a", NOW, LEASE, 2)
        sending.mark_sending(session, [sent, sending_now], "a", NOW)
        sending.record_results(session, "a", [Result(sent, SendResult(SendOutcome.SENT, "250"))], NOW)
        sending.claim_due(session, "a", NOW, LEASE, 2)
        assert doubts.doubt_waiting(session, NOW + minutes(30), NOW + minutes(40)) == 2
        assert _states(session) == ["sent", "uncertain", "uncertain", "queued"]
        assert [item.id for item in doubts.listed(session)] == [sending_now, queued]
        assert doubts.count(session) == 2
        assert _log(session, queued) == [("queued", None), ("uncertain", "restored")]
        assert [item.id for item in sending.claim_due(session, "b", NOW + minutes(90), LEASE, 9)] == [later]


def test_e12_a_letter_in_doubt_is_sent_or_dropped_by_an_operator_and_never_by_itself(store: Store) -> None:
    with store.transaction() as session:
        ids = [letters.enqueue(session, letter(str(number))) or 0 for number in range(3)]
        late = letters.enqueue(session, letter("late", expires_at=NOW + minutes(1))) or 0
        doubts.doubt_waiting(session, NOW, NOW)
        assert sending.expire(session, NOW + minutes(90)) == []
        assert doubts.send(session, [ids[0], late, 999], NOW + minutes(5), "cli:anna") == 1
        assert doubts.drop(session, [ids[1], 999], NOW + minutes(5), "cli:anna") == 1
        assert doubts.among(session, [*ids, late]) == {ids[2], late}
        assert doubts.send(session, [ids[1]], NOW, "cli:anna") == 0
        (again,) = sending.claim_due(session, "a", NOW + minutes(5), LEASE, 9)
        assert again.id == ids[0]
        assert again.message_id == letter("0").message_id
        assert _log(session, ids[0])[-1] == ("queued", "cli:anna")
        assert _log(session, ids[1])[-1] == ("withheld", "cli:anna")
        assert letters.letter(session, ids[1]).state is LetterState.WITHHELD  # type: ignore[union-attr]


def test_e12_while_a_restore_is_open_every_letter_is_in_doubt_but_what_cannot_have_left(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        assert restoring.current(session) is None
        restore, letter_id = restoring.begin(session, NOW, NOW, "cli:anna")
    with store.transaction() as session:
        assert restoring.current(session) == restore
        letters.enqueue_sure(session, letter("sure"), letter_id)
        letters.enqueue_all(session, [letter("1"), letter("2")])
        letters.answer(session, letter("3", receipt_id=receipt_id))
        letters.answer(session, letter("4", receipt_id=receipt_id, state=LetterState.WITHHELD))
    with store.transaction() as session:
        assert _states(session) == ["queued", "uncertain", "uncertain", "uncertain", "withheld"]
        assert restoring.end(session, restore, NOW + minutes(1))
        assert not restoring.end(session, restore, NOW + minutes(1))
    with store.transaction() as session:
        assert restoring.current(session) is None
        letters.enqueue(session, letter("5"))
        assert _states(session)[-1] == "queued"
        assert doubts.count(session) == 3


def test_e12_what_a_repeated_import_lets_wait_again_is_in_doubt_too(store: Store) -> None:
    people = campaign(store)
    with store.transaction() as session:
        letters.enqueue(session, letter(login=people[0].code, address=people[0].addresses[0]))
        roster.save_logins(session, people[1:], NOW)
        assert _states(session) == ["withheld"]
        restoring.begin(session, NOW, NOW, "cli:anna")
    with store.transaction() as session:
        roster.save_logins(session, people, NOW)
        assert _states(session) == ["uncertain"]
        assert doubts.count(session) == 1


def test_e12_numbers_that_a_lost_database_may_have_given_are_not_given_again(store: Store) -> None:
    with store.transaction() as session:
        received(session, 1)
        letters.enqueue(session, letter("0"))
        _, letter_id = restoring.begin(session, NOW, NOW, "cli:anna")
        assert letters.enqueue_sure(session, letter("notice"), letter_id) == MILLION + 1
    with store.transaction() as session:
        assert receipts.add_all(session, [receipt(2), receipt(3), receipt(4, sha256=receipt(1).sha256)]) == 3
        assert receipts.add_all(session, [receipt(5)]) == 1
        assert letters.enqueue(session, letter("1")) == MILLION + 2
        found = {item.uid: item for item in receipts.listed(session)}
    assert [found[uid].id for uid in (1, 2, 3, 4, 5)] == [1, *range(MILLION + 1, MILLION + 5)]
    assert found[4].duplicate_of == 1
    with store.transaction() as session:
        restoring.begin(session, NOW, NOW, "cli:anna")
        assert receipts.add_all(session, [receipt(6)]) == 1
        assert restoring.numbers_given(session) == {
            "receipts": 2 * MILLION + 1,
            "letters": MILLION + 2,
            "corrections": 2 * MILLION,
        }


def test_e12_what_is_on_record_is_known_by_its_bytes_and_workers_of_the_copy_hold_nothing(store: Store) -> None:
    with store.transaction() as session:
        first = received(session, 1)
        received(session, 2, folder="Kabinet/Принято", sha256=receipt(1).sha256)
        received(session, 3, account="other@kabinet.test", folder="Junk")
        assert receipts.known_hashes(session, {receipt(1).sha256, "ff" * 32}) == {receipt(1).sha256}
        assert receipts.hashes(session) == {receipt(1).sha256: first, receipt(3).sha256: first + 2}
        assert receipts.recorded_folders(session, "exchange@kabinet.test") == {"INBOX", "Kabinet/Принято"}
        assert len(receipts.claim_unread(session, "gone", NOW + minutes(90), LEASE, 2)) == 2
        assert receipts.free_all(session) == 2
        (batch,) = [receipts.claim_unread(session, "b", NOW + minutes(90), LEASE, 9)]
        assert len(batch) == 3
