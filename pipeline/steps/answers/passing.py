"""Passing on: a question goes to support with its context, and the writer reads that it did."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.catalogue import text
from pipeline.mail.addresses import readable
from pipeline.mail.commands.leftover import beyond_politeness, unread_commands
from pipeline.mail.commands.likely import nearest_command
from pipeline.mail.commands.lines import own_subject
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.kinds.question import QuestionLetter
from pipeline.mail.letters.kinds.question_passed import QuestionPassedLetter
from pipeline.mail.letters.kinds.stranger import StrangerLetter
from pipeline.mail.letters.rows import OrganisationRow
from pipeline.model import AttachmentKind, AttachmentSpec, Login
from pipeline.steps.answers.answering import Answers
from pipeline.steps.judging.judge import Judgement
from pipeline.steps.judging.questions import answer_address
from pipeline.steps.letters.values import organisation_row
from pipeline.steps.letters.writing import Subject
from pipeline.store import Session, letters, roster

_DAY = timedelta(days=1)
_MOST_SERVED = 40
_LONGEST_TEXT = 4000


def pass_question(answers: Answers) -> bool:
    """Pass the message to support as a question, and tell the writer whether it was passed.

    Returns False when a cap stood in the way.
    """
    judgement, context = answers.judgement, answers.context
    message, receipt = judgement.message, judgement.receipt
    letter = QuestionLetter(
        sender=readable(message.sender or ""),
        subject=message.subject,
        text=message.text[:_LONGEST_TEXT],
        trust=judgement.assessment.trust,
        served=_served(answers.session, judgement),
        received_at=answers.received_at,
        answer_to=answer_address(context, receipt.id) if message.sender else "",
    )
    original = AttachmentSpec(AttachmentKind.MESSAGE, text("question.file_name"), {"sha256": receipt.sha256})
    passed = answers.to_support(letter, judgement.login, judgement.publication, [original], capped=True)
    answer = _answer(answers.session, judgement, passed=passed, now=answers.now)
    if answer is not None and (passed or isinstance(answer[0], QuestionPassedLetter)):
        answers.to_sender(answer[0], answer[1].login, answer[1].publication)
    return passed


def _answer(
    session: Session, judgement: Judgement, *, passed: bool, now: datetime
) -> tuple[LetterData, Subject] | None:
    """Return the letter that answers a question, and what it is about; None where nobody is answered.

    Whoever we know reads that it was passed on, also where it is open for which login. An address that we do not know
    reads so once a day. Nobody is answered whose origin is in doubt.
    """
    sender, login, at = judgement.message.sender, judgement.login, judgement.receipt.received_at
    if not sender or judgement.origin.doubt:
        return None
    if login is not None and judgement.registered:
        beside = bool(judgement.classification.commands)
        meant = "" if beside else _meant(judgement, login)
        undone = unread_commands(judgement.message) if beside else ()
        letter = QuestionPassedLetter(received_at=at, passed=passed, meant=meant, undone=undone)
        return letter, Subject(login, judgement.publication)
    if roster.logins_of_address(session, sender):
        return QuestionPassedLetter(received_at=at, passed=passed), Subject()
    if letters.answers_since(session, sender, now - _DAY):
        return None
    # About the login whose tag came along, so that its cap counts it; the letter names nobody.
    return StrangerLetter(received_at=at), Subject(login)


def _meant(judgement: Judgement, login: Login) -> str:
    """The command that the writer may have meant, where the message is one short line."""
    said = [line for line, _ in beyond_politeness(judgement.message)]
    lines = said or [own_subject(judgement.message.subject)]
    return nearest_command(lines[0], login.role) if len(lines) == 1 else ""


def _served(session: Session, judgement: Judgement) -> tuple[OrganisationRow, ...]:
    """The logins of the writer, where it is open for which of them the message is."""
    if judgement.login is not None or not judgement.message.sender:
        return ()
    return tuple(map(organisation_row, roster.logins_of_address(session, judgement.message.sender)[:_MOST_SERVED]))
