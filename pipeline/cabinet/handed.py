"""A publication as it is handed in (the files of a folder, or a zip of it) → its folder, and everything wrong in it.

Nothing is opened here: files come as (path as written, bytes). A browser gives a folder's name before each path, an
archive often has one folder around everything, and who picks single files gives no folders at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.cabinet import wording
from pipeline.cabinet.publications import (
    ALL_FILES_BYTES,
    FILE_BYTES,
    FILE_COUNT,
    FILES,
    FORM_FILE,
    TEXT_FILE,
    LoadedPublication,
    load_publication,
)
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError, UserError
from pipeline.files.names import safe_name, slug
from pipeline.files.sniff import Kind, by_signature
from pipeline.files.zips import BadZip, Entry, Limits, content_of, entries_of, open_package
from pipeline.forms.checking.examples import run_examples
from pipeline.forms.definition.form import load_form

_ARCHIVES = frozenset({Kind.ZIP, Kind.RAR, Kind.SEVEN_ZIP, Kind.GZIP})
_LIMITS = Limits(entries=2 * FILE_COUNT, member=FILE_BYTES, total=ALL_FILES_BYTES)
_SOURCES = (".md", ".yaml", ".yml")
_RUBBISH = ("__MACOSX/",)


@dataclass(frozen=True, slots=True)
class Handed:
    """A folder that was handed in: the name that it had, "" when none is known, and its files by path inside it."""

    name: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a folder: the publication when it can be sent, else ``mistakes``; ``warnings`` stop nothing."""

    loaded: LoadedPublication | None
    mistakes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def hand_in(given: Sequence[tuple[str, bytes]]) -> Handed:
    """Return the folder that these files are. Raises ConfigurationError for an archive that is not read.

    A zip alone is unpacked; a name that leads out of its folder is refused.
    """
    files = [(_inside(path), data) for path, data in given]
    name = ""
    if len(files) == 1 and (archived := _unpacked(*files[0])) is not None:
        name = files[0][0].rpartition("/")[2].rpartition(".")[0]
        files = [(_inside(path), data) for path, data in archived]
    files = [(path, data) for path, data in files if not path.startswith(_RUBBISH)]
    if not files:
        raise ConfigurationError("handed.nothing")
    name, files = _without_top(name, files)
    if not any("/" in path for path, _ in files):
        files = [(path if path.lower().endswith(_SOURCES) else FILES + path, data) for path, data in files]
    found: dict[str, bytes] = {}
    for path, data in files:
        if path in found:
            raise ConfigurationError("handed.twice", path=path)
        found[path] = data
    return Handed(slug(name).replace("_", "-"), found)


def look(code: str, files: Mapping[str, bytes]) -> Looked:
    """Check the folder ``code`` as publishing will: the publication, its form, and the examples of the form's rules."""
    mistakes: list[str] = []
    loaded: LoadedPublication | None = None
    try:
        loaded = load_publication(code, files)
    except UserError as error:
        mistakes += error.lines
    form = files.get(FORM_FILE)
    if form is not None:
        mistakes += (line for line in _wrong_in_form(code, form) if line not in mistakes)
    if loaded is None or mistakes:
        return Looked(None, tuple(mistakes))
    return Looked(loaded, (), tuple(wording.warnings(loaded)))


def _wrong_in_form(code: str, source: bytes) -> Iterator[str]:
    name = f"{code}/{FORM_FILE}"
    try:
        form = load_form(source.decode("utf-8-sig").replace("\r\n", "\n"), name)
    except UnicodeDecodeError:
        return  # the publication's own check has said so
    except UserError as error:
        yield from error.lines
        return
    failed = (result for result in run_examples(form) if not result.ok)
    yield from dict.fromkeys(f"{name}: {result.rule}: {result.message}" for result in failed)


def _inside(path: str) -> str:
    """Return a path inside a folder as it is kept; raises ConfigurationError for one that leads out of it."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts or not parts or ":" in parts[0]:
        raise ConfigurationError("handed.leads_out", path=safe_name(path))
    return "/".join(safe_name(part) for part in parts)


def _without_top(name: str, files: list[tuple[str, bytes]]) -> tuple[str, list[tuple[str, bytes]]]:
    """Take off the folder that everything lies in, which tells the publication's name."""
    tops = {path.partition("/")[0] for path, _ in files}
    if len(tops) == 1 and all("/" in path for path, _ in files) and tops != {FILES.rstrip("/")}:
        (top,) = tops
        return top, [(path.partition("/")[2], data) for path, data in files]
    return name, files


def _unpacked(path: str, data: bytes) -> list[tuple[str, bytes]] | None:
    """Return what is in an archive, None for a file that is none. Raises ConfigurationError."""
    kind = by_signature(data)
    if path.lower().endswith(".zip") or kind is Kind.ZIP:
        try:
            return [(_name(entry), content_of(data, entry, FILE_BYTES)) for entry in _entries(data)]
        except BadZip as bad:
            limit = text("publications.megabytes", size=ALL_FILES_BYTES // 1_000_000)
            raise ConfigurationError(f"handed.zip.{bad.reason}", name=path, limit=limit) from bad
    if kind in _ARCHIVES:
        raise ConfigurationError("handed.other_archive", name=path)
    if path.rpartition("/")[2] != TEXT_FILE:
        raise ConfigurationError("handed.one_file", name=path, wanted=TEXT_FILE)
    return None


def _entries(data: bytes) -> list[Entry]:
    open_package(data, _LIMITS)  # sizes, counts and overlaps of all of it, before anything is unpacked
    return [entry for entry in entries_of(data, _LIMITS) if not entry.is_folder]


def _name(entry: Entry) -> str:
    """Archivers on Russian Windows write names in cp866 and do not say so."""
    raw = entry.raw_name
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866")
