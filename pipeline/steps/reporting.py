"""Numbered reports: their workbooks, formed and archived."""

from __future__ import annotations

from datetime import datetime

from pipeline.catalogue import text
from pipeline.errors import Incident
from pipeline.model import AttachmentKind, AttachmentSpec, Report, ReportKind
from pipeline.reports.export import export_workbook
from pipeline.reports.participants import participants_workbook
from pipeline.steps.context import Context
from pipeline.steps.rendering import form_of
from pipeline.store import Session, participations, publications, reports, returns


def form_report(context: Context, session: Session, report: Report, now: datetime) -> tuple[str, str, int]:
    """Form the workbook of ``report`` and archive it; return (file name, sha256, rows)."""
    publication = publications.publication(session, report.publication)
    if publication is None or publication.collection is None:
        raise Incident("report.publication_gone", publication=report.publication)
    if report.kind is ReportKind.PARTICIPANTS:
        people = participations.participants(session, publication.code, report.region)
        name = text("report.participants_file", number=report.number)
        return name, context.archive.put(participants_workbook(people, now)), len(people)
    accepted = returns.accepted(session, publication.code, report.region)
    versions = {(ret.form_id, ret.form_version) for _, ret in accepted}
    versions.add((publication.collection.form_id, publication.collection.form_version))
    forms = [form_of(session, form_id, version) for form_id, version in sorted(versions)]
    content, rows = export_workbook(publication, forms, accepted, now)
    return text("report.export_file", number=report.number), context.archive.put(content), rows


def report_attachment(context: Context, session: Session, report: Report, now: datetime) -> AttachmentSpec:
    """Form ``report`` at once, mark it ready and return it as an attachment."""
    name, sha256, _ = form_report(context, session, report, now)
    reports.ready(session, report.number, name, sha256, now)
    return AttachmentSpec(AttachmentKind.REPORT, name, {"number": report.number})
