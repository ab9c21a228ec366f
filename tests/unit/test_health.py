"""Address health as pure judgement: what a server's words weigh, and when an address is doubtful or dead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.catalogue import MESSAGES
from pipeline.model.health import Sign
from pipeline.steps.base.limits import Limits
from pipeline.steps.record.health import (
    PROBE,
    State,
    Weight,
    assess,
    weigh,
)

NOW = datetime(2021, 9, 10, 9, 0, tzinfo=UTC)
GONE = "5.1.1 550 5.1.1 <spo240066@school.test>: User unknown"
FULL = "5.2.2 552 5.2.2 Mailbox is full"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("detail", "weight", "reason"),
    [
        (GONE, Weight.HARD, "no_mailbox"),
        ("550 5.7.1 No such user!", Weight.HARD, "no_mailbox"),
        ("550 Message was not accepted -- invalid mailbox. Local mailbox is unavailable", Weight.HARD, "no_mailbox"),
        ("550 5.4.1 Recipient address rejected: Access denied", Weight.HARD, "no_mailbox"),
        ("550 mailbox unavailable", Weight.HARD, "no_mailbox"),
        ("5.2.1 550 5.2.1 The email account that you tried to reach is disabled", Weight.HARD, "disabled"),
        ("5.2.1 auto-reply: Ящик переполнен и закрыт, пишите на raduga@new.test.", Weight.HARD, "closed"),
        ("5.4.4 Host or domain name not found. Name service error", Weight.HARD, "no_domain"),
        ("556 5.1.10 Null MX", Weight.HARD, "no_domain"),
        (FULL, Weight.SOFT, "full"),
        ("bounce Ящик получателя переполнен", Weight.SOFT, "full"),
        ("4.4.1 connect to mx.school.test: Connection timed out", Weight.NONE, "not_in_time"),
        ("4.4.7 delivery time expired", Weight.NONE, "not_in_time"),
        ("4.4.3 Host or domain name not found", Weight.NONE, "not_in_time"),
        ("450 4.1.1 user unknown, try later", Weight.NONE, "not_in_time"),
        ("4.2.2 452 4.2.2 Mailbox full", Weight.NONE, "full"),
        ("451 try again later", Weight.NONE, "not_in_time"),
        ("5.0.0 451 4.7.1 Greylisted, please try again", Weight.NONE, "not_in_time"),
        ("5.0.0 421 Service not available", Weight.NONE, "not_in_time"),
        ("4.4.7 550 4.4.7 QUEUE.Expired; message expired", Weight.NONE, "not_in_time"),
        ("5.0.0 550 5.1.1 User unknown", Weight.HARD, "no_mailbox"),
        ("5.4.7 554 5.4.7 Message expired, queue time exceeded", Weight.SOFT, "unreachable"),
        ("550 5.7.1 Message rejected as spam", Weight.SOFT, "refused"),
        ("550 Blocked by our policy", Weight.SOFT, "refused"),
        ("554 transaction failed", Weight.SOFT, "refused"),
        ("bounce", Weight.SOFT, "returned"),
        ("552 5.3.4 Message size exceeds fixed limit", Weight.NONE, ""),
        ("554 5.6.0 content not acceptable", Weight.NONE, ""),
        ("550 5.1.8 Sender address rejected: Domain not found", Weight.NONE, ""),
        ("535 5.7.8 authentication failed", Weight.NONE, ""),
        ("timeout", Weight.NONE, ""),
        ("unrenderable", Weight.NONE, ""),
    ],
)
def test_a_failure_weighs_what_it_says_of_the_address(detail: str, weight: Weight, reason: str) -> None:
    assert weigh(detail) == (weight, reason)
    assert not reason or f"undelivered.{reason}" in MESSAGES


def _signs(*days_ago: float, detail: str = GONE, kind: str = "reminder") -> list[Sign]:
    return [Sign(NOW - DAY * days, kind, detail) for days in sorted(days_ago, reverse=True)]


def test_one_refusal_makes_doubtful_and_a_second_day_dead() -> None:
    limits = Limits()
    assert assess([], None, NOW, limits).state is State.ALIVE
    assert assess(_signs(3), None, NOW, limits).state is State.DOUBTFUL
    assert assess(_signs(3, 2.9), None, NOW, limits).state is State.DOUBTFUL  # one day, whatever the number of letters
    verdict = assess(_signs(8, 3), None, NOW, limits)
    assert (verdict.state, verdict.since, verdict.reason) == (State.DEAD, NOW - 8 * DAY, "no_mailbox")


def test_a_full_mailbox_is_given_days_and_a_probe() -> None:
    limits = Limits()
    assert assess(_signs(1, 2, 3, detail=FULL), None, NOW, limits).state is State.ALIVE
    doubtful = _signs(2, 3, 4, 5, detail=FULL)
    assert assess(doubtful, None, NOW, limits).state is State.DOUBTFUL
    dead = assess([*doubtful, *_signs(1, detail=FULL, kind=PROBE)], None, NOW, limits)
    assert (dead.state, dead.reason) == (State.DEAD, "full")


def test_a_refusal_and_a_failed_probe_make_dead() -> None:
    assert assess([*_signs(4), *_signs(1, detail=FULL, kind=PROBE)], None, NOW, Limits()).state is State.DEAD


def test_a_sign_of_life_clears_what_was_before_it_only() -> None:
    assert assess(_signs(8, 3), NOW - DAY, NOW, Limits()).state is State.ALIVE
    assert assess(_signs(8, 3), NOW - 5 * DAY, NOW, Limits()).state is State.DOUBTFUL


def test_what_was_long_ago_counts_no_more() -> None:
    assert assess(_signs(100, 3), None, NOW, Limits()).state is State.DOUBTFUL
    assert assess(_signs(100), None, NOW, Limits()).state is State.ALIVE


def test_our_own_faults_kill_no_address() -> None:
    ours = _signs(1, 2, 3, 4, 5, 6, 7, 8, 9, detail="552 5.3.4 Message size exceeds fixed limit")
    assert assess(ours, None, NOW, Limits()).state is State.ALIVE


def test_m36_a_server_that_gave_up_in_time_kills_no_address_and_is_told_of() -> None:
    passing = _signs(1, 2, 3, 4, 5, 6, 7, 8, 9, detail="4.4.7 Delivery time expired")
    verdict = assess(passing, None, NOW, Limits())
    assert (verdict.state, verdict.score) == (State.ALIVE, 0.0)
    assert (verdict.since, verdict.last, verdict.reason) == (NOW - 9 * DAY, NOW - DAY, "not_in_time")
    assert assess(passing, NOW, NOW, Limits()).since is None
    probe = assess([*_signs(4), *_signs(1, detail="4.4.7 expired", kind=PROBE)], None, NOW, Limits())
    assert (probe.state, probe.reason) == (State.DOUBTFUL, "no_mailbox")
