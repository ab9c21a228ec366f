"""What may happen to a letter, for every state and event."""

from __future__ import annotations

import pytest

from pipeline.model import LetterState
from pipeline.status.letter import DOUBTING, LOGGED, TRANSITIONS, LetterMove
from tests.unit.status.grids import assert_leads_on_or_refuses, read_grid

GRID = read_grid(
    """
                       queued    sending   sent uncertain failed expired withheld
    handed_over        sending   -         -    sending   -      -       -
    taken              sent      sent      -    sent      -      -       -
    turned_down        failed    failed    -    failed    -      -       -
    put_off            queued    queued    -    -         -      -       -
    put_off_in_doubt   -         uncertain -    uncertain -      -       -
    exhausted          failed    failed    -    -         -      -       -
    exhausted_in_doubt -         uncertain -    uncertain -      -       -
    unanswered         -         uncertain -    -         -      -       -
    left_behind        -         uncertain -    -         -      -       -
    doubted            uncertain uncertain -    uncertain -      -       -
    resent             -         -         -    uncertain -      -       -
    dropped            -         -         -    withheld  -      -       -
    expired            expired   -         -    -         -      -       -
    withheld           withheld  -         -    -         -      -       -
    released           -         -         -    -         -      -       queued
    released_in_doubt  -         -         -    -         -      -       uncertain
    """,
    LetterState,
    LetterMove,
)


@pytest.mark.parametrize(("state", "event"), sorted(GRID))
def test_every_event_in_every_state_leads_on_or_is_refused(state: LetterState, event: LetterMove) -> None:
    assert_leads_on_or_refuses(TRANSITIONS, state, event, GRID[state, event])


@pytest.mark.parametrize("event", LetterMove)
def test_an_event_has_one_target_and_a_word_in_the_log(event: LetterMove) -> None:
    assert TRANSITIONS.target(event) in set(TRANSITIONS.rows[event].values())
    assert event in LOGGED


def test_a_letter_in_doubt_never_counts_as_plainly_unsent_again() -> None:
    plain = {LetterState.QUEUED, LetterState.FAILED, LetterState.EXPIRED}
    after = {event for event in LetterMove if TRANSITIONS.rows[event].get(LetterState.UNCERTAIN) in plain}
    assert after == {LetterMove.TURNED_DOWN}  # the server's plain no settles the doubt
    assert {TRANSITIONS.target(event) for event in DOUBTING} == {LetterState.UNCERTAIN}


def test_what_has_left_or_is_given_up_stays_so() -> None:
    for state in (LetterState.SENT, LetterState.FAILED, LetterState.EXPIRED):
        assert not [event for event in LetterMove if state in TRANSITIONS.sources(event)]
