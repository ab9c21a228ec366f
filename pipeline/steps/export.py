"""Export: a requested report has its number at once and its workbook when it is formed (seed, Fig. 22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from pipeline.errors import ConfigurationError, Incident
from pipeline.model import AttachmentKind, AttachmentSpec, Login, Report, ReportKind, Summary
from pipeline.steps import packing
from pipeline.steps.context import Context
from pipeline.steps.drafting import ANSWER, Subject, draft
from pipeline.steps.packing import Product
from pipeline.steps.reporting import form_report
from pipeline.steps.spooling import spool_ready
from pipeline.store import Session, letters, publications, reports, roster

log = structlog.get_logger()


def request(context: Context, publication: str, region: str | None, requested_by: str | None, now: datetime) -> Report:
    """Give an export its number; ``run`` forms it. Raises ConfigurationError for an unknown publication."""
    with context.store.transaction() as session:
        found = publications.publication(session, publication)
        if found is None or found.collection is None:
            raise ConfigurationError("publication.unknown", code=publication)
        return reports.create(session, ReportKind.EXPORT, publication, region, requested_by, now)


def run(context: Context, now: datetime) -> Summary:
    """Form every requested report, and tell the coordinator who asked.

    What was asked for together is told in one letter. One that raises is marked failed and never stops the rest.
    Counts: ``formed``, ``failed``, ``letters``.
    """
    with context.store.reading() as session:
        waiting = reports.forming(session)
    formed = queued = failed = 0
    for together in _together(waiting):
        made = [item for report in together if (item := _formed(context, report, now)) is not None]
        try:
            queued += _complete(context, made, now)
            formed += len(made)
        except Exception:
            log.exception("export.untold", reports=[item.report.number for item in made])
            _fail(context, [item.report for item in made])
            made = []
        failed += len(together) - len(made)
    return Summary("export", {"formed": formed, "failed": failed, "letters": queued})


@dataclass(frozen=True, slots=True)
class _Formed:
    """A report whose workbook is archived."""

    report: Report
    name: str
    sha256: str
    rows: int


def _formed(context: Context, report: Report, now: datetime) -> _Formed | None:
    try:
        with context.store.reading() as session:
            return _Formed(report, *form_report(context, session, report, now))
    except Exception:
        log.exception("export.raised", report=report.number, publication=report.publication)
        _fail(context, [report])
        return None


def _fail(context: Context, given_up: Sequence[Report]) -> None:
    with context.store.transaction() as session:
        for report in given_up:
            reports.failed(session, report.number)


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
        requested_by = made[0].report.requested_by if made else None
        login = roster.login(session, requested_by) if requested_by else None
        if login is not None:
            products = [found for item in made if (found := _product(session, item)) is not None]
            for together in packing.in_letters(context, session, products):
                queued += _tell(context, session, login, together, now)
    spool_ready(context, queued)
    return len(queued)


def _product(session: Session, item: _Formed) -> Product | None:
    publication = publications.publication(session, item.report.publication)
    number = item.report.number
    attachment = AttachmentSpec(AttachmentKind.REPORT, item.name, {"number": number})
    data = {"report_number": number, "rows": item.rows}
    return Product(publication, data, (attachment,)) if publication is not None else None


def _tell(context: Context, session: Session, login: Login, together: Sequence[Product], now: datetime) -> list[int]:
    """A letter to each address of who asked; its key is the first of the numbers."""
    about = Subject(login, together[0].publication if len(together) == 1 else None)
    queued = [
        letters.enqueue(
            session,
            draft(
                context,
                "export_ready",
                f"export_ready:{together[0].data['report_number']}:{address}",
                address,
                about,
                now,
                data=packing.data_of(together),
                attachments=[spec for product in together for spec in product.attachments],
                priority=ANSWER,
            ),
        )
        for address in login.addresses
    ]
    return [letter_id for letter_id in queued if letter_id is not None]
