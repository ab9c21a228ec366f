"""Numbered reports: their workbooks, formed and archived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.catalogue import text
from pipeline.errors import Incident
from pipeline.model import AttachmentKind, AttachmentSpec, Login, Publication, Report, ReportKind, Role
from pipeline.reports.downloads import Downloads, downloads, downloads_workbook
from pipeline.reports.export import export_workbook
from pipeline.reports.participants import participants_workbook
from pipeline.steps.base.context import Context
from pipeline.steps.letters.rendering import form_of
from pipeline.store import Session, issued, participations, publications, reports, returns, roster


def form_report(context: Context, session: Session, report: Report, now: datetime) -> tuple[str, str, int]:
    """Form the workbook of ``report`` and archive it; return (file name, sha256, rows)."""
    publication = publications.publication(session, report.publication)
    if publication is not None and report.kind is ReportKind.DOWNLOADS:
        return _downloads_file(context, report, _downloads_of(session, publication, report.region), now)
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


def _downloads_of(session: Session, publication: Publication, region: str | None) -> Downloads:
    """Return which organisation of ``region`` (of all with None) downloaded which file of ``publication`` (S8).

    One that has left the roster stands there while something was issued to it.
    """
    had = {login.code: (login, files) for login, files in issued.of_publication(session, publication.code, region)}
    known = {login.code: (login, ()) for login in roster.logins(session, Role.ORGANISATION, region)}
    people = [pair for _, pair in sorted((known | had).items()) if pair[0].role is Role.ORGANISATION]
    return downloads(publication, people)


def report_attachment(context: Context, session: Session, report: Report, now: datetime) -> AttachmentSpec:
    """Form ``report`` at once, mark it ready and return it as an attachment."""
    return _attached(session, report, form_report(context, session, report, now), now)


@dataclass(frozen=True, slots=True)
class DownloadsReport:
    """A finished report on downloads: its number, what it says, and how it is attached."""

    number: int
    found: Downloads
    attachment: AttachmentSpec


def downloads_report(
    context: Context, session: Session, publication: Publication, coordinator: Login, now: datetime
) -> DownloadsReport:
    """Make the report on who of a coordinator's region downloaded which file of ``publication``, at once (S8)."""
    found = _downloads_of(session, publication, coordinator.region)
    kind, region, asked_by = ReportKind.DOWNLOADS, coordinator.region, coordinator.code
    report = reports.create(session, kind, publication.code, region, asked_by, now)
    attachment = _attached(session, report, _downloads_file(context, report, found, now), now)
    return DownloadsReport(report.number, found, attachment)


def _downloads_file(context: Context, report: Report, found: Downloads, now: datetime) -> tuple[str, str, int]:
    name = text("report.downloads_file", number=report.number)
    return name, context.archive.put(downloads_workbook(found, now)), found.total


def _attached(session: Session, report: Report, formed: tuple[str, str, int], now: datetime) -> AttachmentSpec:
    name, sha256, _ = formed
    reports.ready(session, report.number, name, sha256, now)
    return AttachmentSpec(AttachmentKind.REPORT, name, {"number": report.number})
