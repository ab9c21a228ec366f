"""Working: who claims rows is present while it does, and what workers had claimed that died is taken back first.

A lease ends by time too, for workers of other machines. On one machine nothing waits for it: the next worker knows that
the last one is dead, and takes up what it had claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import structlog

from pipeline.model.problems import GivenUp, Loss
from pipeline.steps.base.context import Context
from pipeline.store import (
    receipts,
    sending,
)
from pipeline.store.operations import given_up

log = structlog.get_logger()
LEFT_IN_DOUBT = "left_in_doubt"


@contextmanager
def at_work(context: Context) -> Iterator[Context]:
    """Be present as a worker; yield the context with the name under which this work claims."""
    with context.presence.working() as owner:
        yield replace(context, owner=owner)


def take_back(context: Context, now: datetime) -> int:
    """Free what dead workers hold, in one transaction; return how many letters that were.

    Messages are unread again and suspect. Letters that may be at the server are in doubt, the others wait as before.
    """
    with context.presence.dead() as dead:
        return _take_back(context, now, dead) if dead else 0


def _take_back(context: Context, now: datetime, dead: Sequence[str]) -> int:
    with context.store.transaction() as session:
        messages = receipts.take_back(session, now, dead)
        found = sending.recover(session, now, now + context.limits.sending.uncertain_retry, dead)
        given_up.note(session, [Loss(GivenUp.LETTER, number, LEFT_IN_DOUBT) for number in sorted(found.left)], now)
    if messages or found:
        log.warning("workers.died", workers=len(dead), receipts=messages, letters=len(found))
    return len(found)
