"""Export: a requested report has its number at once and its workbook when it is formed (seed, Fig. 22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from pipeline.catalogue import text
from pipeline.errors import ConfigurationError, Incident
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.kinds.export_ready import ExportReadyLetter, ExportReadyRow
from pipeline.mail.letters.kinds.report_again import ReportAgainLetter
from pipeline.model import AttachmentKind, AttachmentSpec, Hours, Login, Report, ReportKind, ReportState, Summary
from pipeline.model.audit import SYSTEM, Deed
from pipeline.model.outgoing import ANSWER
from pipeline.model.problems import GivenUp, Loss
from pipeline.steps.answers import packing
from pipeline.steps.answers.packing import Product
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work
from pipeline.steps.incoming import givingup
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.steps.reports.forming import REPORTS, form_report
from pipeline.store import (
    Session,
    audit,
    letters,
    publications,
    reports,
    roster,
)
from pipeline.store.operations import given_up

log = structlog.get_logger()
_RETRY = timedelta(minutes=10)


def request(
    context: Context,
    publication: str,
    region: str | None,
    requested_by: str | None,
    now: datetime,
    who: str = SYSTEM,
    *,
    kind: ReportKind = ReportKind.EXPORT,
) -> Report:
    """Give a report its number; ``run`` forms it. Raises ConfigurationError for an unknown publication.

    ``who`` is for the audit: an export takes the data of a whole region out.
    """
    with context.store.transaction() as session:
        found = publications.publication(session, publication)
        if found is None or (found.collection is None and REPORTS[kind].collects):
            raise ConfigurationError("publication.unknown", code=publication)
        made = reports.create(session, kind, publication, region, requested_by, now)
        detail = text("report.numbered", number=made.number)
        audit.note(session, Deed(now, who, "exported", publication, region=region, detail=detail))
        return made


def run(context: Context, now: datetime) -> Summary:
    """Form every requested report that is due, and tell the coordinator who asked.

    What was asked for together is told in one letter. A report that raises never stops the rest: it is tried again ten
    minutes later, ``attempts`` times in all; then it has failed, and both the coordinator and an operator are
    told. So is one that kills its workers. One that was asked for by a command is tried once: whoever waits for it
    sees the fault. Counts: ``formed``, ``retried``, ``failed``, ``letters``.
    """
    with context.store.reading() as session:
        waiting = reports.forming(session, now)
    counts = Counter(formed=0, retried=0, failed=0, letters=0)
    done = 0
    for together in _together(waiting):
        made = [item for report in together if (item := _formed(context, report, now, counts)) is not None]
        try:
            counts["letters"] += _complete(context, made, now)
            counts["formed"] += len(made)
        except Exception as error:
            log.exception("export.untold", reports=[item.report.number for item in made])
            for item in made:
                _later(context, item.report, item.tries, error, now, counts)
        done += len(together)
        context.progress(Work.FORMED, done, len(waiting))
    givingup.tell(context, now)
    return Summary("export", dict(counts))


def form(context: Context, report: Report, now: datetime) -> int | None:
    """Form one report at once, with the care of ``run``; return its rows.

    None when it is not made: another worker has it, or it could not be formed, which its state says.
    """
    counts: Counter[str] = Counter()
    made = _formed(context, report, now, counts)
    if made is not None:
        _complete(context, [made], now)
    givingup.tell(context, now)
    return made.rows if made is not None else None


@dataclass(frozen=True, slots=True)
class _Formed:
    """A report whose workbook is archived, by which try."""

    report: Report
    tries: int
    name: str
    sha256: str
    rows: int


def _formed(context: Context, report: Report, now: datetime, counts: Counter[str]) -> _Formed | None:
    """Form a report; None for one that another worker has formed, that has failed or that is tried again later."""
    with context.store.transaction() as session:
        tries = reports.begin(session, report.number)
    if tries > context.limits.judging.attempts:
        _give_up(context, report, "report_killed", now, counts)
        return None
    try:
        with context.store.reading() as session:
            return _Formed(report, tries, *form_report(context, session, report, now)) if tries else None
    except Exception as error:
        log.exception("export.raised", report=report.number, publication=report.publication, attempts=tries)
        _later(context, report, tries, error, now, counts)
        return None


def _later(context: Context, report: Report, tries: int, error: Exception, now: datetime, counts: Counter[str]) -> None:
    """Have a report tried again, or give it up."""
    if report.requested_by is None or tries >= context.limits.judging.attempts:
        _give_up(context, report, type(error).__name__, now, counts)
        return
    with context.store.transaction() as session:
        reports.put_off(session, report.number, now, now + _RETRY)
    counts["retried"] += 1


def _together(waiting: Sequence[Report]) -> list[list[Report]]:
    """What one person has asked for at one moment, which is one message as a rule, goes in one letter."""
    found: dict[tuple[str | None, datetime], list[Report]] = {}
    for report in waiting:
        found.setdefault((report.requested_by, report.created_at), []).append(report)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Finished:
    """A ready report: its file name and bytes."""

    name: str
    content: bytes


def finished(context: Context, number: int) -> Finished:
    """Return report ``number``; raises Incident when it is not ready."""
    with context.store.reading() as session:
        report = reports.report(session, number)
    if report is None or report.sha256 is None:
        raise Incident("report.not_ready", number=number)
    return Finished(report.name, context.archive.get(report.sha256))


def _complete(context: Context, made: Sequence[_Formed], now: datetime) -> int:
    """Mark reports ready and tell who asked for them; return the number of letters."""
    queued: list[int] = []
    with context.store.transaction() as session:
        for item in made:
            reports.ready(session, item.report.number, item.name, item.sha256, now)
        login = _asker(session, made[0].report) if made else None
        if login is not None:
            products = [found for item in made if (found := _product(session, item)) is not None]
            for together in packing.in_letters(context, session, products):
                queued += _tell_ready(context, session, login, together, now)
    spool_ready(context, queued)
    return len(queued)


def _asker(session: Session, report: Report) -> Login | None:
    return roster.login(session, report.requested_by) if report.requested_by else None


def _product(session: Session, item: _Formed) -> Product[ExportReadyRow] | None:
    publication = publications.publication(session, item.report.publication)
    number = item.report.number
    attachment = AttachmentSpec(AttachmentKind.REPORT, item.name, {"number": number})
    row = ExportReadyRow(report_number=number, rows=item.rows)
    return Product(publication, row, (attachment,)) if publication is not None else None


def _tell_ready(
    context: Context, session: Session, login: Login, together: Sequence[Product[ExportReadyRow]], now: datetime
) -> list[int]:
    """A letter to each address of who asked; its key is the first of the numbers."""
    about = Subject(login, packing.publication_of(together))
    key = f"export_ready:{together[0].row.report_number}"
    attached = [spec for product in together for spec in product.attachments]
    return _tell(context, session, key, packing.letter_with(ExportReadyLetter, together), about, now, attached)


def _give_up(context: Context, report: Report, reason: str, now: datetime, counts: Counter[str]) -> None:
    """Mark a report failed, note it for an operator, and tell who asked that nothing will come."""
    with context.store.transaction() as session:
        reports.failed(session, report.number, now)
        given_up.note(session, [Loss(GivenUp.REPORT, report.number, reason)], now)
        what = text(f"notice.report.{report.kind.value}")
        state = ReportState.FAILED.value
        data = ReportAgainLetter(report_number=report.number, state=state, what=what, made_at=None)
        about = Subject(_asker(session, report), publications.publication(session, report.publication))
        queued = _tell(context, session, f"export_failed:{report.number}", data, about, now)
    spool_ready(context, queued)
    counts["failed"] += 1
    counts["letters"] += len(queued)


def _tell(
    context: Context,
    session: Session,
    key: str,
    data: LetterData,
    about: Subject,
    now: datetime,
    attachments: Sequence[AttachmentSpec] = (),
) -> list[int]:
    """Queue a letter to every address of the login that it is about; return the letters' ids."""
    terms = Terms(ANSWER, Hours.ANY)  # it was asked for by mail
    queued: list[int] = []
    for address in about.login.addresses if about.login else ():
        letter = new_letter(context, f"{key}:{address}", data, address, about, now, terms, attachments)
        letter_id = letters.enqueue(session, letter)
        queued += [letter_id] if letter_id is not None else []
    return queued
