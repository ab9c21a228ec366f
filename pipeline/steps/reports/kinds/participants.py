"""«Список участников»: who takes part, and how far each has come (seed, Fig. 20)."""

from __future__ import annotations

from datetime import datetime

from pipeline.model import Publication, ReportKind
from pipeline.reports.participants import participants_workbook
from pipeline.reports.sheets import Tell
from pipeline.steps.reports.type import ReportType
from pipeline.store import Session, participations


def _form(
    session: Session, publication: Publication, region: str | None, now: datetime, _tell: Tell
) -> tuple[bytes, int]:
    people = participations.participants(session, publication.code, region)
    return participants_workbook(people, now), len(people)


REPORT = ReportType(ReportKind.PARTICIPANTS, _form)
