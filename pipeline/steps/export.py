"""Export: a requested report has its number at once and its workbook when it is formed (seed, Fig. 22)."""

from __future__ import annotations

from datetime import datetime

from pipeline.errors import ConfigurationError
from pipeline.model import AttachmentKind, AttachmentSpec, Report, ReportKind, Summary
from pipeline.steps.context import Context
from pipeline.steps.drafting import ANSWER, Subject, draft
from pipeline.steps.reporting import form_report
from pipeline.steps.spooling import spool_ready
from pipeline.store import letters, publications, reports, roster


def request(context: Context, publication: str, region: str | None, requested_by: str | None, now: datetime) -> Report:
    """Give an export its number; ``run`` forms it. Raises ConfigurationError for an unknown publication."""
    with context.store.transaction() as session:
        found = publications.publication(session, publication)
        if found is None or found.collection is None:
            raise ConfigurationError("publication.unknown", code=publication)
        return reports.create(session, ReportKind.EXPORT, publication, region, requested_by, now)


def run(context: Context, now: datetime) -> Summary:
    """Form every requested report, and tell the coordinator who asked. Counts: ``formed``, ``letters``."""
    with context.store.reading() as session:
        waiting = reports.forming(session)
    queued = 0
    for report in waiting:
        queued += _complete(context, report, now)
    return Summary("export", {"formed": len(waiting), "letters": queued})


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
                ),
            )
            for address in (login.addresses if login else ())
        ]
    made = [letter_id for letter_id in queued if letter_id is not None]
    spool_ready(context, made)
    return len(made)
