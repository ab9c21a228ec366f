"""Export: a requested report has its number at once and its workbook when it is formed (seed, Fig. 22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from pipeline.catalogue import text
from pipeline.errors import ConfigurationError, Incident
from pipeline.model import AttachmentKind, AttachmentSpec, Hours, Report, ReportKind, ReportState, Summary
from pipeline.steps import givingup
from pipeline.steps.context import Context
from pipeline.steps.drafting import ANSWER, Subject, draft
from pipeline.steps.reporting import form_report
from pipeline.steps.spooling import spool_ready
from pipeline.store import Session, audit, given_up, letters, publications, reports, roster
from pipeline.store.audit import SYSTEM, Deed
from pipeline.store.given_up import GivenUp, Loss

log = structlog.get_logger()
_RETRY = timedelta(minutes=10)


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
    """Form every requested report that is due, and tell the coordinator who asked.

    One that raises never stops the rest. It is tried again ten minutes later, ``limits.attempts`` times in all; then it
    has failed, and the coordinator is told so. So is one that kills its workers. One that was asked for by a command is
    tried once: whoever waits for it sees the fault. Counts: ``formed``, ``retried``, ``failed``, ``letters``.
    """
    with context.store.reading() as session:
        waiting = reports.forming(session, now)
    formed = queued = retried = failed = 0
    for report in waiting:
        with context.store.transaction() as session:
            tries = reports.begin(session, report.number)
        try:
            if tries > context.limits.attempts:
                queued += _give_up(context, report, "report_killed", now)
                failed += 1
                continue
            queued += _complete(context, report, now) if tries else 0
            formed += bool(tries)
        except Exception as error:
            log.exception("export.raised", report=report.number, publication=report.publication, attempts=tries)
            if report.requested_by is not None and tries < context.limits.attempts:
                with context.store.transaction() as session:
                    reports.put_off(session, report.number, now, now + _RETRY)
                retried += 1
            else:
                queued += _give_up(context, report, type(error).__name__, now)
                failed += 1
    givingup.tell(context, now)
    return Summary("export", {"formed": formed, "retried": retried, "failed": failed, "letters": queued})


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
        attached = [AttachmentSpec(AttachmentKind.REPORT, name, {"number": report.number})]
        data = {"report_number": report.number, "rows": rows}
        queued = _tell(context, session, report, "export_ready", data, now, attached)
    spool_ready(context, queued)
    return len(queued)


def _give_up(context: Context, report: Report, reason: str, now: datetime) -> int:
    """Mark a report failed, note it for an operator, and tell who asked that nothing will come."""
    with context.store.transaction() as session:
        reports.failed(session, report.number, now)
        given_up.note(session, [Loss(GivenUp.REPORT, report.number, reason)], now)
        what = text(f"notice.report.{report.kind.value}")
        data = {"report_number": report.number, "state": ReportState.FAILED.value, "what": what, "made_at": None}
        queued = _tell(context, session, report, "report_again", data, now)
    spool_ready(context, queued)
    return len(queued)


def _tell(
    context: Context,
    session: Session,
    report: Report,
    kind: str,
    data: Mapping[str, Any],
    now: datetime,
    attachments: Sequence[AttachmentSpec] = (),
) -> list[int]:
    """Queue the letter ``kind`` about a report to every address of whoever asked for it; return the letters' ids."""
    login = roster.login(session, report.requested_by) if report.requested_by else None
    about = Subject(login, publications.publication(session, report.publication))
    key = "export_ready" if kind == "export_ready" else "export_failed"
    queued = [
        letters.enqueue(
            session,
            draft(
                context,
                kind,
                f"{key}:{report.number}:{address}",
                address,
                about,
                now,
                data=data,
                attachments=attachments,
                priority=ANSWER,
                hours=Hours.ANY,  # it was asked for by mail
            ),
        )
        for address in (login.addresses if login else ())
    ]
    return [letter_id for letter_id in queued if letter_id is not None]
