"""Readable copies of letters in ``outbox/``, written after the commit and never read back as state."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from pipeline.model import Letter
from pipeline.steps.context import Context
from pipeline.steps.rendering import render
from pipeline.store import letters

log = structlog.get_logger()


def copy_name(letter: Letter) -> str:
    """Return the file name of a letter's copy: number, kind, login, and a part of the Message-ID to tell runs apart."""
    unique = letter.message_id.strip("<>").partition("@")[0][-6:]
    return f"{letter.id:06d}-{letter.kind}-{letter.login or 'support'}-{unique}.eml"


def spool_ready(context: Context, letter_ids: Sequence[int]) -> None:
    """Write the copies of queued letters into ``outbox/ready/``. One that cannot be made stops no other (M19)."""
    with context.store.reading() as session:
        for letter_id in letter_ids:
            letter = letters.letter(session, letter_id)
            if letter is None:
                continue
            try:
                content = render(context, session, letter)
            except Exception:
                log.exception("letter.unrenderable", letter=letter.id, kind=letter.kind)
                continue
            context.spool.ready(copy_name(letter), content)
