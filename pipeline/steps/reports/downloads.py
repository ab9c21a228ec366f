"""The report on downloads with the figures that its letter tells, both from one look into the store (S8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.model import AttachmentSpec, Login, Publication, ReportKind
from pipeline.reports.downloads import Downloads, downloads_workbook
from pipeline.steps.base.context import Context
from pipeline.steps.reports.forming import attached
from pipeline.steps.reports.kinds.downloads import downloads_of
from pipeline.store import Session, reports


@dataclass(frozen=True, slots=True)
class DownloadsReport:
    """A finished report on downloads: its number, what it says, and how it is attached."""

    number: int
    found: Downloads
    attachment: AttachmentSpec


def downloads_report(
    context: Context, session: Session, publication: Publication, coordinator: Login, now: datetime
) -> DownloadsReport:
    """Make the report on who of a coordinator's region downloaded which file of ``publication``, at once."""
    region = coordinator.region
    found = downloads_of(session, publication, region)
    report = reports.create(session, ReportKind.DOWNLOADS, publication.code, region, coordinator.code, now)
    attachment = attached(context, session, report, downloads_workbook(found, now), now)
    return DownloadsReport(report.number, found, attachment)
