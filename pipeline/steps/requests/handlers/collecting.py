"""A collection by mail: ``ФОРМА``, ``СТАТУС``, ``УЧАСТНИКИ``, ``ЭКСПОРТ``."""

from __future__ import annotations

from dataclasses import replace

from pipeline.catalogue import text
from pipeline.mail.commands.words.collecting import FORM, PARTICIPANTS, STATUS
from pipeline.mail.commands.words.reports import EXPORT
from pipeline.mail.letters.kinds.export_forming import ExportFormingLetter, ExportFormingRow
from pipeline.mail.letters.kinds.form import FormLetter, FormRow
from pipeline.mail.letters.kinds.participants_list import ParticipantsListLetter, ParticipantsRow
from pipeline.mail.letters.kinds.status import StatusLetter
from pipeline.model import Counts, Login, Publication, ReportKind, StatusEvent
from pipeline.steps.answers import packing
from pipeline.steps.answers.answering import Answers
from pipeline.steps.answers.packing import Product
from pipeline.steps.letters.attachments import form_attachment
from pipeline.steps.letters.publications import collection_block
from pipeline.steps.letters.rendering import collection_form
from pipeline.steps.letters.values import counts_row, withheld
from pipeline.steps.reports.forming import report_attachment
from pipeline.steps.requests import participating
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import Session, extensions, participations, publications, reports, returns


@handles(FORM)
def form(request: Request) -> bool:
    """The form again, with what was last recorded in it; asking for it begins the work (status **fixed**)."""
    asked = _collections(request)
    made = [_form_product(request, publication, several=len(asked) > 1) for publication in asked]
    packing.send(request.answers, FormLetter, request.login, made)
    for publication in asked:
        request.move(request.session, request.judgement.receipt, request.login, publication, StatusEvent.FORM_REQUESTED)
    return bool(asked)


def _form_product(request: Request, publication: Publication, *, several: bool) -> Product[FormRow]:
    """A form with what was last recorded, unless it keeps its data out of letters; of several each has its own name."""
    session, login, context = request.session, request.login, request.answers.context
    latest = returns.latest(session, publication.code, login.code)
    attachment = form_attachment(context, login, publication, latest.id if latest else None)
    collection = publication.collection
    hidden = withheld(collection_form(session, publication))
    row = FormRow(
        prefilled=latest is not None and not hidden,
        withheld=latest is not None and hidden,
        given=collection is not None and collection.prefill is not None,
    )
    if several:
        name = text("form.file_name_of", login=login.code, number=publication.number)
        attachment = replace(attachment, name=name)
        row = replace(row, file=name, collection=collection_block(collection, request.answers.now))
    return Product(publication, row, (attachment,))


@handles(STATUS)
def status(request: Request) -> bool:
    send_status(request.session, request.login, request.answers, request.named)
    return True


def send_status(session: Session, login: Login, answers: Answers, named: Publication | None = None) -> None:
    """Answer with the status of ``login`` in each of its collections, or in the one that is ``named``."""
    asked = [named] if named else publications.publications(session, out_at=answers.now)
    answers.to_sender(StatusLetter(items=participating.status_rows(session, login, asked, answers.now)), login)


@handles(PARTICIPANTS)
def participants(request: Request) -> bool:
    session, login, answers = request.session, request.login, request.answers
    asked = _collections(request)
    made: list[Product[ParticipantsRow]] = []
    for publication in asked:
        counts = participations.counts(session, publication.code).get(login.region, Counts())
        report = reports.create(
            session, ReportKind.PARTICIPANTS, publication.code, login.region, login.code, answers.now
        )
        attachment = report_attachment(answers.context, session, report, answers.now)
        row = ParticipantsRow(counts=counts_row(counts), report_number=report.number)
        made.append(Product(publication, row, (attachment,)))
    packing.send(answers, ParticipantsListLetter, login, made)
    return bool(asked)


@handles(EXPORT)
def export(request: Request) -> bool:
    """The number at once, the workbook when the export step has formed it (S15)."""
    session, login, answers = request.session, request.login, request.answers
    asked = _collections(request)
    made: list[Product[ExportFormingRow]] = []
    for publication in asked:
        report = reports.create(session, ReportKind.EXPORT, publication.code, login.region, login.code, answers.now)
        made.append(Product(publication, ExportFormingRow(report_number=report.number)))
    packing.send(answers, ExportFormingLetter, login, made)
    return bool(asked)


def _collections(request: Request) -> list[Publication]:
    """The collection that the command or the message is about; without one, all that are open."""
    if request.about is not None and request.about.collection is not None:
        return [request.about]
    return extensions.open_for(request.session, request.login, request.answers.now)
