"""What is on record, by mail: «ДАННЫЕ», «НЕ ПРИСТУПИЛИ», «УВЕДОМЛЕНИЯ», «ОТЧЕТ n» (S13, S14, S15).

A coordinator sees the own region and nothing else; an organisation sees itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.catalogue import has, text
from pipeline.mail.commands.words.collecting import DATA, NOT_STARTED
from pipeline.mail.commands.words.reports import NOTIFICATIONS, REPORT
from pipeline.mail.letters.kinds.data import DataLetter, DataSection
from pipeline.mail.letters.kinds.not_started import NotStartedLetter, NotStartedRow
from pipeline.mail.letters.kinds.notifications import NotificationRow, NotificationsLetter
from pipeline.mail.letters.kinds.report_again import ReportAgainLetter
from pipeline.model import (
    AttachmentKind,
    AttachmentSpec,
    Counts,
    Letter,
    LetterState,
    Login,
    Publication,
    Report,
    ReportKind,
    ReportState,
    Role,
    Status,
)
from pipeline.reports.participants import waiting_row
from pipeline.steps.answers import packing
from pipeline.steps.answers.packing import Product
from pipeline.steps.letters import values
from pipeline.steps.letters.rendering import form_of
from pipeline.steps.reports.forming import report_attachment
from pipeline.steps.requests import choosing
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import extensions, notices, participations, publications, reports, returns, roster

_MOST_NOTICES = 20
_MOST_WAITING = 100  # of all collections in one letter, of each not fewer than
_FEWEST_WAITING = 10
_MOST_SECTIONS = 10
_NOTHING_OPEN = NotStartedRow(rows=(), counts=None, left=0, attached=False)
_NOT_SENT = (LetterState.FAILED, LetterState.EXPIRED)


@handles(DATA, Role.ORGANISATION)
def own_data(request: Request) -> bool:
    """«ДАННЫЕ»: what is accepted of the writer, sheet by sheet."""
    about = request.login
    asked = _of_message(request) or [item for item in choosing.visible(request) if item.collection is not None]
    _send_data(request, about, asked)
    return True


@handles(DATA, Role.COORDINATOR)
def data_of(request: Request) -> bool:
    """«ДАННЫЕ логин»: what is accepted of an organisation of the coordinator's region (S14)."""
    session, login, argument = request.session, request.login, request.command.argument
    if not argument:
        _send_data(request, None, [], reason="no_login")
        return True
    about = roster.organisation_of(session, argument, login.region)
    if about is None:
        _send_data(request, None, [], reason="not_in_region")
        return True
    asked = _of_message(request) or [item for item in choosing.visible(request) if item.collection is not None]
    _send_data(request, about, asked)
    return True


def _of_message(request: Request) -> list[Publication]:
    """The collection that the command names, or that the letter answered is about, if it is about one."""
    about = request.about
    return [about] if about is not None and about.collection is not None else []


def _send_data(request: Request, about: Login | None, asked: Sequence[Publication], reason: str = "") -> None:
    items = [item for publication in asked if about and (item := _section(request, about, publication)) is not None]
    letter = DataLetter(
        asked=request.command.argument,
        reason=reason,
        about=values.organisation_row(about) if about else None,
        own=about is not None and about.code == request.login.code,
        items=tuple(items[:_MOST_SECTIONS]),
        items_left=max(0, len(items) - _MOST_SECTIONS),
    )
    request.answers.to_sender(letter, request.login, asked[0] if len(asked) == 1 else None)


def _section(request: Request, about: Login, publication: Publication) -> DataSection | None:
    """What one collection has of an organisation; None where it need not answer."""
    session = request.session
    part = participations.participation(session, publication.code, about.code)
    if part is None:
        return None
    accepted = returns.ret(session, part.accepted_return_id) if part.accepted_return_id is not None else None
    form = form_of(session, accepted.form_id, accepted.form_version) if accepted else None
    limit = request.answers.context.limits.showing.values
    tables, left = values.shown_values(form, accepted.data, limit) if accepted else ((), 0)
    return DataSection(
        title=publication.title,
        number=publication.number,
        status=part.status,
        begun_at=part.begun_at,
        handed_in_at=part.handed_in_at,
        return_=accepted.id if accepted else None,
        rows=values.row_counts(form, accepted.rows) if accepted else (),
        tables=tables,
        left=left,
        withheld=values.withheld(form),
    )


