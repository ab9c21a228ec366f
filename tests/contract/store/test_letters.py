"""The queue of letters and its delivery log, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.model import AttachmentKind, AttachmentSpec, Letter, LetterState, SendOutcome, SendResult
from pipeline.model.delivery import Recovered, Result
from pipeline.store import Session, Store, doubts, letters, sending
from tests.contract.store.made import CODE, LEASE, NOW, campaign, letter, minutes, received

SENT = SendResult(SendOutcome.SENT, "250 2.0.0 Ok: queued")
DEFERRED = SendResult(SendOutcome.DEFERRED, "451 4.7.1 Try later")
REFUSED = SendResult(SendOutcome.REFUSED, "550 5.1.1 No such user")
UNCERTAIN = SendResult(SendOutcome.UNCERTAIN, "timeout after DATA")


def _queued(session: Session, key: str = "1", **parts: Any) -> int:
    letter_id = letters.enqueue(session, letter(key, **parts))
    assert letter_id is not None
    return letter_id


def _claim(session: Session, owner: str = "a", after: timedelta = timedelta(), size: int = 10) -> list[int]:
    return [item.id for item in sending.claim_due(session, owner, NOW + after, LEASE, size)]


def _sending(session: Session, owner: str = "a", after: timedelta = timedelta()) -> int:
    """Claim the one letter that is due and hand it over."""
    (letter_id,) = _claim(session, owner, after)
    assert sending.mark_sending(session, [letter_id], owner, NOW + after)
    return letter_id


def _found(session: Session, letter_id: int) -> Letter:
    found = letters.letter(session, letter_id)
    assert found is not None
    return found


def _log(session: Session, letter_id: int) -> list[str]:
    return [item.event.value for item in letters.events(session, letter_id)]


def test_a_letter_comes_back_whole_for_the_same_bytes_on_any_machine(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        sent = letter(
            data={"z": 1, "a": {"текст": "ё", "none": None}, "m": [1.5, True]},
            shared={"storages": [{"title": "Материалы"}], "edition": 2},
            attachments=(AttachmentSpec(AttachmentKind.FORM, "Форма.xlsx", {"prefill": None, "form": "x"}),),
            publication=CODE,
            login="spo240065",
            tag="k1.tag",
            edition=2,
            priority=1,
            in_reply_to="<q@school.test>",
            references=("<p@school.test>", "<q@school.test>"),
            expires_at=NOW + minutes(60),
            receipt_id=received(session),
        )
        letter_id = letters.enqueue(session, sent)
    with store.reading() as session:
        found = _found(session, letter_id or 0)
    assert found == replace(sent, id=found.id)
    assert list(found.data) == ["z", "a", "m"]


def test_m13_a_letter_is_on_record_once_by_its_key(store: Store) -> None:
    with store.transaction() as session:
        first = _queued(session, "publication:1")
        assert letters.enqueue(session, letter("publication:1", address="other@school.test")) is None
        assert letters.key_exists(session, "publication:1")
        assert not letters.key_exists(session, "publication:2")
        assert _log(session, first) == ["queued"]


def test_m13_a_campaign_run_again_fills_the_gaps_and_repeats_nobody(store: Store) -> None:
    with store.transaction() as session:
        letters.enqueue_all(session, [letter(str(number)) for number in range(0, 1_200, 2)])
        made = letters.enqueue_all(session, [letter(str(number)) for number in (*range(1_200), 1_199)])
        assert len(made) == 600
        assert made == sorted(made)
        assert _found(session, made[0]).key == "1"
        assert letters.counts(session)[LetterState.QUEUED] == 1_200
        assert _log(session, made[-1]) == ["queued"]


def test_letters_leave_by_priority_then_by_time_then_in_order(store: Store) -> None:
    with store.transaction() as session:
        late = _queued(session, "late", due_at=NOW - minutes(1))
        early = _queued(session, "early", due_at=NOW - minutes(5))
        twin = _queued(session, "twin", due_at=NOW - minutes(5))
        answer = _queued(session, "answer", priority=1)
        _queued(session, "tomorrow", due_at=NOW + minutes(1), priority=1)
        assert _claim(session, size=3) == [answer, early, twin]
        assert _claim(session) == [late]


def test_a_sent_letter_has_the_server_s_words_and_leaves_once(store: Store) -> None:
    with store.transaction() as session:
        _queued(session)
        letter_id = _sending(session)
        assert sending.record_results(session, "a", [Result(letter_id, SENT, None)], NOW + minutes(1))
        assert not sending.record_results(session, "a", [Result(letter_id, REFUSED, None)], NOW + minutes(2))
        found = _found(session, letter_id)
        assert _claim(session, after=timedelta(days=1)) == []
        assert _log(session, letter_id) == ["queued", "sending", "sent"]
        assert letters.events(session, letter_id)[-1].detail == SENT.reply
    assert (found.state, found.sent_at, found.attempts) == (LetterState.SENT, NOW + minutes(1), 1)
    assert found.server_reply == SENT.reply


def test_m10_a_claimed_letter_is_nobody_else_s_until_its_lease_ends(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        assert _claim(session, "a") == [letter_id]
        assert _claim(session, "b", LEASE - minutes(1)) == []
        assert not sending.mark_sending(session, [letter_id], "b", NOW)
        assert _claim(session, "b", LEASE) == [letter_id]
        assert not sending.mark_sending(session, [letter_id], "a", NOW)
        assert sending.mark_sending(session, [letter_id], "b", NOW + LEASE)
        assert not sending.record_results(session, "a", [Result(letter_id, REFUSED, None)], NOW)
        assert _found(session, letter_id).state is LetterState.SENDING


def test_m10_a_letter_does_not_leave_after_its_lease(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        _claim(session)
        assert not sending.mark_sending(session, [letter_id], "a", NOW + LEASE)


def test_a_letter_cannot_leave_unclaimed_or_twice(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        assert not sending.mark_sending(session, [letter_id], "a", NOW)
        assert _sending(session) == letter_id
        assert not sending.mark_sending(session, [letter_id], "a", NOW)


def test_a_deferred_letter_waits_and_fails_after_the_last_attempt(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        for attempt in (1, 2, 3):
            after = minutes(10 * attempt)
            assert _sending(session, after=after) == letter_id
            again = NOW + after + minutes(10)
            assert sending.record_results(
                session, "a", [Result(letter_id, DEFERRED, again)], NOW + after, most_attempts=3
            )
            if attempt < 3:
                waiting = _found(session, letter_id)
                assert (waiting.state, waiting.due_at, waiting.attempts) == (LetterState.QUEUED, again, attempt)
                assert _claim(session, after=after + minutes(9)) == []
        assert _found(session, letter_id).state is LetterState.FAILED
        assert _claim(session, after=timedelta(days=9)) == []
        assert _log(session, letter_id)[-3:] == ["deferred", "sending", "failed"]


def test_a_refused_letter_has_failed_for_good(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        _claim(session)
        assert sending.record_results(session, "a", [Result(letter_id, REFUSED, None)], NOW)
        found = _found(session, letter_id)
        assert (found.state, found.server_reply) == (LetterState.FAILED, REFUSED.reply)
        assert _claim(session, after=timedelta(days=1)) == []


def test_m12_silence_after_data_is_retried_once_with_the_same_message_id(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        first = _found(session, _sending(session)).message_id
        assert sending.record_results(session, "a", [Result(letter_id, UNCERTAIN, NOW + minutes(30))], NOW)
        assert _found(session, letter_id).state is LetterState.UNCERTAIN
        assert _claim(session, after=minutes(29)) == []
        again = _found(session, _sending(session, after=minutes(30)))
        assert again.message_id == first
        assert sending.record_results(
            session, "a", [Result(letter_id, UNCERTAIN, NOW + minutes(60))], NOW + minutes(31)
        )
        assert _claim(session, after=timedelta(days=1)) == []
        assert [item.id for item in letters.listed(session, LetterState.UNCERTAIN)] == [letter_id]
        assert _log(session, letter_id) == ["queued", "sending", "uncertain", "sending", "uncertain"]


@pytest.mark.parametrize(
    ("result", "state"),
    [(SENT, LetterState.SENT), (REFUSED, LetterState.FAILED), (DEFERRED, LetterState.UNCERTAIN)],
)
def test_m12_the_retry_settles_the_doubt(store: Store, result: SendResult, state: LetterState) -> None:
    """A deferral settles nothing: the first copy may have arrived, and the letter still waits for its retry."""
    with store.transaction() as session:
        letter_id = _queued(session)
        _sending(session)
        sending.record_results(session, "a", [Result(letter_id, UNCERTAIN, NOW + minutes(30))], NOW)
        _sending(session, after=minutes(30))
        sending.record_results(session, "a", [Result(letter_id, result, NOW + minutes(40))], NOW + minutes(31))
        assert _found(session, letter_id).state is state
        assert _claim(session, after=minutes(41)) == ([letter_id] if result is DEFERRED else [])


def test_m14_a_crash_while_sending_leaves_few_named_doubts_and_resends_nothing_else(store: Store) -> None:
    with store.transaction() as session:
        done, handed_over, claimed = (_queued(session, key) for key in ("done", "handed_over", "claimed"))
        _claim(session, "dead")
        sending.mark_sending(session, [done], "dead", NOW)
        sending.record_results(session, "dead", [Result(done, SENT, None)], NOW)
        sending.mark_sending(session, [handed_over], "dead", NOW)
        assert len(sending.recover(session, NOW + minutes(9), NOW + minutes(40))) == 0
        assert sending.recover(session, NOW + LEASE, NOW + minutes(40)) == Recovered(
            doubtful=frozenset({handed_over}), freed=frozenset({claimed})
        )
        assert len(sending.recover(session, NOW + LEASE, NOW + minutes(40))) == 0
        assert _claim(session, "b", LEASE) == [claimed]
        assert _found(session, handed_over).state is LetterState.UNCERTAIN
        assert _claim(session, "b", minutes(40)) == [claimed, handed_over]


def test_m14_a_second_crash_while_sending_is_left_to_an_operator(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        _sending(session, "dead")
        sending.recover(session, NOW + LEASE, NOW + minutes(40))
        _sending(session, "dead", minutes(40))
        found = sending.recover(session, NOW + minutes(60), NOW + minutes(90))
        assert found == Recovered(left=frozenset({letter_id}))
        assert doubts.among(session, [letter_id]) == {letter_id}
        assert _claim(session, "b", timedelta(days=1)) == []
        assert _found(session, letter_id).state is LetterState.UNCERTAIN


def test_e2_m45_m14_what_a_dead_worker_held_is_free_or_in_doubt_at_once(store: Store) -> None:
    with store.transaction() as session:
        handed_over, claimed = (_queued(session, key) for key in ("handed_over", "claimed"))
        _claim(session, "dead")
        sending.mark_sending(session, [handed_over], "dead", NOW)
        other = _queued(session, "other")
        assert _claim(session, "alive") == [other]
        found = sending.recover(session, NOW, NOW + minutes(30), ["dead", "nobody"])
        assert found == Recovered(doubtful=frozenset({handed_over}), freed=frozenset({claimed}))
        assert len(sending.recover(session, NOW, NOW + minutes(30), ["dead"])) == 0
        assert _claim(session, "b") == [claimed]
        assert _claim(session, "b", minutes(30)) == [claimed, other, handed_over]


def test_m12_the_late_word_of_a_slow_worker_settles_the_doubt_while_nobody_else_has_it(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        _sending(session, "slow")
        sending.recover(session, NOW + LEASE, NOW + minutes(40))
        assert not sending.record_results(session, "slow", [Result(letter_id, UNCERTAIN, NOW + minutes(50))], NOW)
        assert sending.record_results(session, "slow", [Result(letter_id, SENT, None)], NOW)
        assert _found(session, letter_id).state is LetterState.SENT
        assert _claim(session, "b", minutes(40)) == []


def test_m12_the_late_word_of_a_slow_worker_changes_nothing_once_another_has_it(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        _sending(session, "slow")
        sending.recover(session, NOW + LEASE, NOW + minutes(40))
        assert _sending(session, "b", minutes(40)) == letter_id
        assert not sending.record_results(session, "slow", [Result(letter_id, SENT, None)], NOW)
        assert _found(session, letter_id).state is LetterState.SENDING


def test_m15_a_letter_past_its_time_is_never_sent(store: Store) -> None:
    with store.transaction() as session:
        old = _queued(session, "old", expires_at=NOW - minutes(1))
        fresh = _queued(session, "fresh", expires_at=NOW + minutes(1))
        lasting = _queued(session, "lasting")
        assert _claim(session) == [fresh, lasting]
        assert sending.expire(session, NOW) == [old]
        assert sending.expire(session, NOW) == []
        assert _found(session, old).state is LetterState.EXPIRED
        assert _log(session, old) == ["queued", "expired"]
        assert sending.expire(session, NOW + minutes(2)) == [], "a letter in a worker's hands is not taken from it"
        assert sending.expire(session, NOW + LEASE) == [fresh]


def test_m15_a_doubtful_letter_past_its_time_stays_doubtful_and_is_not_repeated(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session, expires_at=NOW + minutes(5))
        _sending(session)
        sending.record_results(session, "a", [Result(letter_id, UNCERTAIN, NOW + minutes(30))], NOW)
        assert sending.expire(session, NOW + minutes(30)) == []
        assert _claim(session, after=minutes(30)) == []
        assert _found(session, letter_id).state is LetterState.UNCERTAIN


def test_m17_answers_are_counted_by_address_from_the_log(store: Store) -> None:
    with store.transaction() as session:
        receipt_id = received(session)
        answers: tuple[dict[str, Any], ...] = (
            {"receipt_id": receipt_id},
            {"receipt_id": receipt_id, "address": "SPO240065@school.test"},
            {"receipt_id": receipt_id, "state": LetterState.WITHHELD},
            {"receipt_id": receipt_id, "at": NOW - timedelta(days=2)},
            {"receipt_id": receipt_id, "address": "other@school.test"},
            {},
        )
        for number, parts in enumerate(answers):
            _queued(session, str(number), **parts)
        assert letters.answers_since(session, "spo240065@school.test", NOW - timedelta(days=1)) == 2


def test_m18_a_withheld_answer_is_on_record_with_its_reason_and_never_sent(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session, state=LetterState.WITHHELD, server_reply="automatic")
        assert _claim(session) == []
        (event,) = letters.events(session, letter_id)
        assert (event.event.value, event.detail) == ("withheld", "automatic")


def test_a_bounce_is_put_beside_the_letter_it_names(store: Store) -> None:
    with store.transaction() as session:
        letter_id = _queued(session)
        _sending(session)
        sending.record_results(session, "a", [Result(letter_id, SENT, None)], NOW)
        assert letters.by_message_id(session, "<1@kabinet.test>") == letter_id
        assert letters.by_message_id(session, "<2@kabinet.test>") is None
        assert letters.mark_bounced(session, letter_id, NOW + minutes(5), "5.1.1", "No such user")
        assert not letters.mark_bounced(session, letter_id, NOW + minutes(5), "5.1.1", "No such user")
        assert not letters.mark_bounced(session, 999, NOW, None, None)
        assert _found(session, letter_id).state is LetterState.SENT
        bounces = [item for item in letters.events(session, letter_id) if item.event.value == "bounced"]
        assert [(item.at, item.detail) for item in bounces] == [(NOW + minutes(5), "5.1.1 No such user")]


def test_m19_the_queue_and_the_age_of_its_oldest_letter_are_visible(store: Store) -> None:
    with store.transaction() as session:
        assert letters.oldest_unsent(session) is None
        _queued(session, "1", at=NOW - minutes(5))
        _queued(session, "2", at=NOW - minutes(3), due_at=NOW + minutes(60))
        (first,) = _claim(session)
        sending.mark_sending(session, [first], "a", NOW)
        assert letters.oldest_unsent(session) == NOW - minutes(5)
        sending.record_results(session, "a", [Result(first, SENT, None)], NOW)
        assert letters.oldest_unsent(session) == NOW - minutes(3)
        assert letters.counts(session)[LetterState.SENT] == 1
        assert [item.id for item in letters.sent_to(session, "SPO240065@school.test")] == [first]
        assert [item.key for item in letters.listed(session)] == ["2", "1"]
