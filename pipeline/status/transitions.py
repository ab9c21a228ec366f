"""A table of transitions: which state follows when an event happens in a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from pipeline.errors import Incident

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transitions(Generic[State, Event]):
    """The next state by event and state. The table is total: a pair that ``rows`` does not list is refused."""

    rows: Mapping[Event, Mapping[State, State]]

    def after(self, state: State, event: Event) -> State:
        """Return the state that follows; raises Incident for a pair that is refused."""
        found = self.rows[event].get(state)
        if found is None:
            raise Incident("status.unlisted_transition", status=state, status_event=event)
        return found

    def sources(self, event: Event) -> frozenset[State]:
        """Return the states in which ``event`` may happen."""
        return frozenset(self.rows[event])

    def target(self, event: Event) -> State:
        """Return the one state that ``event`` leads to, wherever it happens; raises Incident when there are several."""
        found = set(self.rows[event].values())
        if len(found) != 1:
            raise Incident("status.several_targets", status_event=event)
        return found.pop()
