"""Commands by mail from a registered address: what each answers and what it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.mail.commands import Command
from pipeline.model import Counts, Login, Publication, Receipt, ReportKind, Role, StatusEvent
from pipeline.steps import passport
from pipeline.steps.answering import Answers
from pipeline.steps.drafting import collection_state
from pipeline.steps.judging import Judgement
from pipeline.steps.reporting import report_attachment
from pipeline.steps.values import counts_data
from pipeline.store import Session, participations, publications, reports, returns

Move = Callable[[Session, Receipt, Login, Publication, StatusEvent], None]


@dataclass(frozen=True)
class Request:
    """A command from a registered address: who asked what, and how to answer and to move a status."""

    session: Session
    judgement: Judgement
    login: Login
    command: Command
    answers: Answers
    move: Move


Handler = Callable[[Request], bool]
"""Answers a request; False when there is nothing to answer with, and the message goes on as a question."""


def handle(request: Request) -> bool:
    """Answer a command; return False for one that this writer's role or this release does not have.

    What comes back False goes on as a question to support, so nothing that was written is lost.
    """
    handlers = _COORDINATORS if request.login.role is Role.COORDINATOR else _ORGANISATIONS
    handler = handlers.get(request.command.name) or _EVERYBODY.get(request.command.name)
    return handler is not None and handler(request)


def _help(request: Request) -> bool:
    coordinator = request.login.role is Role.COORDINATOR
    request.answers.to_sender("help", {"coordinator": coordinator}, (request.login, None))
    return True


def _passport(request: Request) -> bool:
    passport.answer(request.session, request.login, request.command, request.answers)
    return True


def _form(request: Request) -> bool:
    """The form again, with what was last recorded in it; asking for it begins the work (status **fixed**)."""
    session, login = request.session, request.login
    asked = _collections(request)
    for publication in asked:
        latest = returns.latest(session, publication.code, login.code)
        request.answers.form(login, publication, latest.id if latest else None)
        request.move(session, request.judgement.receipt, login, publication, StatusEvent.FORM_REQUESTED)
    return bool(asked)


def _status(request: Request) -> bool:
    _status_of(request.session, request.login, request.answers)
    return True


def _status_of(session: Session, login: Login, answers: Answers) -> None:
    items: list[dict[str, Any]] = []
    for publication in publications.publications(session):
        part = participations.participation(session, publication.code, login.code)
        if publication.collection is None or part is None:
            continue
        items.append(
            {
                "title": publication.title,
                "status": part.status.value,
                "begun_at": part.begun_at.isoformat() if part.begun_at else None,
                "handed_in_at": part.handed_in_at.isoformat() if part.handed_in_at else None,
                "state": collection_state(publication.collection, answers.now),
                "closes_at": publication.collection.closes_at.isoformat(),
            }
        )
    answers.to_sender("status", {"items": items}, (login, None))


def answer_by_rule(session: Session, judgement: Judgement, kind: str, answers: Answers) -> None:
    """Send the letter that an inbox rule names; a letter with data goes to a registered writer only."""
    login = judgement.login if judgement.registered else None
    if kind == "held":
        answers.held(judgement.decision.rule)
    elif kind == "no_workbook":
        answers.no_workbook()
    elif kind == "question_passed":
        received_at = judgement.receipt.received_at.isoformat()
        answers.to_sender("question_passed", {"received_at": received_at}, (login, None))
    elif kind == "status" and login is not None and login.role is Role.ORGANISATION:
        _status_of(session, login, answers)
    else:
        answers.to_sender("help", {"coordinator": login is not None and login.role is Role.COORDINATOR}, (login, None))


def _participants(request: Request) -> bool:
    session, login, answers = request.session, request.login, request.answers
    asked = _collections(request)
    for publication in asked:
        counts = participations.counts(session, publication.code).get(login.region, Counts())
        report = reports.create(
            session, ReportKind.PARTICIPANTS, publication.code, login.region, login.code, answers.now
        )
        attachment = report_attachment(answers.context, session, report, answers.now)
        data = {"counts": counts_data(counts), "report_number": report.number}
        answers.to_sender("participants_list", data, (login, publication), [attachment])
    return bool(asked)


def _export(request: Request) -> bool:
    """The number at once, the workbook when the export step has formed it (S15)."""
    session, login, answers = request.session, request.login, request.answers
    asked = _collections(request)
    for publication in asked:
        report = reports.create(session, ReportKind.EXPORT, publication.code, login.region, login.code, answers.now)
        answers.to_sender("export_forming", {"report_number": report.number}, (login, publication))
    return bool(asked)


def _collections(request: Request) -> list[Publication]:
    """The collection that the message is about; without one, all that are open."""
    publication = request.judgement.publication
    if publication is not None and publication.collection is not None:
        return [publication]
    return publications.open_collections(request.session, request.answers.now)


_EVERYBODY: Mapping[str, Handler] = {
    "ПОМОЩЬ": _help,
    "ПАСПОРТ": _passport,
}
_ORGANISATIONS: Mapping[str, Handler] = {
    "ФОРМА": _form,
    "СТАТУС": _status,
}
_COORDINATORS: Mapping[str, Handler] = {
    "УЧАСТНИКИ": _participants,
    "ЭКСПОРТ": _export,
}
