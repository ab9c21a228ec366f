"""Commands by mail from a registered address: what each answers and what it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pipeline.catalogue import text
from pipeline.mail.commands.reading import Command
from pipeline.mail.message.parse import ParsedMessage
from pipeline.model import Counts, Login, Publication, ReportKind, Role, StatusEvent
from pipeline.steps.answers import packing
from pipeline.steps.answers.answering import Answers
from pipeline.steps.answers.packing import Product
from pipeline.steps.judging.judge import Judgement
from pipeline.steps.letters.attachments import form_attachment
from pipeline.steps.letters.publications import collection_data, collection_state
from pipeline.steps.letters.rendering import collection_form
from pipeline.steps.letters.values import (
    counts_data,
    withheld,
)
from pipeline.steps.reports.forming import report_attachment
from pipeline.steps.requests import (
    arguments,
    browsing,
    coordinating,
    downloading,
    issuing,
    nudging,
    passport,
    recalling,
    withdrawn,
)
from pipeline.steps.requests.request import Handler, Request
from pipeline.store import Session, extensions, participations, publications, reports, returns


class _Obeyed(NamedTuple):
    """A command: its handler, and whether it changes something beside what its answer says (M30)."""

    handler: Handler
    changes: bool


def _gives(handler: Handler) -> _Obeyed:
    return _Obeyed(handler, changes=False)


def _changes(handler: Handler) -> _Obeyed:
    return _Obeyed(handler, changes=True)


def handle(request: Request) -> bool:
    """Answer a command; return False for one that this writer's role or this release does not have.

    What comes back False goes on as a question to support, so nothing that was written is lost.
    """
    obeyed = _obeyed(request.login, request.command)
    if obeyed is None:
        return withdrawn.refused(request)
    meant = arguments.resolved(request)
    return meant is None or withdrawn.refused(meant) or obeyed.handler(meant)


def changes_something(login: Login, command: Command, message: ParsedMessage) -> bool:
    """Whether obeying ``command`` of ``message`` would change something for ``login``, and so needs proof.

    «ПАСПОРТ» does when corrections stand with it. «ЭТО НЕ МЫ» carries its own proof, a one-time code.
    """
    if command.name == "ПАСПОРТ":
        return passport.asks_for_corrections(message, login)
    obeyed = _obeyed(login, command)
    return obeyed is not None and obeyed.changes


def _obeyed(login: Login, command: Command) -> _Obeyed | None:
    own = _COORDINATORS if login.role is Role.COORDINATOR else _ORGANISATIONS
    return own.get(command.name) or _EVERYBODY.get(command.name)


def is_answered(login: Login, command: Command, answered: Sequence[Command]) -> bool:
    """Whether the answer to one of ``answered``, earlier commands of the same message, is about ``command`` too."""
    if login.role is Role.COORDINATOR and coordinating.is_obeyed(command):
        return any(map(coordinating.is_obeyed, answered))
    return command.name == "АДРЕС" and any(earlier.name == "ПАСПОРТ" for earlier in answered)


def _help(request: Request) -> bool:
    request.answers.to_sender("help", _help_data(request.login), (request.login, None))
    return True


def _help_data(login: Login | None) -> dict[str, Any]:
    """What «ПОМОЩЬ» tells: exactly the commands that are answered, so that it cannot promise others."""
    role = login.role if login is not None else Role.ORGANISATION
    return {"coordinator": role is Role.COORDINATOR, "commands": sorted(commands_for(role))}


def commands_for(role: Role) -> frozenset[str]:
    """Return the names of the commands that a writer of this role is answered."""
    return frozenset(_EVERYBODY) | frozenset(_COORDINATORS if role is Role.COORDINATOR else _ORGANISATIONS)


def _form(request: Request) -> bool:
    """The form again, with what was last recorded in it; asking for it begins the work (status **fixed**)."""
    asked = _collections(request)
    made = [_form_product(request, publication, several=len(asked) > 1) for publication in asked]
    packing.send(request.answers, "form", request.login, made)
    for publication in asked:
        request.move(request.session, request.judgement.receipt, request.login, publication, StatusEvent.FORM_REQUESTED)
    return bool(asked)


def _form_product(request: Request, publication: Publication, *, several: bool) -> Product:
    """A form with what was last recorded, unless it keeps its data out of letters; of several each has its own name."""
    session, login, context = request.session, request.login, request.answers.context
    latest = returns.latest(session, publication.code, login.code)
    attachment = form_attachment(context, login, publication, latest.id if latest else None)
    collection = publication.collection
    hidden = withheld(collection_form(session, publication))
    data: dict[str, Any] = {
        "prefilled": latest is not None and not hidden,
        "withheld": latest is not None and hidden,
        "given": collection is not None and collection.prefill is not None,
    }
    if several:
        name = text("form.file_name_of", login=login.code, number=publication.number)
        attachment = replace(attachment, name=name)
        data |= {"file": name, "collection": collection_data(collection, request.answers.now)}
    return Product(publication, data, (attachment,))


def _status(request: Request) -> bool:
    _status_of(request.session, request.login, request.answers, request.named)
    return True


def _status_of(session: Session, login: Login, answers: Answers, named: Publication | None = None) -> None:
    items: list[dict[str, Any]] = []
    for publication in [named] if named else publications.publications(session, out_at=answers.now):
        part = participations.participation(session, publication.code, login.code)
        own = extensions.own(session, publication, login)
        if own is None or own.collection is None or part is None:
            continue
        items.append(
            {
                "title": own.title,
                "status": part.status.value,
                "begun_at": part.begun_at.isoformat() if part.begun_at else None,
                "handed_in_at": part.handed_in_at.isoformat() if part.handed_in_at else None,
                "state": collection_state(own.collection, answers.now),
                "closes_at": own.collection.closes_at.isoformat(),
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
        answers.to_sender("help", _help_data(login), (login, None))


def _participants(request: Request) -> bool:
    session, login, answers = request.session, request.login, request.answers
    asked = _collections(request)
    made: list[Product] = []
    for publication in asked:
        counts = participations.counts(session, publication.code).get(login.region, Counts())
        report = reports.create(
            session, ReportKind.PARTICIPANTS, publication.code, login.region, login.code, answers.now
        )
        attachment = report_attachment(answers.context, session, report, answers.now)
        data = {"counts": counts_data(counts), "report_number": report.number}
        made.append(Product(publication, data, (attachment,)))
    packing.send(answers, "participants_list", login, made)
    return bool(asked)


def _export(request: Request) -> bool:
    """The number at once, the workbook when the export step has formed it (S15)."""
    session, login, answers = request.session, request.login, request.answers
    asked = _collections(request)
    made: list[Product] = []
    for publication in asked:
        report = reports.create(session, ReportKind.EXPORT, publication.code, login.region, login.code, answers.now)
        made.append(Product(publication, {"report_number": report.number}))
    packing.send(answers, "export_forming", login, made)
    return bool(asked)


def _collections(request: Request) -> list[Publication]:
    """The collection that the command or the message is about; without one, all that are open."""
    if request.about is not None and request.about.collection is not None:
        return [request.about]
    return extensions.open_for(request.session, request.login, request.answers.now)


_EVERYBODY: Mapping[str, _Obeyed] = {
    "ПОМОЩЬ": _gives(_help),
    "ПАСПОРТ": _gives(passport.show),
    "СВОДКА": _gives(browsing.overview),
    "НАЙТИ": _gives(browsing.find),
    "ПУБЛИКАЦИЯ": _gives(browsing.publication),
    "ФАЙЛЫ": _gives(issuing.listing),
    "ФАЙЛ": _gives(issuing.files),
    "СКАЧАТЬ ВСЁ": _gives(issuing.everything),
    "УВЕДОМЛЕНИЯ": _gives(recalling.notifications),
}
_ORGANISATIONS: Mapping[str, _Obeyed] = {
    "АДРЕС": _changes(passport.address),
    "ФОРМА": _gives(_form),
    "СТАТУС": _gives(_status),
    "ДАННЫЕ": _gives(recalling.own_data),
}
_COORDINATORS: Mapping[str, _Obeyed] = {
    "ЗАДАЧИ": _gives(coordinating.tasks),
    "АДРЕС": _changes(coordinating.obey),
    "ПРИНЯТЬ": _changes(coordinating.obey),
    "ОТКЛОНИТЬ": _changes(coordinating.obey),
    "УЧАСТНИКИ": _gives(_participants),
    "ЭКСПОРТ": _gives(_export),
    "ОТЧЕТ СКАЧИВАНИЯ": _gives(downloading.report),
    "ДАННЫЕ": _gives(recalling.data_of),
    "НЕ ПРИСТУПИЛИ": _gives(recalling.not_started),
    "ОТЧЕТ": _gives(recalling.report_again),
    "ПРОДЛИТЬ": _changes(nudging.extend),
    "НАПОМНИТЬ": _changes(nudging.remind),
    "ПОВТОРИТЬ": _changes(nudging.repeat),
}