@handles(NOT_STARTED)
def not_started(request: Request) -> bool:
    """«НЕ ПРИСТУПИЛИ»: who of the region has not begun (S13); a list too long for a letter comes as a workbook too."""
    session, login, answers = request.session, request.login, request.answers
    asked = _of_message(request) or extensions.open_for(session, login, answers.now)
    if not asked:
        answers.to_sender(NotStartedLetter(product=_NOTHING_OPEN), login)
        return True
    most = max(_FEWEST_WAITING, _MOST_WAITING // len(asked))
    made: list[Product[NotStartedRow]] = []
    for publication in asked:
        people = participations.participants(session, publication.code, login.region)
        waiting = [person for person in people if person.participation.status is Status.NOT_STARTED]
        counts = participations.counts(session, publication.code).get(login.region, Counts())
        attachments = []
        if len(waiting) > most:
            report = reports.create(
                session, ReportKind.PARTICIPANTS, publication.code, login.region, login.code, answers.now
            )
            attachments.append(report_attachment(answers.context, session, report, answers.now))
        row = NotStartedRow(
            rows=tuple(map(waiting_row, waiting[:most])),
            counts=values.counts_row(counts),
            left=max(0, len(waiting) - most),
            attached=bool(attachments),
        )
        made.append(Product(publication, row, tuple(attachments)))
    packing.send(answers, NotStartedLetter, login, made)
    return True


@handles(NOTIFICATIONS)
def notifications(request: Request) -> bool:
    """«УВЕДОМЛЕНИЯ»: a coordinator's reports by number, an organisation's last letters; the new ones counted."""
    session, login = request.session, request.login
    since = notices.last_answered(session, login.code, "notifications")
    if login.role is Role.COORDINATOR:
        found = notices.of_region(session, login.region, _MOST_NOTICES)
        items = [_report_line(request, report, new=_is_new(report.ready_at, since)) for report in found]
        total = notices.count_of_region(session, login.region)
        new = total if since is None else notices.count_of_region(session, login.region, since)
    else:
        sent = notices.letters_to(session, login.code, login.addresses, _MOST_NOTICES)
        items = [_letter_line(request, letter, new=_is_new(letter.created_at, since)) for letter in sent]
        total, new = len(items), sum(item.new for item in items)
    letter = NotificationsLetter(items=tuple(items), total=total, new=new, since=since)
    request.answers.to_sender(letter, login)
    return True


def _is_new(at: datetime | None, since: datetime | None) -> bool:
    return at is not None and (since is None or at > since)


def _report_line(request: Request, report: Report, *, new: bool) -> NotificationRow:
    publication = publications.publication(request.session, report.publication)
    return NotificationRow(
        number=report.number,
        what=text(f"notice.report.{report.kind.value}"),
        about=publication.title if publication else report.publication,
        at=report.ready_at or report.created_at,
        state=text(f"notice.report_state.{report.state.value}"),
        ready=report.state is ReportState.READY,
        new=new,
    )


def _letter_line(request: Request, letter: Letter, *, new: bool) -> NotificationRow:
    publication = publications.publication(request.session, letter.publication) if letter.publication else None
    code = f"notice.letter.{letter.kind}"
    state = "sent" if letter.state is LetterState.SENT else "not_sent" if letter.state in _NOT_SENT else "waiting"
    return NotificationRow(
        number=None,
        what=text(code) if has(code) else text("notice.letter.other"),
        about=publication.title if publication else "",
        at=letter.sent_at or letter.created_at,
        state=text(f"notice.letter_state.{state}"),
        ready=False,
        new=new,
    )


@handles(REPORT)
def report_again(request: Request) -> bool:
    """«ОТЧЕТ n»: a report of the own region once more (S15); another region's is as unknown as none."""
    session, login = request.session, request.login
    number = int(request.command.argument)
    report = reports.report(session, number)
    if report is None or report.region != login.region:
        unknown = ReportAgainLetter(report_number=number, state="unknown", what="", made_at=None)
        request.answers.to_sender(unknown, login)
        return True
    attachments = []
    if report.state is ReportState.READY:
        attachments.append(AttachmentSpec(AttachmentKind.REPORT, report.name, {"number": report.number}))
    letter = ReportAgainLetter(
        report_number=number,
        state=report.state.value,
        what=text(f"notice.report.{report.kind.value}"),
        made_at=report.ready_at,
    )
    publication = publications.publication(session, report.publication)
    request.answers.to_sender(letter, login, publication, attachments)
    return True
