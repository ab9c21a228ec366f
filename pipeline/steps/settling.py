"""Settling: what a judged message changes. Returns are recorded, statuses moved, answers queued, in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from pipeline.forms.check import Checked
from pipeline.mail.commands import draft_marked
from pipeline.model import (
    Collection,
    LatePolicy,
    Login,
    Outcome,
    Publication,
    Receipt,
    ReceiptState,
    Return,
    StatusEvent,
)
from pipeline.steps import answering, requests
from pipeline.steps.answering import Answers
from pipeline.steps.context import Context
from pipeline.steps.judging import Item, Judgement
from pipeline.store import Session, letters, participations, returns

log = structlog.get_logger()


@dataclass
class Settled:
    """What became of a message: its state, why, the letters queued, and how often each outcome occurred."""

    state: ReceiptState = ReceiptState.DONE
    reason: str | None = None
    letters: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def settle(context: Context, session: Session, judgement: Judgement, now: datetime) -> Settled:
    """Write what ``judgement`` means. The caller's transaction also closes the receipt, so both happen or neither."""
    receipt = judgement.receipt
    if receipt.duplicate_of is not None:
        return Settled(reason=f"duplicate_of:{receipt.duplicate_of}", outcomes=Counter(duplicate=1))
    answers = Answers(context, session, judgement, now)
    match judgement.decision.action:
        case "return":
            settled = _returns(session, judgement, answers)
        case "command":
            settled = _command(session, judgement, answers)
        case "question":
            settled = _question(answers)
        case "bounce":
            settled = _bounces(context, session, judgement)
        case "too_large":
            answers.too_large()
            settled = Settled(ReceiptState.REFUSED, "too_large", outcomes=Counter(too_large=1))
        case "hold":
            answers.held(judgement.decision.rule)
            settled = Settled(ReceiptState.HELD, judgement.decision.rule, outcomes=Counter(held=1))
        case _:
            settled = Settled(outcomes=Counter(ignored=1))
    settled.letters = answers.queued
    return settled


def _returns(session: Session, judgement: Judgement, answers: Answers) -> Settled:
    """Each workbook is a return of its own; the message is held when any of them is."""
    settled = Settled()
    for item in judgement.items:
        outcome, hold = _item(session, judgement, item, answers)
        settled.outcomes[outcome] += 1
        if hold:
            settled.state, settled.reason = ReceiptState.HELD, item.reason or outcome
        elif settled.reason is None:
            settled.reason = item.reason or outcome
    if len(judgement.classification.workbooks) > len(judgement.items):
        settled.state, settled.reason = ReceiptState.HELD, "too_many_workbooks"
    if not judgement.items:
        answers.no_workbook()
        settled.outcomes["no_workbook"] += 1
        settled.reason = "no_workbook"
    return settled


def _item(session: Session, judgement: Judgement, item: Item, answers: Answers) -> tuple[str, bool]:
    """Settle one workbook; return (name of the outcome, whether a person has to look)."""
    if item.unreadable is not None:
        answers.unreadable(item, item.unreadable.reason, item.unreadable.message)
        item.reason = item.unreadable.reason
        return "unreadable", False
    login, publication = item.login, item.publication
    if login is None or publication is None or publication.collection is None:
        answers.held(item.reason or "unknown_sender")
        return "held", True
    if item.reason == "wrong_version":
        _move(session, judgement.receipt, login, publication, StatusEvent.RETURN_REJECTED)
        answers.wrong_version(item)
        return "wrong_version", False
    if item.checked is None or item.reason is not None:
        answers.held(item.reason or "unchecked")
        return "held", True
    return _checked(session, judgement, item, item.checked, (login, publication, publication.collection), answers)


