"""Reads a table of transitions written as text: events down, states across, ``-`` where a pair is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import pytest

from pipeline.errors import Incident
from pipeline.status.transitions import Transitions

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


def read_grid(grid: str, states: type[State], events: type[Event]) -> dict[tuple[State, Event], State | None]:
    """Return the state expected of every pair, None where it is refused."""
    head, *lines = (line.split() for line in grid.strip().splitlines())
    assert head == list(states)
    assert [line[0] for line in lines] == list(events)
    return {
        (states(state), events(line[0])): None if cell == "-" else states(cell)
        for line in lines
        for state, cell in zip(head, line[1:], strict=True)
    }


def assert_leads_on_or_refuses(
    transitions: Transitions[State, Event], state: State, event: Event, expected: State | None
) -> None:
    """``event`` in ``state`` leads to ``expected``, or is refused where that is None."""
    if expected is None:
        with pytest.raises(Incident, match="unlisted_transition"):
            transitions.after(state, event)
    else:
        assert transitions.after(state, event) is expected
    assert (state in transitions.sources(event)) is (expected is not None)
