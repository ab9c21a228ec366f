"""Readable copies of letters in ``outbox/``, written after the commit and never read back as state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from pipeline.model import Letter
from pipeline.steps.context import Context
from pipeline.steps.rendering import render
from pipeline.store import Session, letters, sending

log = structlog.get_logger()
_TOGETHER = 200  # letters read at once
MOST_WAITING = 1_000
"""Letters whose copies are seen to when the server cannot take them."""


def copy_name(letter: Letter) -> str:
    """Return the file name of a letter's copy: number, kind, login, and a part of the Message-ID to tell runs apart."""
    unique = letter.message_id.strip("<>").partition("@")[0][-6:]
    return f"{letter.id:06d}-{letter.kind}-{letter.login or 'support'}-{unique}.eml"


def spool_ready(context: Context, letter_ids: Sequence[int]) -> None:
    """Write the copies of queued letters into ``outbox/ready/``. One that cannot be made stops no other (M19)."""
    for start in range(0, len(letter_ids), _TOGETHER):
        with context.store.reading() as session:
            _spool(context, session, letters.by_ids(session, letter_ids[start : start + _TOGETHER]))


def spool_due(context: Context, now: datetime) -> int:
    """Write the copies of letters that are due at ``now`` and cannot leave, as far as they have none; return how many
    wait, ``MOST_WAITING`` at most."""
    with context.store.reading() as session:
        due = sending.due(session, now, MOST_WAITING)
        there = context.spool.waiting() if due else frozenset()
        _spool(context, session, [letter for letter in due if copy_name(letter) not in there])
    return len(due)


def _spool(context: Context, session: Session, waiting: Sequence[Letter]) -> None:
    for letter in waiting:
        try:
            content = render(context, session, letter)
        except Exception:
            log.exception("letter.unrenderable", letter=letter.id, kind=letter.kind)
            continue
        context.spool.ready(copy_name(letter), content)
