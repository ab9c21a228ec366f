"""How everything stands at one moment: what ``health`` and ``doctor`` say, read from the store and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.catalogue import format_short, plural, text
from pipeline.model import LetterState, ReceiptState
from pipeline.model.problems import Problem
from pipeline.steps.base.context import Context
from pipeline.steps.condition.liveness import (
    EXCHANGE,
    Life,
    lives,
)
from pipeline.steps.condition.problems import (
    called,
    notes,
    problems,
)
from pipeline.store import (
    letters,
    receipts,
)
from pipeline.store.operations import pulses

_UNSENT = (LetterState.QUEUED, LetterState.SENDING)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, and since when the oldest does."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class State:
    """What is wrong, how the schedules live, what waits (``unjudged`` messages, ``unsent`` letters), and what waits
    for an operator without being an alarm."""

    problems: Sequence[Problem]
    schedules: Sequence[Life]
    queues: Mapping[str, Queue]
    notes: Mapping[str, int]

    @property
    def line(self) -> str:
        """All of it in one line for a person."""
        if self.problems:
            return " ".join(problem.text for problem in self.problems)
        unjudged, unsent = (plural(self.queues[name].count, *_LETTERS) for name in ("unjudged", "unsent"))
        waits = text("health.queues", unjudged=unjudged, unsent=unsent)
        exchange = next((life for life in self.schedules if life.name == EXCHANGE and life.expected), None)
        if exchange is None:
            return f"{text('health.not_started')} {waits}"
        return f"{text('health.well')} {ran(exchange)} {waits}"


_LETTERS = ("письмо", "письма", "писем")


def state_of(context: Context, now: datetime) -> State:
    """Return how everything stands at ``now``. Raises UnreachableError when the store cannot be read."""
    found = problems(context, now)
    with context.store.reading() as session:
        sent, received = letters.counts(session), receipts.counts(session)
        return State(
            problems=found,
            schedules=lives(context.schedules, pulses.listed(session), context.limits.alerting.silent_after, now),
            queues={
                "unjudged": Queue(received[ReceiptState.UNREAD], receipts.oldest_unread(session)),
                "unsent": Queue(sum(sent[state] for state in _UNSENT), letters.oldest_unsent(session)),
            },
            notes=notes(session),
        )


def ran(life: Life) -> str:
    """Return a sentence that says when a schedule last ran, and by what."""
    if life.last_at is None or life.by is None:
        return text("health.never_ran", what=called(life.name))
    return text("health.ran", what=called(life.name), at=format_short(life.last_at), by=text(f"way.{life.by.value}"))
