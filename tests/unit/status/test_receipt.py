"""What may happen to a message on record, for every state and event."""

from __future__ import annotations

import pytest

from pipeline.model import ReceiptState
from pipeline.status.receipt import JUDGED, TRANSITIONS, ReceiptMove
from tests.unit.status.grids import assert_leads_on_or_refuses, read_grid

GRID = read_grid(
    """
                unread  done    held    failed  refused
    settled     done    -       -       -       -
    held        held    -       -       -       -
    turned_away refused -       -       -       -
    given_up    failed  -       -       -       -
    released    -       -       unread  unread  unread
    replayed    -       -       unread  unread  -
    extended    -       unread  -       -       -
    refused     -       -       refused refused -
    denied      -       -       refused -       -
    disowned    -       refused refused -       -
    """,
    ReceiptState,
    ReceiptMove,
)


@pytest.mark.parametrize(("state", "event"), sorted(GRID))
def test_every_event_in_every_state_leads_on_or_is_refused(state: ReceiptState, event: ReceiptMove) -> None:
    assert_leads_on_or_refuses(TRANSITIONS, state, event, GRID[state, event])


@pytest.mark.parametrize("event", ReceiptMove)
def test_an_event_has_one_target(event: ReceiptMove) -> None:
    assert TRANSITIONS.target(event) in set(TRANSITIONS.rows[event].values())


def test_a_judged_message_has_every_state_but_unread() -> None:
    assert set(JUDGED) == set(ReceiptState) - {ReceiptState.UNREAD}
    assert all(TRANSITIONS.after(ReceiptState.UNREAD, event) is state for state, event in JUDGED.items())
