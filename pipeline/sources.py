"""What administrators write, hand in and fetch as files: publications with their forms, rosters, what runs leave.

It is apart from the wiring, because reading a form or a workbook takes libraries that most commands do without.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.cabinet.publications import LoadedPublication, load_publication
from pipeline.cabinet.roster import RosterReport, parse_roster
from pipeline.errors import ConfigurationError, KabinetError
from pipeline.files.named import read_bytes
from pipeline.private import make_folder, write_whole
from pipeline.settings import Settings, load_settings

UPLOADS, DOWNLOADS = "uploads", "downloads"
"""Folders of the state: what was handed in, and what is there to be fetched."""


def publication_codes(settings: Settings | None = None) -> list[str]:
    """Return the codes of the publications in ``publications/``, sorted."""
    folder = (settings or load_settings()).home / "publications"
    return sorted(path.parent.name for path in folder.glob("*/publication.md"))


def publication_titles(settings: Settings | None = None) -> dict[str, str]:
    """Return the publications in ``publications/`` by code with their titles; one that cannot be read has its code."""
    found = {}
    for code in publication_codes(settings):
        try:
            found[code] = publication(code, settings).publication.title
        except KabinetError:
            found[code] = code
    return found


def publication(code: str, settings: Settings | None = None) -> LoadedPublication:
    """Return the publication written in ``publications/<code>``; raises ConfigurationError for what is wrong in it."""
    folder = (settings or load_settings()).home / "publications" / code
    if not code or Path(code).name != code or not (folder / "publication.md").is_file():
        raise ConfigurationError("publication.no_folder", code=code, known=", ".join(publication_codes(settings)))
    files = {
        path.relative_to(folder).as_posix(): read_bytes(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    return load_publication(code, files)


def roster(path: Path) -> RosterReport:
    """Return the roster in the XLSX or CSV file ``path``."""
    return parse_roster(path.name, read_bytes(path))


def handed_roster(name: str) -> RosterReport:
    """Return the roster in the file ``name``: one that was handed in, one beside the publications, or a whole path."""
    settings = load_settings()
    places = (settings.state / UPLOADS, settings.home, settings.home / "publications")
    found = (place / name for place in places)
    return roster(next((path for path in found if path.is_file()), Path(name)))


def hand_out(name: str, data: bytes) -> str:
    """Keep a file for administrators under ``downloads`` of the state folder and return its name; the newest stays.

    ``name`` may have one folder before it. Raises ConfigurationError when it cannot be written.
    """
    path = load_settings().state / DOWNLOADS / name
    try:
        make_folder(path.parent)
        write_whole(path, data)
    except OSError as error:
        raise ConfigurationError("file.unwritable", path=path, reason=error.strerror or "") from error
    return f"{DOWNLOADS}/{name}"
