"""Settling: what a judged message changes. Returns are recorded, statuses moved, answers queued, in one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from pipeline.forms.checking.check import Checked
from pipeline.mail.commands.command import Command
from pipeline.mail.commands.messages import draft_marked
from pipeline.mail.commands.onetime import says_more
from pipeline.mail.commands.words.collecting import FORM
from pipeline.mail.commands.words.confirming import NOT_US
from pipeline.mail.identity import Assessment
from pipeline.mail.kinds.beside import goes_on
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
from pipeline.model.reason import TOO_LARGE, Reason, conflict
from pipeline.steps.answers import asking, outcomes
from pipeline.steps.answers.answering import Answers
from pipeline.steps.answers.passing import pass_question
from pipeline.steps.base.context import Context
from pipeline.steps.incoming import (
    confirming,
    doubting,
    proving,
    supporting,
)
from pipeline.steps.judging.judge import (
    Item,
    Judgement,
    distrust,
)
from pipeline.steps.record import hearing
from pipeline.steps.record.reads import note_reads
from pipeline.steps.requests import dispatch
from pipeline.steps.requests.request import Request
from pipeline.store import Session, extensions, participations, returns

log = structlog.get_logger()
_PROVOKES_NOTHING = frozenset({"bounce", "file", "ignore"})


@dataclass
class Settled:
    """What became of a message: its state, why, the letters queued, and how often each outcome occurred."""

    state: ReceiptState = ReceiptState.DONE
    reason: Reason | None = None
    letters: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def settle(context: Context, session: Session, judgement: Judgement, now: datetime) -> Settled:
    """Write what ``judgement`` means. The caller's transaction also closes the receipt, so both happen or neither."""
    receipt = judgement.receipt
    if receipt.duplicate_of is not None:
        return Settled(reason=Reason("duplicate_of", receipt.duplicate_of), outcomes=Counter(duplicate=1))
    _extend(session, judgement)
    answers = Answers(context, session, judgement, now)
    if judgement.origin.doubt and judgement.decision.action not in _PROVOKES_NOTHING:
        return _doubted(judgement, answers)
    about = hearing.hear(context, session, judgement, now)
    note_reads(session, judgement, about)
    match judgement.decision.action:
        case "return":
            settled = _returns(session, judgement, answers)
            _beside(context, session, judgement, answers, settled)
        case "command":
            settled = _command(context, session, judgement, answers)
        case "confirm":
            settled = _confirmation(judgement, answers)
        case "question":
            settled = _answered(judgement, answers, confirming.answer_in_words(answers))
        case "trial":  # whoever wrote is told so, and a person reads it: nothing of it is a return or a command
            settled = _question(answers)
        case "answer_question":
            settled = _answer_of_support(answers)
        case "bounce":
            settled = _bounces(judgement, about)
        case _:
            settled = _by_rule(session, judgement, answers)
    settled.letters = answers.queued
    return settled


def _extend(session: Session, judgement: Judgement) -> None:
    """From here on every closing is that of the login: letters, forms and what is late go by it."""
    judgement.publication = extensions.own(session, judgement.publication, judgement.login)
    for item in judgement.items:
        item.publication = extensions.own(session, item.publication, item.login)


def _doubted(judgement: Judgement, answers: Answers) -> Settled:
    """Nothing of it is done and nobody is answered, whatever it asks for."""
    doubting.tell(answers)
    reason = Reason(conflict(judgement.origin.doubt))
    return Settled(ReceiptState.HELD, reason, answers.queued, Counter(held=1))


def _by_rule(session: Session, judgement: Judgement, answers: Answers) -> Settled:
    """What needs nothing but the rule's own words: a letter it names, a folder, a hold, nothing."""
    decision = judgement.decision
    match decision.action:
        case "too_large":
            outcomes.tell_too_large(answers)
            return Settled(ReceiptState.REFUSED, TOO_LARGE, outcomes=Counter(too_large=1))
        case "answer" if decision.letter:
            dispatch.answer_by_rule(session, judgement, decision.letter, answers)
            return Settled(reason=Reason("answer", name=decision.letter), outcomes=Counter(answered=1))
        case "file" if decision.folder:
            return Settled(reason=Reason("file", name=decision.folder), outcomes=Counter(filed=1))
        case "hold" if judgement.receipt.released_as is not None:
            return _question(answers)
        case "hold":
            return _held_by_rule(judgement, answers)
    return Settled(outcomes=Counter(ignored=1))


def _returns(session: Session, judgement: Judgement, answers: Answers) -> Settled:
    """Each workbook is a return of its own; the message is held when any of them is."""
    settled = Settled()
    held: list[tuple[str, Assessment]] = []
    for item in judgement.items:
        outcome, hold = _item(session, judgement, item, answers)
        settled.outcomes[outcome] += 1
        if hold:
            settled.state, settled.reason = ReceiptState.HELD, Reason(item.reason or outcome)
        elif settled.reason is None:
            settled.reason = Reason(item.reason or outcome)
        if outcome == "held":
            held.append((item.reason or "unchecked", item.assessment))
    if held:
        asking.hold(answers, held)
    if len(judgement.classification.workbooks) > len(judgement.items):
        settled.state, settled.reason = ReceiptState.HELD, Reason("too_many_workbooks")
    if not judgement.items:
        outcomes.tell_no_workbook(answers)
        settled.outcomes["no_workbook"] += 1
        settled.reason = Reason("no_workbook")
    return settled


