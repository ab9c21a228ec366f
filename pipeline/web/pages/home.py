"""The first page, the style sheet, what was made for a visit, and what is said of an address that is none."""

from __future__ import annotations

from starlette.responses import Response

from pipeline import sources
from pipeline.catalogue import text
from pipeline.web.visit import Visit, as_file, as_letter


def show(visit: Visit) -> Response:
    """Draw the first page: what can be done here, and what in Prefect."""
    return visit.draw("home", publications=sources.publication_titles(visit.site.settings))


def style(visit: Visit) -> Response:
    """Return the style sheet."""
    return Response(visit.site.drawing.style(), media_type="text/css; charset=utf-8")


def shelf(visit: Visit) -> Response:
    """Return what was made for a visit: a letter's HTML to be shown alone, anything else as a file."""
    found = visit.site.shelf.get(visit.path("key"))
    if found is None:
        return visit.draw("refused", 404, title=text("web.not_kept"), remedy=text("web.not_kept_remedy"))
    return as_letter(found.data) if found.name.endswith(".html") else as_file(found.name, found.data)


def missing(visit: Visit) -> Response:
    """Say that there is no such page."""
    return visit.draw("refused", 404, title=text("web.no_page"), remedy=text("web.no_page_remedy"))
