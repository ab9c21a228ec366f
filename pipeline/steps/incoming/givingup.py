"""Giving up: what nothing is tried with any more is said, to its writer and to an operator.

A message that could not be judged may be one that kills whoever reads it. Only its header is looked at, first by a
child process with limits; its writer is known from that, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from pipeline.catalogue import has, text
from pipeline.mail.identity import tags_in
from pipeline.mail.kinds.classify import classify
from pipeline.mail.letters.kinds.attention import AttentionLetter, LostLetter, LostMessage, LostReport, Restored
from pipeline.mail.letters.kinds.incident import IncidentLetter
from pipeline.mail.message.parse import parse
from pipeline.model import Hours, Receipt, ReceiptState, Refused
from pipeline.model.incoming import Verdict
from pipeline.model.outgoing import ANSWER
from pipeline.model.problems import GivenUp, Loss
from pipeline.model.reason import Reason
from pipeline.steps.answers.answering import Answers
from pipeline.steps.base.context import Context
from pipeline.steps.base.patience import (
    OutOfTimeError,
    Patience,
)
from pipeline.steps.judging.judge import (
    Judgement,
    Recognised,
    judge,
)
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.store import (
    Session,
    letters,
    receipts,
    reports,
)
from pipeline.store.operations import given_up

log = structlog.get_logger()
_HEADER_BYTES = 64 * 1024
_MOST = 50  # things in one letter
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def give_up(context: Context, receipt: Receipt, now: datetime, reason: str) -> None:
    """Settle a claimed message as failed, tell its writer that it was received, and note it for an operator.

    Its writer is not told when that, too, takes too long.
    """
    try:
        with Patience(context.limits.judging.message) as patience:
            with patience.turn():
                message = _header(context, receipt)
            with context.store.transaction() as session, patience.turn():
                _settle(context, session, receipt, message, reason, now)
    except (Exception, OutOfTimeError):
        log.exception("given_up.unanswered", receipt=receipt.id)
        with context.store.transaction() as session:
            _settle(context, session, receipt, None, reason, now)


def tell(context: Context, now: datetime) -> None:
    """Queue one letter to support about everything given up that is not reported yet.

    Once, and not more often than ``limits.judging.say_given_up``: what comes sooner goes into the next letter.
    """
    with context.store.reading() as session:
        last = given_up.last_said(session)
        if not given_up.unsaid(session) or (last is not None and now - last < context.limits.judging.say_given_up):
            return
    with context.store.transaction() as session:
        losses = given_up.unsaid(session)
        letter_id = say(context, session, losses, now) if losses else None
        given_up.say(session, losses, now)
    for loss in losses:
        log.error("alert.given_up", what=loss.what.value, number=loss.number, reason=loss.reason)
    if letter_id is not None:
        spool_ready(context, [letter_id])


def say(
    context: Context,
    session: Session,
    losses: Sequence[Loss],
    now: datetime,
    *,
    restored: Restored | None = None,
    letter_id: int | None = None,
) -> int | None:
    """Queue the letter to support about ``losses``; ``restored`` tells of a restored database instead."""
    shown = losses[:_MOST]
    data = AttentionLetter(
        receipts=tuple(_message(session, loss) for loss in shown if loss.what is GivenUp.RECEIPT),
        letters=tuple(_letter(session, loss) for loss in shown if loss.what is GivenUp.LETTER),
        reports=tuple(_report(session, loss) for loss in shown if loss.what is GivenUp.REPORT),
        left=len(losses) - len(shown),
        restored=restored,
    )
    key = f"{data.kind}:{losses[0].id}-{losses[-1].id}" if losses else f"{data.kind}:restored:{now.isoformat()}"
    terms = Terms(ANSWER, Hours.ANY, awaits_answer=False)
    letter = new_letter(context, key, data, context.support, Subject(), now, terms)
    return letters.enqueue_sure(session, replace(letter, expires_at=None), letter_id)  # an alarm is never too late


def _header(context: Context, receipt: Receipt) -> Recognised | None:
    """What the header of a message says; None when even that cannot be read safely."""
    head = context.archive.get(receipt.sha256)[:_HEADER_BYTES]
    end = _BLANK_LINE.search(head)
    head = head[: end.end() if end else head.rfind(b"\n") + 1]
    if isinstance(context.isolated.run("header", head), Refused):
        log.warning("given_up.header_unreadable", receipt=receipt.id)
        return None
    message = parse(head)
    classification = classify(message, context.own_addresses)
    tags = tags_in(message, context.tagger, context.sender.address)
    return Recognised(receipt, message, classification, tags, fetched=False)


def _settle(
    context: Context, session: Session, receipt: Receipt, header: Recognised | None, reason: str, now: datetime
) -> None:
    """All in one transaction; nothing when another worker has the message now."""
    judgement = judge(context, session, header) if header is not None else None
    verdict = Verdict(
        state=ReceiptState.FAILED,
        rules_hash=context.rules.hash,
        login=judgement.login.code if judgement and judgement.login else None,
        sender=judgement.message.sender if judgement else None,
        subject=judgement.message.subject[:500] if judgement else None,
        reason=Reason(reason),
    )
    if receipts.finish(session, receipt.id, context.owner, now, verdict):
        answered = judgement is not None and _answer(context, session, judgement, now)
        given_up.note(session, [Loss(GivenUp.RECEIPT, receipt.id, reason, answered)], now)


def _answer(context: Context, session: Session, judgement: Judgement, now: datetime) -> bool:
    """Tell the writer that it came, without any data.

    False when nobody gets a letter: a robot, an address beyond its cap, or one that may be forged.
    """
    if judgement.origin.doubt:
        return False
    answers, login = Answers(context, session, judgement, now), judgement.login
    letter = IncidentLetter(received_at=answers.received_at, file_name="")
    answers.to_sender(letter, login if judgement.registered else None)
    return bool(answers.queued)


def _message(session: Session, loss: Loss) -> LostMessage:
    found = receipts.receipt(session, loss.number)
    return LostMessage(
        number=loss.number,
        sender=(found.sender if found else None) or "",
        received_at=found.received_at if found else None,
        reason=_in_words(loss.reason),
        answered=loss.answered,
    )


def _letter(session: Session, loss: Loss) -> LostLetter:
    found = letters.letter(session, loss.number)
    kind = f"notice.letter.{found.kind}" if found else ""
    return LostLetter(
        number=loss.number,
        what=text(kind if has(kind) else "notice.letter.other"),
        address=found.address if found else "",
        login=(found.login if found else None) or "",
        reason=_in_words(loss.reason),
        doubtful=loss.reason == "left_in_doubt",
    )


def _report(session: Session, loss: Loss) -> LostReport:
    found = reports.report(session, loss.number)
    return LostReport(
        number=loss.number,
        publication=found.publication if found else "",
        asked_by=(found.requested_by if found else None) or "",
        reason=_in_words(loss.reason, "reason.report_raised"),
    )


def _in_words(reason: str, raised: str = "reason.raised") -> str:
    """The catalogue's words for a recorded reason; the name of a fault is put into the sentence ``raised``."""
    code = f"reason.{reason}"
    return text(code) if has(code) else text(raised, what=reason)
