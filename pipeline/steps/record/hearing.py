"""What received mail says of our letters: come back, put off, delivered, read, answered by a robot.

A batch of messages is heard together: what they ask of the store is read ahead, what they say is written at the end of
the transaction, and then the addresses whose letters came back are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from pipeline.mail.identity import letters_named
from pipeline.mail.kinds.answered import answered_ids
from pipeline.mail.kinds.classify import Bounced
from pipeline.model.delivery import LetterEvent
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import Judgement
from pipeline.steps.record import health
from pipeline.store import Session, heard
from pipeline.store.heard import Heard

log = structlog.get_logger()
_DETAIL = 500
_ABOUT_LETTERS = {
    "delay": LetterEvent.DEFERRED,
    "auto_reply": LetterEvent.AUTORESPONDED,
    "read_receipt": LetterEvent.READ,
}
_LIFE = frozenset({LetterEvent.AUTORESPONDED, LetterEvent.READ, LetterEvent.DELIVERED})
# Kinds that arrive under an address without anybody there having sent them.
_NOBODYS = frozenset({"bounce", "delay", "delivered", "feedback_report", "junk", "unreadable"})


def hear(context: Context, session: Session, judgement: Judgement, now: datetime) -> int | None:
    """Note what a received message says of our letters and of its sender's address; ``conclude`` writes it.

    Returns the id of the letter that a report, a read receipt or a robot's answer is about, None without one.
    """
    kind, at = judgement.classification.kind, judgement.receipt.received_at
    letter_id = None
    if _speaks_of_letters(kind):
        letter_id = letter_named(context, session, judgement)
    if letter_id is not None:
        _note(context, session, judgement, letter_id, now)
    sender = judgement.message.sender
    if sender and kind not in _NOBODYS:
        health.shows_life(context, session, sender, at, now)
    return letter_id


def letter_named(context: Context, session: Session, judgement: Judgement) -> int | None:
    """Return the id of our letter that a message is about: by its signed return path, else by the Message-IDs it names.

    Not by the address a report complains of: anybody may write such a report, our ids are random or signed.
    """
    for letter_id in letters_named(judgement.message, context.tagger):
        if heard.address_of(session, letter_id) is not None:
            return letter_id
    for message_id in answered_ids(judgement.message, judgement.classification.returned):
        if (known := heard.by_message_id(session, message_id)) is not None:
            return known
    return None


def read_ahead(context: Context, session: Session, judged: Sequence[Judgement]) -> set[str]:
    """Ask together which letters ``judged`` are about; return the addresses of these letters."""
    about = [judgement for judgement in judged if _speaks_of_letters(judgement.classification.kind)]
    ids = {letter_id for judgement in about for letter_id in letters_named(judgement.message, context.tagger)}
    names = {
        message_id
        for judgement in about
        for message_id in answered_ids(judgement.message, judgement.classification.returned)
    }
    return heard.read_ahead(session, ids, names) if about else set()


def conclude(context: Context, session: Session, now: datetime) -> None:
    """Write what was heard in this transaction, and draw the conclusions from the letters that came back."""
    if failing := heard.write(session):
        health.all_failed(context, session, failing, now)


def _speaks_of_letters(kind: str) -> bool:
    return kind in ("bounce", "delivered") or kind in _ABOUT_LETTERS


def _note(context: Context, session: Session, judgement: Judgement, letter_id: int, now: datetime) -> None:
    kind, at = judgement.classification.kind, judgement.receipt.received_at
    address = heard.address_of(session, letter_id)
    if address is None:
        return
    first = next(iter(judgement.classification.bounced), None)
    words = " ".join(part for part in (first.status, first.reason[:_DETAIL]) if part) if first else ""
    event, detail = _heard(kind, first, words, judgement.classification.why)
    heard.note(session, Heard(letter_id, event, at, detail))
    if event is LetterEvent.BOUNCED and address.lower() == context.support.lower():
        log.error("support.unreachable", letter=letter_id, status=(first.status if first else "") or kind)
    elif event in _LIFE:
        health.shows_life(context, session, address, at, now)


def _heard(kind: str, first: Bounced | None, words: str, why: str) -> tuple[LetterEvent, str | None]:
    """Return the event that a message of this kind is for the letter, and its detail."""
    if kind == "bounce":
        status = (first.status if first else "") or kind
        return LetterEvent.BOUNCED, " ".join(part for part in (status, first.reason[:_DETAIL] if first else "") if part)
    if kind != "delivered":
        return _ABOUT_LETTERS[kind], (words or why)[:_DETAIL]
    if first is not None and first.action == "relayed":  # the next server took it, and tells no more
        return LetterEvent.SENT, f"relayed {words}"[:_DETAIL]
    return LetterEvent.DELIVERED, words[:_DETAIL] or None
