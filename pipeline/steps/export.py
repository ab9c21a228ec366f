"""Export: a requested report has its number at once and its workbook when it is formed (seed, Fig. 22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from pipeline.catalogue import text
from pipeline.errors import ConfigurationError, Incident
from pipeline.model import AttachmentKind, AttachmentSpec, Hours, Report, ReportKind, Summary
from pipeline.steps.context import Context
from pipeline.steps.drafting import ANSWER, Subject, draft
from pipeline.steps.reporting import form_report
from pipeline.steps.spooling import spool_ready
from pipeline.store import audit, letters, publications, reports, roster
from pipeline.store.audit import SYSTEM, Deed

log = structlog.get_logger()


def request(
    context: Context, publication: str, region: str | None, requested_by: str | None, now: datetime, who: str = SYSTEM
) -> Report:
    """Give an export its number; ``run`` forms it. Raises ConfigurationError for an unknown publication.

    ``who`` is for the audit: an export takes the data of a whole region out.
    """
    with context.store.transaction() as session:
        found = publications.publication(session, publication)
        if found is None or found.collection is None:
            raise ConfigurationError("publication.unknown", code=publication)
        made = reports.create(session, ReportKind.EXPORT, publication, region, requested_by, now)
        detail = text("report.numbered", number=made.number)
        audit.note(session, Deed(now, who, "exported", publication, region=region, detail=detail))
        return made


def run(context: Context, now: datetime) -> Summary:
    """Form every requested report, and tell the coordinator who asked.

    One that raises is marked failed and never stops the rest. Counts: ``formed``, ``failed``, ``letters``.
    """
    with context.store.reading() as session:
        waiting = reports.forming(session)
    formed = queued = failed = 0
    for report in waiting:
        try:
            queued += _complete(context, report, now)
            formed += 1
        except Exception:
            log.exception("export.raised", report=report.number, publication=report.publication)
            failed += 1
            with context.store.transaction() as session:
                reports.failed(session, report.number)
    return Summary("export", {"formed": formed, "failed": failed, "letters": queued})


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


def _complete(context: Context, report: Report, now: datetime) -> int:
    with context.store.reading() as session:
        name, sha256, rows = form_report(context, session, report, now)
    with context.store.transaction() as session:
        reports.ready(session, report.number, name, sha256, now)
        login = roster.login(session, report.requested_by) if report.requested_by else None
        publication = publications.publication(session, report.publication)
        queued = [
            letters.enqueue(
                session,
                draft(
                    context,
                    "export_ready",
                    f"export_ready:{report.number}:{address}",
                    address,
                    Subject(login, publication),
                    now,
                    data={"report_number": report.number, "rows": rows},
                    attachments=[AttachmentSpec(AttachmentKind.REPORT, name, {"number": report.number})],
                    priority=ANSWER,
                    hours=Hours.ANY,  # it was asked for by mail
                ),
            )
            for address in (login.addresses if login else ())
        ]
    made = [letter_id for letter_id in queued if letter_id is not None]
    spool_ready(context, made)
    return len(made)
