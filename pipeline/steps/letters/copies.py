"""Readable copies of letters in ``outbox/``, written after the commit and never read back as state.

What lies in ``outbox/ready`` is sent as it lies there, when it is proved to be the letter as it would be made now: a
campaign is rendered once. A copy that is missing, altered, half-written or of earlier settings is made anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from pipeline.model import Letter, WireMessage
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work, told
from pipeline.steps.letters.rendering import render
from pipeline.store import Session, letters, sending

log = structlog.get_logger()
_WIRE, _BYTES = "wire", "bytes"
_NUMBERED = re.compile(r"([0-9]{6,10})-")  # as ``copy_name`` begins; people put files of their own there
_TOGETHER = 200  # letters read at once
MOST_WAITING = 1_000
"""Letters whose copies are seen to when the server cannot take them."""


def copy_name(letter: Letter) -> str:
    """Return the file name of a letter's copy: number, kind, login, and a part of the Message-ID to tell runs apart."""
    unique = letter.message_id.strip("<>").partition("@")[0][-6:]
    return f"{letter.id:06d}-{letter.kind}-{letter.login or 'support'}-{unique}.eml"


def spool_ready(context: Context, letter_ids: Sequence[int]) -> None:
    """Write the copies of queued letters into ``outbox/ready/``. One that cannot be made stops no other (M19)."""
    total = len(letter_ids)
    for start in range(0, total, _TOGETHER):
        with context.store.reading() as session:
            waiting = letters.by_ids(session, letter_ids[start : start + _TOGETHER])
            proofs = _spool(context, session, told(context.progress, Work.COPIED, waiting, total, start))
        with context.store.transaction() as session:
            gone = sending.prove_copies(session, proofs)
        for letter in waiting:
            if letter.id in gone:
                context.spool.discard(copy_name(letter), letter.created_at)


def spool_due(context: Context, now: datetime) -> int:
    """Write the copies of letters that are due at ``now`` and cannot leave, as far as they have none; return how many
    wait, ``MOST_WAITING`` at most."""
    with context.store.reading() as session:
        due = sending.due(session, now, MOST_WAITING)
        there = context.spool.waiting() if due else frozenset()
        _spool(context, session, [letter for letter in due if copy_name(letter) not in there])
    return len(due)


def tidy(context: Context) -> None:
    """Take copies out of ``outbox/ready`` whose letters wait no more: withheld or expired since."""
    numbers = [int(found[1]) for name in context.spool.waiting() if (found := _NUMBERED.match(name))]
    if numbers:
        with context.store.reading() as session:
            over = sending.over(session, numbers)
        for letter in over:
            context.spool.discard(copy_name(letter), letter.created_at)


def content_of(context: Context, session: Session, letter: Letter) -> bytes:
    """Return the bytes of ``letter`` as they leave: of its copy where that is proved, else rendered; raises as
    ``rendering.render`` does."""
    if letter.copy_proof is not None:
        content = context.spool.waiting_copy(copy_name(letter), letter.created_at)
        if content is not None and letter.copy_proof.endswith(_digest(context, content)):
            return WireMessage(content) if letter.copy_proof.startswith(_WIRE) else content
    return render(context, session, letter)


def _digest(context: Context, content: bytes) -> str:
    """Of the bytes, and of what they follow from beside the row: a copy made with another key or template is none."""
    digest = hashlib.sha256(context.rendering_identity)
    digest.update(content)
    return digest.hexdigest()


def _spool(context: Context, session: Session, waiting: Iterable[Letter]) -> dict[int, str]:
    """Write copies and return their proofs by the letters' ids."""
    proofs: dict[int, str] = {}
    for letter in waiting:
        try:
            content = render(context, session, letter)
        except Exception:
            log.exception("letter.unrenderable", letter=letter.id, kind=letter.kind)
            continue
        context.spool.ready(copy_name(letter), content)
        kind = _WIRE if isinstance(content, WireMessage) else _BYTES
        proofs[letter.id] = f"{kind}:{_digest(context, content)}"
    return proofs
