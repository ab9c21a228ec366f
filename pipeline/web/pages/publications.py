"""A publication is dropped in as a folder or a zip, checked whole, and put where publishing finds it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from pipeline import sources
from pipeline.cabinet import handed
from pipeline.cabinet.publications import ALL_FILES_BYTES
from pipeline.errors import UserError
from pipeline.steps import preview
from pipeline.web import uploads
from pipeline.web.visit import Visit

MOST = ALL_FILES_BYTES + 1_000_000


def show(visit: Visit) -> Response:
    """Draw the publications that are there, and the form that takes one more."""
    return visit.draw("publications", publications=sources.publication_titles(visit.site.settings))


def take(visit: Visit) -> Response:
    """Stage what was dropped in, so that it can be looked at before it replaces anything."""
    given = [*visit.posted.all("folder"), *visit.posted.all("zip")]
    if not given:
        raise UserError("web.no_file")
    found = handed.hand_in([(file.name, file.data) for file in given])
    code = visit.posted.word("code") or found.name
    key = uploads.stage(visit.site.settings, code, found.files, visit.site.clock())
    return visit.go(f"/publications/staged/{key}")


def checked(visit: Visit) -> Response:
    """Draw everything that is wrong in the folder, or what it is and whether it replaces one."""
    key = visit.path("key")
    code, files = uploads.staged(visit.site.settings, key)
    looked = _looked(visit, code, files)
    return visit.draw(
        "publication_checked",
        key=key,
        code=code,
        looked=looked,
        files=sorted((path, len(data)) for path, data in files.items()),
        replaces=uploads.is_there(visit.site.settings, code),
    )


def put(visit: Visit) -> Response:
    """Put the staged folder into its place."""
    code, files = uploads.staged(visit.site.settings, visit.path("key"))
    if (looked := _looked(visit, code, files)).loaded is None:
        raise UserError("web.not_right", first=looked.mistakes[0])
    replace = visit.posted.word("replace") == "yes"
    uploads.put(visit.site.settings, code, files, visit.site.clock(), replace=replace)
    visit.site.changed()
    return visit.go(f"/publications/{code}")


def _looked(visit: Visit, code: str, files: Mapping[str, bytes]) -> handed.Looked:
    """Look at the folder alone, then beside what was sent before."""
    looked = handed.look(code, files)
    if looked.loaded is None:
        return looked
    with visit.site.open_context() as context:
        mistakes = preview.mistakes(context, looked.loaded, visit.site.clock())
    return handed.Looked(None, mistakes) if mistakes else looked
