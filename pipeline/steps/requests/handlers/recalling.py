"""What is on record, by mail: «ДАННЫЕ», «НЕ ПРИСТУПИЛИ», «УВЕДОМЛЕНИЯ», «ОТЧЕТ n» (S13, S14, S15).

A coordinator sees the own region and nothing else; an organisation sees itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.catalogue import has, text
from pipeline.mail.commands.words.collecting import DATA, NOT_STARTED
from pipeline.mail.commands.words.reports import NOTIFICATIONS, REPORT
from pipeline.model import (
    AttachmentKind,
    AttachmentSpec,
    Counts,
    Letter,
    LetterState,
    Login,
    Participant,
    Publication,
    Report,
    ReportKind,
    ReportState,
    Role,
    Status,
)
from pipeline.reports.flags import flags_in_words
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
    data = {
        "asked": request.command.argument,
        "reason": reason,
        "about": {"login": about.code, "name": about.name} if about else None,
        "own": about is not None and about.code == request.login.code,
        "items": items[:_MOST_SECTIONS],
        "items_left": max(0, len(items) - _MOST_SECTIONS),
    }
    publication = asked[0] if len(asked) == 1 else None
    request.answers.to_sender("data", data, (request.login, publication))


def _section(request: Request, about: Login, publication: Publication) -> dict[str, Any] | None:
    """What one collection has of an organisation; None where it need not answer."""
    session = request.session
    part = participations.participation(session, publication.code, about.code)
    if part is None:
        return None
    accepted = returns.ret(session, part.accepted_return_id) if part.accepted_return_id is not None else None
    form = form_of(session, accepted.form_id, accepted.form_version) if accepted else None
    limit = request.answers.context.limits.showing.values
    tables, left = values.shown_values(form, accepted.data, limit) if accepted else ([], 0)
    return {
        "title": publication.title,
        "number": publication.number,
        "status": part.status.value,
        "begun_at": part.begun_at.isoformat() if part.begun_at else None,
        "handed_in_at": part.handed_in_at.isoformat() if part.handed_in_at else None,
        "return": accepted.id if accepted else None,
        "rows": values.row_counts(form, accepted.rows) if accepted else [],
        "tables": tables,
        "left": left,
        "withheld": values.withheld(form),
    }


@handles(NOT_STARTED)
def not_started(request: Request) -> bool:
    """«НЕ ПРИСТУПИЛИ»: who of the region has not begun (S13); a list too long for a letter comes as a workbook too."""
    session, login, answers = request.session, request.login, request.answers
    asked = _of_message(request) or extensions.open_for(session, login, answers.now)
    if not asked:
        answers.to_sender("not_started", {"rows": [], "counts": None, "left": 0, "attached": False}, (login, None))
        return True
    most = max(_FEWEST_WAITING, _MOST_WAITING // len(asked))
    made: list[Product] = []
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
        data = {
            "rows": [_person(person) for person in waiting[:most]],
            "counts": values.counts_data(counts),
            "left": max(0, len(waiting) - most),
            "attached": bool(attachments),
        }
        made.append(Product(publication, data, tuple(attachments)))
    packing.send(answers, "not_started", login, made)
    return True


def _person(person: Participant) -> dict[str, Any]:
    return {"login": person.login.code, "name": person.login.name, "flags": flags_in_words(person)}


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
        total, new = len(items), sum(item["new"] for item in items)
    data = {"items": items, "total": total, "new": new, "since": since.isoformat() if since else None}
    request.answers.to_sender("notifications", data, (login, None))
    return True


def _is_new(at: Any, since: Any) -> bool:  # noqa: ANN401 - instants or None
    return at is not None and (since is None or at > since)


def _report_line(request: Request, report: Report, *, new: bool) -> dict[str, Any]:
    publication = publications.publication(request.session, report.publication)
    return {
        "number": report.number,
        "what": text(f"notice.report.{report.kind.value}"),
        "about": publication.title if publication else report.publication,
        "at": (report.ready_at or report.created_at).isoformat(),
        "state": text(f"notice.report_state.{report.state.value}"),
        "ready": report.state is ReportState.READY,
        "new": new,
    }


def _letter_line(request: Request, letter: Letter, *, new: bool) -> dict[str, Any]:
    publication = publications.publication(request.session, letter.publication) if letter.publication else None
    code = f"notice.letter.{letter.kind}"
    state = "sent" if letter.state is LetterState.SENT else "not_sent" if letter.state in _NOT_SENT else "waiting"
    return {
        "number": None,
        "what": text(code) if has(code) else text("notice.letter.other"),
        "about": publication.title if publication else "",
        "at": (letter.sent_at or letter.created_at).isoformat(),
        "state": text(f"notice.letter_state.{state}"),
        "ready": False,
        "new": new,
    }


@handles(REPORT)
def report_again(request: Request) -> bool:
    """«ОТЧЕТ n»: a report of the own region once more (S15); another region's is as unknown as none."""
    session, login = request.session, request.login
    number = int(request.command.argument)
    report = reports.report(session, number)
    if report is None or report.region != login.region:
        data = {"report_number": number, "state": "unknown", "what": "", "made_at": None}
        request.answers.to_sender("report_again", data, (login, None))
        return True
    attachments = []
    if report.state is ReportState.READY:
        attachments.append(AttachmentSpec(AttachmentKind.REPORT, report.name, {"number": report.number}))
    data = {
        "report_number": number,
        "state": report.state.value,
        "what": text(f"notice.report.{report.kind.value}"),
        "made_at": report.ready_at.isoformat() if report.ready_at else None,
    }
    publication = publications.publication(session, report.publication)
    request.answers.to_sender("report_again", data, (login, publication), attachments)
    return True
