"""Numbered reports: their workbooks, formed by kind and archived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from pipeline.catalogue import text
from pipeline.errors import Incident
from pipeline.listed import modules_in
from pipeline.model import AttachmentKind, AttachmentSpec, Report, ReportKind
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work
from pipeline.steps.reports import kinds
from pipeline.steps.reports.type import ReportType
from pipeline.store import Session, publications, reports


def _found() -> Mapping[ReportKind, ReportType]:
    """Every file of ``kinds`` is a kind of report; a test holds them to the enum and the catalogue."""
    types: list[ReportType] = [module.REPORT for module in modules_in(kinds.__name__)]
    return {item.kind: item for item in types}


REPORTS = _found()


def form_report(context: Context, session: Session, report: Report, now: datetime) -> tuple[str, str, int]:
    """Form the workbook of ``report`` and archive it; return (file name, sha256, rows).

    Raises Incident for a publication that is gone, or that has no collection where the report is about one.
    """
    found = REPORTS[report.kind]
    publication = publications.publication(session, report.publication)
    if publication is None or (found.collects and publication.collection is None):
        raise Incident("report.publication_gone", publication=report.publication)
    content, rows = found.form(session, publication, report.region, now, partial(context.progress, Work.ROWS))
    return _name(report), context.archive.put(content), rows


def report_attachment(context: Context, session: Session, report: Report, now: datetime) -> AttachmentSpec:
    """Form ``report`` at once, mark it ready and return it as an attachment."""
    name, sha256, _ = form_report(context, session, report, now)
    return _ready(session, report, name, sha256, now)


def attached(context: Context, session: Session, report: Report, content: bytes, now: datetime) -> AttachmentSpec:
    """Archive ``content`` as the workbook of ``report``, mark it ready and return it as an attachment."""
    return _ready(session, report, _name(report), context.archive.put(content), now)


def _ready(session: Session, report: Report, name: str, sha256: str, now: datetime) -> AttachmentSpec:
    reports.ready(session, report.number, name, sha256, now)
    return AttachmentSpec(AttachmentKind.REPORT, name, {"number": report.number})


def _name(report: Report) -> str:
    return text(f"report.{report.kind.value}_file", number=report.number)
