"""Which organisation downloaded which file of a publication (S8)."""

from __future__ import annotations

from datetime import datetime

from pipeline.model import Publication, ReportKind, Role
from pipeline.reports.downloads import Downloads, downloads, downloads_workbook
from pipeline.reports.sheets import Tell
from pipeline.steps.reports.type import ReportType
from pipeline.store import Session, issued, roster


def downloads_of(session: Session, publication: Publication, region: str | None) -> Downloads:
    """Return which organisation of ``region`` (of all with None) downloaded which file of ``publication``.

    An organisation that has left the roster is included while the record has a file for it.
    """
    had = {login.code: (login, files) for login, files in issued.of_publication(session, publication.code, region)}
    known = {login.code: (login, ()) for login in roster.logins(session, Role.ORGANISATION, region)}
    people = [pair for _, pair in sorted((known | had).items()) if pair[0].role is Role.ORGANISATION]
    return downloads(publication, people)


def _form(
    session: Session, publication: Publication, region: str | None, now: datetime, _tell: Tell
) -> tuple[bytes, int]:
    found = downloads_of(session, publication, region)
    return downloads_workbook(found, now), found.total


REPORT = ReportType(ReportKind.DOWNLOADS, _form, collects=False)
