"""Stopped mailings on both databases: what is held, for whom, until somebody says so."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model.delivery import Pause
from pipeline.store import Session, Store, letters, pauses, publications, sending
from tests.contract.store.made import CODE, LEASE, NOW, campaign, letter, minutes, publication

STOP = Pause(None, 5, NOW, "cli:me", "неверный файл")


def _queue(session: Session) -> None:
    """A campaign of each of two publications, an answer about the first, and one about nothing."""
    publications.save_form(session, "other", 1, "form: other\nversion: 1\n", NOW)
    publications.save_publication(session, publication("other"), NOW)
    letters.enqueue_all(
        session,
        [
            letter("campaign", publication=CODE, priority=5),
            letter("other", publication="other", priority=5),
            letter("answer", publication=CODE, priority=1),
            letter("alone", publication=None, priority=1),
        ],
    )


def _taken(store: Store) -> set[str]:
    """The keys of what a worker would get now."""
    with store.transaction() as session:
        claimed = sending.claim_due(session, "worker", NOW, LEASE, 10)
        sending.release(session, [found.id for found in claimed], "worker")
    return {found.key for found in claimed}


def test_a_pause_holds_campaigns_of_one_publication_of_all_or_everything(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        _queue(session)
    assert _taken(store) == {"campaign", "other", "answer", "alone"}
    for stop, left in (
        (replace(STOP, publication=CODE), {"other", "answer", "alone"}),
        (replace(STOP, publication=CODE, priority=0), {"other", "alone"}),
        (STOP, {"answer", "alone"}),
        (replace(STOP, priority=0), set()),
    ):
        with store.transaction() as session:
            assert pauses.pause(session, stop)
            assert not pauses.pause(session, stop)
            assert pauses.waiting(session) == 4 - len(left)
        assert _taken(store) == left
        with store.transaction() as session:
            assert pauses.resume(session, stop.publication, "cli:you", NOW + minutes(1)) == 1
            assert pauses.resume(session, None, "cli:you", NOW + minutes(1)) == 0
    assert _taken(store) == {"campaign", "other", "answer", "alone"}


def test_the_record_says_who_stopped_and_resumed_when_and_why(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        pauses.pause(session, STOP)
        pauses.pause(session, replace(STOP, publication=CODE))
        assert pauses.paused(session, NOW).holds("other", 5)
        assert not pauses.paused(session, NOW).holds("other", 3)
        assert not pauses.paused(session, NOW - minutes(1))
        assert pauses.resume(session, CODE, "cli:you", NOW + minutes(5)) == 1
    with store.reading() as session:
        (left,) = pauses.paused(session, NOW + minutes(6)).in_force
        assert (left.publication, left.who, left.why, left.at) == (None, "cli:me", "неверный файл", NOW)
        (ended, first) = pauses.history(session)
        assert (ended.publication, ended.ended_at, ended.ended_by) == (CODE, NOW + minutes(5), "cli:you")
        assert first == left
        assert pauses.history(session, CODE) == [ended]