def _checked(
    session: Session,
    judgement: Judgement,
    item: Item,
    checked: Checked,
    about: tuple[Login, Publication, Collection],
    answers: Answers,
) -> tuple[str, bool]:
    login, publication, collection = about
    receipt = judgement.receipt
    if checked.outcome is Outcome.INCIDENT:
        item.reason = "incident"
        log.error("check.incident", receipt=receipt.id, form=collection.form_id, what=checked.incident)
        answers.incident(item)
        return "incident", True
    late = receipt.received_at > collection.closes_at
    if late and collection.late is LatePolicy.REFUSE:
        answers.late(item)
        return "late", False
    early = receipt.received_at < collection.opens_at
    draft = early or draft_marked(judgement.message) or bool(item.carriers and item.carriers.draft)
    ret = _record(session, judgement, item, checked, draft=draft, late=late)
    if draft:
        _move(session, receipt, login, publication, StatusEvent.DRAFT_RECEIVED, ret.id)
        (answers.early if early else answers.draft_kept)(item, ret)
        return "early" if early else "draft", False
    if checked.outcome.is_accepted:
        _move(session, receipt, login, publication, StatusEvent.RETURN_ACCEPTED, ret.id)
        answers.accepted(item, ret)
    else:
        before = participations.participation(session, publication.code, login.code)
        standing = before is not None and before.accepted_return_id is not None
        _move(session, receipt, login, publication, StatusEvent.RETURN_REJECTED, ret.id)
        answers.rejected(item, ret, standing=standing)
    return checked.outcome.value, False


def _record(session: Session, judgement: Judgement, item: Item, checked: Checked, *, draft: bool, late: bool) -> Return:
    form, login, publication = item.form, item.login, item.publication
    if form is None or login is None or publication is None:
        raise AssertionError("a checked workbook has its form, login and publication")
    ret = Return(
        publication=publication.code,
        login=login.code,
        form_id=form.form,
        form_version=form.version,
        sha256=answering.digest_of(item.attachment.data),
        draft=draft,
        outcome=checked.outcome,
        received_at=judgement.receipt.received_at,
        late=late,
        rows=checked.rows,
        received=checked.received,
        data=checked.data if checked.outcome.is_accepted else {},
        findings=checked.findings,
        receipt_id=judgement.receipt.id,
    )
    return returns.ret(session, returns.add(session, ret))


def _move(
    session: Session,
    receipt: Receipt,
    login: Login,
    publication: Publication,
    event: StatusEvent,
    return_id: int | None = None,
) -> None:
    participations.ensure(session, publication.code, [login.code])
    participations.record(
        session,
        publication.code,
        login.code,
        event,
        receipt.received_at,
        receipt_id=receipt.id,
        return_id=return_id,
    )


def _command(session: Session, judgement: Judgement, answers: Answers) -> Settled:
    """A command gives data, so it needs a registered address and no DMARC failure (design: identity and trust)."""
    command = judgement.classification.command
    if command is None:
        return _question(answers)
    if judgement.login is None or not judgement.registered:
        reason = _distrust(judgement)
        answers.held(reason)
        return Settled(ReceiptState.HELD, reason, outcomes=Counter(held=1))
    handled = requests.handle(session, judgement, command, answers, _move)
    if not handled:
        return _question(answers)
    return Settled(reason=f"command:{command.name}", outcomes=Counter(command=1))


def _distrust(judgement: Judgement) -> str:
    """Why a command is not followed, as a stable word that the letter explains."""
    if judgement.assessment.trust == "conflict":
        return "conflict"
    return "several_logins" if judgement.assessment.trust == "sender" else "unknown_sender"


def _question(answers: Answers) -> Settled:
    answers.question()
    return Settled(reason="question", outcomes=Counter(question=1))


def _bounces(context: Context, session: Session, judgement: Judgement) -> Settled:
    """A bounce is put beside the letter it names: by its return path, else by the Message-ID it returns."""
    found = answering.bounced_letter(context, session, judgement)
    if found is None:
        return Settled(reason="bounce_of_unknown_letter", outcomes=Counter(bounce=1))
    first = next(iter(judgement.classification.bounced), None)
    status = (first.status if first else None) or judgement.classification.kind
    reason = (first.reason if first else None) or ""
    if judgement.classification.kind == "bounce":
        letters.mark_bounced(session, found, judgement.receipt.received_at, status, reason[:500])
    return Settled(reason=f"bounce_of:{found}", outcomes=Counter({judgement.classification.kind: 1}))
