"""Commands by mail from a registered address: what each answers and what it moves."""

from __future__ import annotations

from collections.abc import Callable
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


def handle(session: Session, judgement: Judgement, command: Command, answers: Answers, move: Move) -> bool:
    """Answer ``command``; return False for one that this writer's role or this release does not have.

    What comes back False goes on as a question to support, so nothing that was written is lost.
    """
    login = judgement.login
    if login is None:
        return False
    match command.name:
        case "ФОРМА" if login.role is Role.ORGANISATION:
            return _form(session, judgement, login, answers, move)
        case "СТАТУС" if login.role is Role.ORGANISATION:
            return _status(session, login, answers)
        case "ПОМОЩЬ":
            answers.to_sender("help", {"coordinator": login.role is Role.COORDINATOR}, (login, None))
            return True
        case "ПАСПОРТ":
            passport.answer(session, login, command, answers)
            return True
        case "УЧАСТНИКИ" if login.role is Role.COORDINATOR:
            return _participants(session, judgement, login, answers)
        case "ЭКСПОРТ" if login.role is Role.COORDINATOR:
            return _export(session, judgement, login, answers)
    return False


def _form(session: Session, judgement: Judgement, login: Login, answers: Answers, move: Move) -> bool:
    """The form again, with what was last recorded in it; asking for it begins the work (status **fixed**)."""
    asked = _collections(session, judgement, answers)
    for publication in asked:
        latest = returns.latest(session, publication.code, login.code)
        answers.form(login, publication, latest.id if latest else None)
        move(session, judgement.receipt, login, publication, StatusEvent.FORM_REQUESTED)
    return bool(asked)


def _status(session: Session, login: Login, answers: Answers) -> bool:
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
    return True


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
        _status(session, login, answers)
    else:
        answers.to_sender("help", {"coordinator": login is not None and login.role is Role.COORDINATOR}, (login, None))


def _participants(session: Session, judgement: Judgement, login: Login, answers: Answers) -> bool:
    asked = _collections(session, judgement, answers)
    for publication in asked:
        counts = participations.counts(session, publication.code).get(login.region, Counts())
        report = reports.create(
            session, ReportKind.PARTICIPANTS, publication.code, login.region, login.code, answers.now
        )
        attachment = report_attachment(answers.context, session, report, answers.now)
        data = {"counts": counts_data(counts), "report_number": report.number}
        answers.to_sender("participants_list", data, (login, publication), [attachment])
    return bool(asked)


def _export(session: Session, judgement: Judgement, login: Login, answers: Answers) -> bool:
    """The number at once, the workbook when the export step has formed it (S15)."""
    asked = _collections(session, judgement, answers)
    for publication in asked:
        report = reports.create(session, ReportKind.EXPORT, publication.code, login.region, login.code, answers.now)
        answers.to_sender("export_forming", {"report_number": report.number}, (login, publication))
    return bool(asked)


def _collections(session: Session, judgement: Judgement, answers: Answers) -> list[Publication]:
    """The collection that the message is about; without one, all that are open."""
    if judgement.publication is not None and judgement.publication.collection is not None:
        return [judgement.publication]
    return publications.open_collections(session, answers.now)