def _beside(context: Context, session: Session, judgement: Judgement, answers: Answers, settled: Settled) -> None:
    """What stands beside a workbook is not lost: commands of the subject are answered, a question goes on to support.

    Once, though a message may be judged again; what is held waits with its workbook, and commands that lack proof
    until they are confirmed. «ФОРМА» over a workbook is the button's ready letter, used to hand the form in.
    """
    receipt, login = judgement.receipt, judgement.login
    again = receipt.kind is not None and receipt.released_as is None
    if again or settled.state is not ReceiptState.DONE or login is None or not judgement.registered:
        return
    commands = [each for each in judgement.classification.commands if each.word not in (FORM, NOT_US)]
    if proving.lacks_proof(context, session, judgement, login, commands):
        asking.hold(answers, [(proving.UNPROVEN, judgement.assessment)])
        settled.state, settled.reason = ReceiptState.HELD, Reason(proving.UNPROVEN)
        settled.outcomes["held"] += 1
        return
    answered, _, _ = _obey(session, judgement, login, commands, answers)
    if answered:
        settled.outcomes["command"] += len(answered)
    if goes_on(judgement.message, judgement.classification) and pass_question(answers):
        settled.outcomes["question"] += 1


def _item(session: Session, judgement: Judgement, item: Item, answers: Answers) -> tuple[str, bool]:
    """Settle one workbook; return (name of the outcome, whether a person has to look)."""
    if item.unreadable is not None:
        outcomes.tell_unreadable(answers, item, item.unreadable.reason, item.unreadable.message)
        item.reason = item.unreadable.reason
        return "unreadable", False
    login, publication = item.login, item.publication
    if login is None or publication is None or publication.collection is None:
        return "held", True
    if item.reason == "wrong_version":
        _move(session, judgement.receipt, login, publication, StatusEvent.RETURN_REJECTED)
        outcomes.tell_wrong_version(answers, item)
        return "wrong_version", False
    if item.checked is None or item.reason is not None:
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
        log.error("check.incident", receipt=receipt.id, form=collection.form_id, what=checked.incident)
        outcomes.tell_incident(answers, item)
        return "incident", True
    if not judgement.rehearsal and _is_recorded(session, receipt, item, login, publication):
        return "already", False
    if publication.withdrawn_at is not None and receipt.received_at >= publication.withdrawn_at:
        outcomes.tell_withdrawn(answers, item)
        return "withdrawn", False
    late = receipt.received_at > extensions.closing_for(session, publication, login, receipt.received_at)
    if late and collection.late is LatePolicy.REFUSE:
        new = extensions.note_late(session, receipt.id, publication.code, login.code, receipt.received_at)
        if not new and not judgement.rehearsal:  # beside a workbook for which an extension has reopened the message
            return "already", False
        outcomes.tell_late(answers, item)
        return "late", False
    early = receipt.received_at < collection.opens_at
    draft = early or draft_marked(judgement.message) or (item.carriers is not None and item.carriers.draft is not False)
    ret = _record(session, judgement, item, checked, draft=draft, late=late)
    if draft:
        _move(session, receipt, login, publication, StatusEvent.DRAFT_RECEIVED, ret.id)
        (outcomes.tell_early if early else outcomes.tell_draft_kept)(answers, item, ret)
        return "early" if early else "draft", False
    before = participations.participation(session, publication.code, login.code)
    standing = before is not None and before.accepted_return_id is not None
    if checked.outcome.is_accepted:
        _move(session, receipt, login, publication, StatusEvent.RETURN_ACCEPTED, ret.id)
        outcomes.tell_accepted(answers, item, ret, replaces=standing)
    else:
        _move(session, receipt, login, publication, StatusEvent.RETURN_REJECTED, ret.id)
        outcomes.tell_rejected(answers, item, ret, standing=standing)
    return checked.outcome.value, False


def _is_recorded(session: Session, receipt: Receipt, item: Item, login: Login, publication: Publication) -> bool:
    """A message held for one of its workbooks has brought the others already; a release does not bring them twice."""
    brought = [
        ret.sha256
        for ret in returns.of_receipt(session, receipt.id)
        if (ret.login, ret.publication) == (login.code, publication.code)
    ]
    return bool(brought) and hashlib.sha256(item.attachment.data).hexdigest() in brought


