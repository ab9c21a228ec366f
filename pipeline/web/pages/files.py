"""Files to fetch: numbered reports, and what runs have left."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.model import ReportKind, ReportState
from pipeline.store import reports
from pipeline.web import uploads
from pipeline.web.visit import Visit, as_file

_MOST = 200


def show(visit: Visit) -> Response:
    """Draw the list of reports with their states, and the files that runs have left."""
    with visit.site.open_context() as context, context.store.reading() as session:
        found = reports.latest(session, _MOST)
    kept = [(name, size, datetime.fromtimestamp(at, UTC)) for name, size, at in uploads.downloads(visit.site.settings)]
    kinds = {kind.value: text(f"web.report.{kind.value}") for kind in ReportKind}
    return visit.draw("files", reports=found, kinds=kinds, kept=kept[:_MOST])


def report(visit: Visit) -> Response:
    """Return the workbook of a report."""
    number = int(visit.path("number"))
    with visit.site.open_context() as context:
        with context.store.reading() as session:
            found = reports.report(session, number)
        if found is None or found.sha256 is None or found.state is not ReportState.READY:
            raise UserError("web.no_report", number=number)
        return as_file(found.name, context.archive.get(found.sha256))


def kept(visit: Visit) -> Response:
    """Return a file that a run has left."""
    name = visit.path("name")
    return as_file(name.rpartition("/")[2], uploads.download(visit.site.settings, name))
