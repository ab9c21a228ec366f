"""Commands by mail from a registered address: which handler answers one, and whether it needs proof."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.mail.commands.command import Command, Effect
from pipeline.mail.commands.words.record import ADDRESS, PASSPORT
from pipeline.mail.letters.kinds.meant import MeantLetter
from pipeline.mail.letters.kinds.question_passed import QuestionPassedLetter
from pipeline.mail.message.parse import ParsedMessage
from pipeline.model import Login, Role
from pipeline.steps.answers import asking, outcomes
from pipeline.steps.answers.answering import Answers
from pipeline.steps.judging.judge import Judgement
from pipeline.steps.requests import arguments, withdrawn
from pipeline.steps.requests.handlers import ENTRIES, collecting, coordinating, helping
from pipeline.steps.requests.request import Request
from pipeline.store import Session


def handle(request: Request) -> bool:
    """Answer a command; return False for one that this writer's role does not have.

    What comes back False goes on as a question to support, so nothing that was written is lost.
    """
    entry = ENTRIES.get((request.command.word, request.login.role))
    if entry is None:
        return withdrawn.refused(request)
    meant = arguments.resolved(request)
    return meant is None or withdrawn.refused(meant) or entry.handler(meant)


def changes_something(login: Login, command: Command, message: ParsedMessage) -> bool:
    """Return whether obeying ``command`` of ``message`` would change something for ``login``, and so needs proof."""
    entry = ENTRIES.get((command.word, login.role))
    if entry is None:
        return False
    if entry.changes is not None:
        return entry.changes(message, login)
    return command.word.effect is Effect.CHANGES


def must_be_asked(login: Login, command: Command, message: ParsedMessage) -> bool:
    """Return whether ``command``, only likely to be meant, would change something: then its writer is asked first."""
    if not command.written or (command.word, login.role) not in ENTRIES:
        return False
    beside = command.word.effect is Effect.DEPENDS and bool(command.argument)
    return beside or changes_something(login, command, message)


def ask_what_is_meant(request: Request) -> None:
    """Answer a command that is only likely to be meant with the line that would be done."""
    command = request.command
    letter = MeantLetter(asked=command.written, command=str(command))
    request.answers.to_sender(letter, request.login, request.about)


def is_answered(login: Login, command: Command, answered: Sequence[Command]) -> bool:
    """Return whether the answer to one of ``answered``, earlier commands of the message, is about ``command`` too."""
    if login.role is Role.COORDINATOR and coordinating.is_obeyed(command):
        return any(map(coordinating.is_obeyed, answered))
    return command.word is ADDRESS and any(earlier.word is PASSPORT for earlier in answered)


def answer_by_rule(session: Session, judgement: Judgement, kind: str, answers: Answers) -> None:
    """Send the letter that an inbox rule names; a letter with data goes to a registered writer only."""
    login = judgement.login if judgement.registered else None
    if kind == "held":
        asking.tell_held(answers, judgement.decision.rule)
    elif kind == "no_workbook":
        outcomes.tell_no_workbook(answers)
    elif kind == "question_passed":
        answers.to_sender(QuestionPassedLetter(received_at=answers.received_at, passed=True), login)
    elif kind == "status" and login is not None and login.role is Role.ORGANISATION:
        collecting.send_status(session, login, answers)
    else:
        answers.to_sender(helping.help_letter(login), login)