def _record(session: Session, judgement: Judgement, item: Item, checked: Checked, *, draft: bool, late: bool) -> Return:
    form, login, publication = item.form, item.login, item.publication
    if form is None or login is None or publication is None:
        raise AssertionError("a checked workbook has its form, login and publication")
    ret = Return(
        publication=publication.code,
        login=login.code,
        form_id=form.form,
        form_version=form.version,
        sha256=hashlib.sha256(item.attachment.data).hexdigest(),
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


def _command(context: Context, session: Session, judgement: Judgement, answers: Answers) -> Settled:
    """A command gives data, so it needs a registered address; one that changes something needs proof of it (M30)."""
    command = judgement.classification.command
    if command is None:
        return _question(answers)
    if command.word is NOT_US:
        return _confirmation(judgement, answers)
    commands = judgement.classification.commands
    if judgement.login is None or not judgement.registered:
        if all(each.written for each in commands):  # of whoever we do not know a sentence is a question
            return _question(answers)
        return _held(judgement, answers, distrust(judgement.assessment))
    done_at_once = [each for each in commands if not dispatch.must_be_asked(judgement.login, each, judgement.message)]
    if proving.lacks_proof(context, session, judgement, judgement.login, done_at_once):
        return _held(judgement, answers, proving.UNPROVEN)
    answered, not_ours, why = _obey(session, judgement, judgement.login, commands, answers)
    beside = goes_on(judgement.message, judgement.classification)
    if why and not answered:
        if not_ours or beside:
            pass_question(answers)
        return Settled(ReceiptState.REFUSED, Reason(why), outcomes=Counter({why: 1}))
    if not answered:
        return _question(answers)
    if not_ours or beside:
        pass_question(answers)  # what is no command is not lost
    reason = Reason("command", commands=tuple(dict.fromkeys(each.name for each in answered)), undone=why)
    return Settled(reason=reason, outcomes=Counter(command=len(answered)))


def _obey(
    session: Session, judgement: Judgement, login: Login, commands: Sequence[Command], answers: Answers
) -> tuple[list[Command], list[Command], str]:
    """Carry out ``commands`` as long as an answer may leave for each: what cannot be answered is not done (M33).

    Returns what was answered, what is no command for this writer, and, where the rest was left undone, why.
    """
    answered: list[Command] = []
    not_ours: list[Command] = []
    for number, command in enumerate(commands):
        together = dispatch.is_answered(login, command, answered)
        if not together and (why := answers.cannot_answer(login, commands[number:])):
            return answered, not_ours, why
        request = Request(session, judgement, login, command, answers, _move)
        if dispatch.must_be_asked(login, command, judgement.message):
            dispatch.ask_what_is_meant(request)
            answered.append(command)
            continue
        with answers.understanding(command):
            done = dispatch.handle(request)
        (answered if done else not_ours).append(command)
    return answered, not_ours, ""


def _confirmation(judgement: Judgement, answers: Answers) -> Settled:
    """An answer to our own question; without a code of ours it is a question to support like any other."""
    command = judgement.classification.command
    return _answered(judgement, answers, confirming.answer(answers, command) if command is not None else None)


def _answered(judgement: Judgement, answers: Answers, answered: confirming.Answered | None) -> Settled:
    """What an answer to our question did, and what is written beside it goes on; without one it is a question."""
    if answered is None:
        return _question(answers)
    if says_more(judgement.message):
        pass_question(answers)
    return Settled(answered.state, answered.reason, outcomes=Counter({answered.outcome: 1}))


def _held_by_rule(judgement: Judgement, answers: Answers) -> Settled:
    """A rule holds it. What contradicts itself is told so; only a command can be vouched for, never an answer to us."""
    if judgement.assessment.trust != "conflict":
        asking.tell_held(answers, judgement.decision.rule)
        return Settled(ReceiptState.HELD, Reason(judgement.decision.rule), outcomes=Counter(held=1))
    reason = distrust(judgement.assessment)
    if judgement.classification.kind == "request":
        return _held(judgement, answers, reason)
    asking.tell_held(answers, reason)
    return Settled(ReceiptState.HELD, Reason(reason), outcomes=Counter(held=1))


def _held(judgement: Judgement, answers: Answers, reason: str) -> Settled:
    asking.hold(answers, [(reason, judgement.assessment)])
    return Settled(ReceiptState.HELD, Reason(reason), outcomes=Counter(held=1))


def _question(answers: Answers) -> Settled:
    if not pass_question(answers):  # too many today: support finds it among the held ones
        return Settled(ReceiptState.HELD, Reason("cap"), outcomes=Counter(held=1))
    return Settled(reason=Reason("question", undone="over_cap" if answers.capped else ""), outcomes=Counter(question=1))


def _answer_of_support(answers: Answers) -> Settled:
    reason = supporting.pass_on(answers)
    if reason is None or reason.is_of_a_cap:
        return Settled(ReceiptState.HELD, reason or Reason("answer_to_nobody"), outcomes=Counter(held=1))
    return Settled(reason=reason, outcomes=Counter(answered=1))


def _bounces(judgement: Judgement, about: int | None) -> Settled:
    """A report stands beside the letter it is ``about``; ``hearing.hear`` has put it there."""
    if about is None:
        return Settled(reason=Reason("bounce_of_unknown_letter"), outcomes=Counter(bounce=1))
    return Settled(reason=Reason("bounce_of", about), outcomes=Counter({judgement.classification.kind: 1}))
