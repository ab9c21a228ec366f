"""Letters on their way out, many at a time: leases, the server's words, rates, and domains that asked us to wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.model import LetterState, SendOutcome, SendResult
from pipeline.model.delivery import LetterEvent, Passed, Result, Wait
from pipeline.store import Session, Store, letters, sending
from pipeline.store.sending import EVERYBODY
from tests.contract.store.made import CODE, LEASE, NOW, campaign, letter, minutes

SENT = SendResult(SendOutcome.SENT, "250 2.0.0 taken")
REFUSED = SendResult(SendOutcome.REFUSED, "550 5.1.1 no such user")
DEFERRED = SendResult(SendOutcome.DEFERRED, "450 4.2.1 later")
UNCERTAIN = SendResult(SendOutcome.UNCERTAIN, "connection closed")


def queued(session: Session, *addresses: str, priority: int = 5, publication: str | None = None) -> list[int]:
    made = [
        letter(f"{priority}:{number}:{address}", address=address, priority=priority, publication=publication)
        for number, address in enumerate(addresses)
    ]
    return letters.enqueue_all(session, made)


def claimed(session: Session, passed: Passed | None = None, *, owner: str = "a", size: int = 100) -> list[int]:
    return [item.id for item in sending.claim_due(session, owner, NOW, LEASE, size, passed)]


def states(session: Session, *letter_ids: int) -> list[LetterState]:
    return [found.state for found in letters.by_ids(session, letter_ids)]


def test_what_is_passed_over_stays_for_later(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        slow, quick = queued(session, "a@slow.test", "b@Quick.test", publication=CODE)
        (answer,) = queued(session, "c@slow.test", priority=1, publication=CODE)
        assert claimed(session, Passed(domains={"slow.test"})) == [quick]
        sending.release(session, [quick], "a")
        assert claimed(session, Passed(priority=5)) == [answer]
        sending.release(session, [answer], "a")
        assert claimed(session, Passed(publications={CODE}, campaign=5)) == [answer]
        sending.release(session, [answer], "a")
        assert claimed(session) == [answer, slow, quick]
    assert Passed().nothing
    assert not Passed(domains={"slow.test"}).nothing


def test_a_copys_proof_is_kept_while_its_letter_waits(store: Store) -> None:
    with store.transaction() as session:
        waiting, gone = queued(session, "a@org.test", "b@org.test")
        claimed(session)
        sending.mark_sending(session, [gone], "a", NOW)
        sending.record_results(session, "a", [Result(gone, SENT)], NOW)
        assert sending.prove_copies(session, {waiting: "wire:ab", gone: "wire:cd", 999: "wire:ef"}) == {gone, 999}
        assert sending.prove_copies(session, {}) == frozenset()
        assert [found.copy_proof for found in letters.by_ids(session, [waiting, gone])] == ["wire:ab", None]


def test_letters_that_nobody_will_send_are_told_from_those_that_wait(store: Store) -> None:
    with store.transaction() as session:
        waiting, doubtful, refused, late = queued(session, *"abcd")
        claimed(session)
        sending.mark_sending(session, [doubtful, refused], "a", NOW)
        results = [Result(doubtful, UNCERTAIN), Result(refused, REFUSED)]
        sending.record_results(session, "a", results, NOW)
        assert states(session, doubtful, refused) == [LetterState.UNCERTAIN, LetterState.FAILED]
        assert [found.id for found in sending.over(session, [late, refused, doubtful, waiting, 999])] == [refused]


def test_only_the_owner_gives_back_and_only_what_has_not_left(store: Store) -> None:
    with store.transaction() as session:
        first, second = queued(session, "a@org.test", "b@org.test")
        claimed(session)
        sending.release(session, [first, second], "another")
        assert claimed(session, owner="b") == []
        assert sending.mark_sending(session, [first], "a", NOW) == {first}
        sending.release(session, [first, second], "a")
        assert claimed(session, owner="b") == [second]
        assert states(session, first) == [LetterState.SENDING]


def test_m10_a_window_is_marked_without_what_others_have_taken(store: Store) -> None:
    with store.transaction() as session:
        ids = queued(session, "a@org.test", "b@org.test", "c@org.test")
        claimed(session, size=2)
        claimed(session, owner="b")
        assert sending.mark_sending(session, ids, "a", NOW) == set(ids[:2])
        assert sending.mark_sending(session, ids, "a", NOW + minutes(1)) == set()
        assert [found.attempts for found in letters.by_ids(session, ids)] == [1, 1, 0]


def test_the_servers_words_on_a_whole_window_are_recorded_together(store: Store) -> None:
    with store.transaction() as session:
        ids = queued(session, *(f"{number}@org.test" for number in range(5)))
        claimed(session)
        sending.mark_sending(session, ids, "a", NOW)
    said = (SENT, REFUSED, DEFERRED, UNCERTAIN)
    results = [Result(letter_id, result, NOW + minutes(9)) for letter_id, result in zip(ids, said, strict=False)]
    with store.transaction() as session:
        recorded = sending.record_results(session, "a", [*results, Result(999, SENT)], NOW + minutes(1))
    expected = [LetterState.SENT, LetterState.FAILED, LetterState.QUEUED, LetterState.UNCERTAIN]
    assert recorded == dict(zip(ids, expected, strict=False))
    with store.reading() as session:
        assert states(session, *ids) == [*expected, LetterState.SENDING]
        found = letters.by_ids(session, ids)
        assert [item.server_reply for item in found] == [*(result.reply for result in said), None]
        assert [item.sent_at for item in found] == [NOW + minutes(1), None, None, None, None]
        assert [item.due_at for item in found] == [NOW, NOW, NOW + minutes(9), NOW + minutes(9), NOW]
        for letter_id, event in zip(ids, ("sent", "failed", "deferred", "uncertain"), strict=False):
            assert [line.event.value for line in letters.events(session, letter_id)] == ["queued", "sending", event]


def test_nothing_recorded_for_an_empty_window(store: Store) -> None:
    with store.transaction() as session:
        assert sending.record_results(session, "a", [], NOW) == {}
        assert sending.mark_sending(session, [], "a", NOW) == frozenset()


def test_more_letters_than_a_statement_takes_parameters(store: Store) -> None:
    with store.transaction() as session:
        ids = queued(session, *(f"{number}@org.test" for number in range(1_200)))
        assert claimed(session, size=2_000) == ids
        assert sending.mark_sending(session, ids, "a", NOW) == set(ids)
        recorded = sending.record_results(session, "a", [Result(number, SENT) for number in ids], NOW)
        assert len(recorded) == 1_200
        assert letters.counts(session)[LetterState.SENT] == 1_200


def test_what_was_handed_over_is_counted_by_time_and_domain(store: Store) -> None:
    with store.transaction() as session:
        ids = queued(session, "a@one.test", "b@one.test", "c@two.test", "d@two.test")
        claimed(session)
        sending.mark_sending(session, ids[:1], "a", NOW - minutes(5))
        sending.mark_sending(session, ids[1:3], "a", NOW)
    with store.reading() as session:
        assert sending.handed_over(session, NOW - minutes(1)) == 2
        assert sending.handed_over(session, NOW - minutes(9)) == 3
        assert sending.handed_over_by_domain(session, NOW - minutes(1)) == {"one.test": 1, "two.test": 1}


def test_the_last_words_on_campaigns_come_newest_first(store: Store) -> None:
    with store.transaction() as session:
        ids = queued(session, "a@org.test", "b@org.test", "c@org.test")
        (answer,) = queued(session, "d@org.test", priority=1)
        claimed(session)
        sending.mark_sending(session, [*ids, answer], "a", NOW)
        for step, (letter_id, result) in enumerate(
            zip([*ids, answer], (SENT, REFUSED, DEFERRED, REFUSED), strict=True)
        ):
            sending.record_results(session, "a", [Result(letter_id, result, NOW)], NOW + minutes(step))
    with store.reading() as session:
        assert sending.last_answers(session, 5, NOW - minutes(1), 9) == [DEFERRED.reply, REFUSED.reply, SENT.reply]
        assert sending.last_answers(session, 5, NOW - minutes(1), 2) == [DEFERRED.reply, REFUSED.reply]
        assert sending.last_answers(session, 5, NOW, 9) == [DEFERRED.reply, REFUSED.reply]


def test_a_domain_waits_until_it_is_told_otherwise(store: Store) -> None:
    first, longer = Wait(NOW + minutes(5), 1, "450 4.7.1 later"), Wait(NOW + timedelta(hours=1), 2, "450 4.7.1 later")
    with store.transaction() as session:
        assert sending.waits(session) == {}
        sending.wait_for(session, "slow.test", first)
        sending.wait_for(session, EVERYBODY, first)
        sending.wait_for(session, "slow.test", longer)
        assert sending.waits(session) == {"slow.test": longer, EVERYBODY: first}
        sending.wait_no_more(session, ["slow.test", "unknown.test"])
        assert sending.waits(session) == {EVERYBODY: first}


def test_what_is_due_is_listed_in_the_order_of_leaving(store: Store) -> None:
    with store.transaction() as session:
        campaigns = queued(session, "a@org.test", "b@org.test")
        (answer,) = queued(session, "c@org.test", priority=1)
        letters.enqueue(session, letter("later", at=NOW + minutes(1)))
    with store.transaction() as session:
        assert [item.id for item in sending.due(session, NOW, 9)] == [answer, *campaigns]
        assert [item.id for item in sending.due(session, NOW, 2)] == [answer, campaigns[0]]
        claimed(session, size=1)
        assert [item.id for item in sending.due(session, NOW, 9)] == campaigns


@pytest.mark.parametrize("event", [LetterEvent.QUEUED, LetterEvent.SENDING])
def test_what_the_server_has_not_answered_is_no_answer(store: Store, event: LetterEvent) -> None:
    with store.transaction() as session:
        ids = queued(session, "a@org.test")
        if event is LetterEvent.SENDING:
            claimed(session)
            sending.mark_sending(session, ids, "a", NOW)
        assert sending.last_answers(session, 5, NOW - minutes(1), 9) == []
