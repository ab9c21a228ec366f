"""«Экспорт результатов»: the accepted returns of a collection, in the form's own sheets."""

from __future__ import annotations

from datetime import datetime

from pipeline.errors import Incident
from pipeline.model import Publication, ReportKind
from pipeline.reports.export import export_workbook
from pipeline.reports.sheets import Tell
from pipeline.steps.letters.rendering import form_of
from pipeline.steps.reports.type import ReportType
from pipeline.store import Session, participations, returns


def _form(
    session: Session, publication: Publication, region: str | None, now: datetime, tell: Tell
) -> tuple[bytes, int]:
    if publication.collection is None:
        raise Incident("report.publication_gone", publication=publication.code)
    accepted = returns.accepted(session, publication.code, region)
    versions = {(ret.form_id, ret.form_version) for _, ret in accepted}
    versions.add((publication.collection.form_id, publication.collection.form_version))
    forms = [form_of(session, form_id, version) for form_id, version in sorted(versions)]
    people = participations.participants(session, publication.code, region)
    disputed = [participant.login for participant in people if participant.participation.disputed]
    return export_workbook(publication, forms, accepted, now, disputed, tell)


REPORT = ReportType(ReportKind.EXPORT, _form)
