"""A folder that an administrator wrote → a publication ready to be sent, or one sentence saying what to fix.

Nothing is opened here: the folder comes as ``{path inside it: bytes}``. What an author can get wrong is found before
anything is sent; the form's own rules are checked by ``pipeline.forms.definition.form``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.authoring.spelling import hint
from pipeline.cabinet.front_matter import Block, Place, mistake, read_mapping, split_front_matter, tidy
from pipeline.cabinet.prefill import prefill_table, sources
from pipeline.catalogue import MOSCOW, format_date, format_instant, text
from pipeline.errors import ConfigurationError, Incident
from pipeline.files.names import RESERVED
from pipeline.forms.definition.form import load_form
from pipeline.model import Audience, Collection, FileStorage, LatePolicy, Publication, StoredFile

TEXT_FILE, FORM_FILE, FILES = "publication.md", "form.yaml", "files/"
SOURCE_BYTES = 1_000_000
TEXT_LENGTH = 50_000
FILE_BYTES = 50_000_000
ALL_FILES_BYTES = 500_000_000
ATTACHED_BYTES = 10_000_000  # base64 makes 13.7 MB of it; many servers of schools refuse more than 20
FILE_COUNT = 500
NAME_LENGTH = 150

MOST_CHANGES = 20
CHANGE_LENGTH = 500

_KEYS = (
    "section",
    "title",
    "audience",
    "published_at",
    "valid_until",
    "edition",
    "changes",
    "ask_again",
    "contacts",
    "storages",
    "collection",
)
_STORAGE_KEYS = ("title", "files")
_FILE_KEYS = ("title", "name", "available_from", "organisations_only", "attach")
_COLLECTION_KEYS = ("title", "opens_at", "closes_at", "late")
_SYNONYMS = {
    "раздел": "section",
    "заголовок": "title",
    "название": "title",
    "кому": "audience",
    "дата": "published_at",
    "date": "published_at",
    "редакция": "edition",
    "version": "edition",
    "изменения": "changes",
    "changed": "changes",
    "исправлено": "changes",
    "expires_at": "valid_until",
    "действует до": "valid_until",
    "контакты": "contacts",
    "contact": "contacts",
    "файлы": "storages",
    "files": "storages",
    "хранилища": "storages",
    "сбор": "collection",
    "form": "collection",
    "file": "name",
    "имя": "name",
    "deadline": "closes_at",
    "срок": "closes_at",
}
_AUDIENCES = {item.value: item for item in Audience}
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PLACEHOLDER = re.compile(r"\{\{(.{0,200}?)\}\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # no store or mail client takes these in a text
# What an operating system or an office program leaves in any folder: no file of the author's.
_DROPPINGS = re.compile(r"\..*|~\$.*|thumbs\.db|desktop\.ini", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_NEEDS = {
    "opens_at": "collection",
    "opens_on": "collection",
    "closes_at": "collection",
    "closes_on": "collection",
    "published_on": "published_at",
    "contacts": "contacts",
}


@dataclass(frozen=True, slots=True)
class LoadedPublication:
    """A checked folder: the publication, the form's YAML if there is one, and the files' bytes by their names.

    ``prefill`` is what forms are filled with before they are first sent; its sha256 is in the collection.
    ``changes`` are the author's words on what a later edition corrects; ``ask_again``: those whose return was accepted
    are asked for another. ``text_line`` is the line of the file on which the publication's text begins.
    """

    publication: Publication
    form_source: str | None
    files: Mapping[str, bytes]
    prefill: bytes | None = None
    changes: tuple[str, ...] = ()
    ask_again: bool = False
    text_line: int = 1


def load_publication(code: str, files: Mapping[str, bytes]) -> LoadedPublication:
    """Check the folder ``code`` and return what it holds.

    ``files`` are paths inside the folder with their bytes: ``publication.md``, ``form.yaml``, ``files/…``. Instants
    without an offset are Moscow time. Raises ConfigurationError, one Russian sentence with file, line and key.
    """
    if not _CODE.fullmatch(code):
        raise mistake("bad_code", code)
    folder = {
        name: data for path, data in files.items() if not _DROPPINGS.fullmatch((name := _path(path)).split("/")[-1])
    }
    _check_folder(code, folder)
    file = f"{code}/{TEXT_FILE}"
    source = _decode(folder[TEXT_FILE], file)
    head, body, body_line = split_front_matter(source, file)
    body = _CONTROL.sub("", body)
    block = read_mapping(head, file, first_line=2).only(_KEYS, _SYNONYMS)
    published_at = block.instant("published_at")
    stored = {path.removeprefix(FILES): data for path, data in folder.items() if path.startswith(FILES)}
    form_source = _decode(folder[FORM_FILE], f"{code}/{FORM_FILE}") if FORM_FILE in folder else None
    tables, prefill = _prefill(code, form_source, stored)
    stored = {name: data for name, data in stored.items() if name not in tables}
    publication = Publication(
        code=code,
        section=block.text("section", limit=100),
        title=block.text("title"),
        text=body.strip("\n"),
        published_at=published_at,
        audience=block.choice("audience", _AUDIENCES, Audience.ALL),
        storages=_storages(code, block, stored, published_at, tables),
        collection=_collection(code, block, form_source, folder, prefill),
        contact="; ".join(block.texts("contacts")),
        edition=block.number("edition", 1, 1, 999),
        valid_until=_valid_until(block, published_at),
    )
    changes, ask_again = _changes(block, publication)
    _check_text(publication, file, body, body_line)
    text_line = body_line + len(body) - len(body.lstrip("\n"))
    return LoadedPublication(publication, form_source, stored, prefill, changes, ask_again, text_line)


def filled_text(publication: Publication) -> str:
    """Return the Markdown with its placeholders filled for people: «18:00 мск 7 сентября 2021 года».

    Raises Incident for a placeholder that loading should have refused.
    """
    values = _values(publication)

    def fill(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in values:
            raise Incident("publication.unfilled_placeholder", publication=publication.code, placeholder=name)
        return values[name]

    return _PLACEHOLDER.sub(fill, publication.text)


def rescheduled(
    loaded: LoadedPublication, opens_at: datetime, closes_at: datetime, published_at: datetime
) -> LoadedPublication:
    """Return ``loaded`` moved to other instants (aware); files become available as long after publishing as before."""
    publication = loaded.publication
    shift = published_at - publication.published_at
    storages = tuple(
        replace(
            storage,
            files=tuple(replace(file, available_from=file.available_from + shift) for file in storage.files),
        )
        for storage in publication.storages
    )
    collection = publication.collection
    if collection is not None:
        collection = replace(collection, opens_at=opens_at, closes_at=closes_at)
    valid_until = publication.valid_until + shift if publication.valid_until else None
    moved = replace(
        publication, published_at=published_at, storages=storages, collection=collection, valid_until=valid_until
    )
    return replace(loaded, publication=moved)


def _path(path: str) -> str:
    """One spelling of a path: macOS writes й as two characters, Windows writes a backslash."""
    return tidy(path.replace("\\", "/"))


def _check_folder(code: str, folder: Mapping[str, bytes]) -> None:
    if TEXT_FILE not in folder:
        raise mistake("no_text_file", code, hint=_similar_file(TEXT_FILE, folder))
    for path, data in folder.items():
        place = f"{code}/{path}"
        if path not in (TEXT_FILE, FORM_FILE) and not path.startswith(FILES):
            raise mistake("unknown_file", place, hint=hint(path, [FORM_FILE, TEXT_FILE]))
        limit = FILE_BYTES if path.startswith(FILES) else SOURCE_BYTES
        if len(data) > limit:
            raise mistake("file_too_big", place, size=_megabytes(len(data)), limit=_megabytes(limit))
    total = sum(map(len, folder.values()))
    if total > ALL_FILES_BYTES:
        raise mistake("all_too_big", code, size=_megabytes(total), limit=_megabytes(ALL_FILES_BYTES))


def _megabytes(size: int) -> str:
    return text("publications.megabytes", size=f"{size / 1_000_000:.1f}".replace(".", ","))


def _similar_file(wanted: str, folder: Mapping[str, bytes]) -> str:
    return hint(wanted, [path for path in folder if "/" not in path])


def _decode(data: bytes, file: str) -> str:
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise mistake("not_utf8", Place(file, line)) from error
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _prefill(code: str, form_source: str | None, stored: Mapping[str, bytes]) -> tuple[frozenset[str], bytes | None]:
    """The files that fill the form, and what they fill it with. Only such a form has to be read whole already here."""
    name = f"{code}/{FORM_FILE}"
    if form_source is None or not read_mapping(form_source, name).has("prefill"):
        return frozenset(), None
    form = load_form(form_source, name)
    return sources(form), prefill_table(code, form, stored)


def _storages(
    code: str, block: Block, stored: Mapping[str, bytes], published_at: datetime, tables: frozenset[str]
) -> tuple[FileStorage, ...]:
    listed: dict[str, int] = {}
    storages = []
    attached = 0
    for storage in block.blocks("storages"):
        storage.only(_STORAGE_KEYS, _SYNONYMS)
        items = storage.blocks("files")
        if not items:
            raise mistake("no_files", storage.at("files"))
        if len(listed) + len(items) > FILE_COUNT:
            raise mistake("too_many_files", storage.at("files"), count=len(listed) + len(items), limit=FILE_COUNT)
        files = []
        for item in items:
            if (name := item.text("name", default="")) in tables:
                raise ConfigurationError("prefill.listed", file=f"{code}/{TEXT_FILE}", name=name)
            file = _stored_file(item.only(_FILE_KEYS, _SYNONYMS), stored, listed, published_at)
            attached += file.size if file.attach else 0
            if attached > ATTACHED_BYTES:
                sizes = {"size": _megabytes(attached), "limit": _megabytes(ATTACHED_BYTES)}
                raise mistake("attached_too_big", item.at("attach"), **sizes)
            files.append(file)
        storages.append(FileStorage(storage.text("title"), tuple(files)))
    for name in stored:
        if name not in listed:
            raise mistake("file_unlisted", f"{code}/{FILES}{name}", hint=hint(name, listed))
    return tuple(storages)


def _stored_file(
    item: Block, stored: Mapping[str, bytes], listed: dict[str, int], published_at: datetime
) -> StoredFile:
    name = item.text("name")
    place = item.at("name")
    if not RESERVED.isdisjoint(name) or len(name) > NAME_LENGTH or "." not in name.strip("."):
        raise mistake("file_name", place, name=name, limit=NAME_LENGTH)
    if name in listed:
        raise mistake("file_doubled", place, name=name, first=listed[name])
    if name not in stored:
        raise mistake("file_missing", place, name=name, hint=hint(name, stored))
    data = stored[name]
    if not data:
        raise mistake("empty_file", place, name=name)
    listed[name] = place.line
    available_from = item.instant("available_from", published_at)
    attach = item.flag("attach")
    if attach and available_from > published_at:
        raise mistake("attached_too_early", item.at("attach"), available=format_instant(available_from))
    return StoredFile(
        number=len(listed),
        title=item.text("title", default=name.rpartition(".")[0]),
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        available_from=available_from,
        organisations_only=item.flag("organisations_only"),
        attach=attach,
    )


def _collection(
    code: str, block: Block, form_source: str | None, folder: Mapping[str, bytes], prefill: bytes | None
) -> Collection | None:
    written = block.block("collection")
    if written is None:
        if form_source is not None:
            raise mistake("no_collection", f"{code}/{FORM_FILE}")
        return None
    written.only(_COLLECTION_KEYS, _SYNONYMS)
    if block.choice("audience", _AUDIENCES, Audience.ALL) is Audience.COORDINATORS:
        raise mistake("collection_unseen", block.at("audience"))
    if form_source is None:
        raise mistake("no_form", block.at("collection"), hint=_similar_file(FORM_FILE, folder))
    # Only the two keys that the publication itself needs; the whole form is validated by forms.definition.
    form = read_mapping(form_source, f"{code}/{FORM_FILE}")
    form_id = form.text("form")
    if not _CODE.fullmatch(form_id):
        raise mistake("form_id", form.at("form"), value=form_id)
    opens_at, closes_at = written.instant("opens_at"), written.instant("closes_at")
    if closes_at <= opens_at:
        instants = {"opens": format_instant(opens_at), "closes": format_instant(closes_at)}
        raise mistake("closes_before_opens", written.at("closes_at"), **instants)
    if closes_at <= (published_at := block.instant("published_at")):
        instants = {"published": format_instant(published_at), "closes": format_instant(closes_at)}
        raise mistake("closes_before_published", written.at("closes_at"), **instants)
    return Collection(
        title=written.text("title", default=block.text("title")),
        form_id=form_id,
        form_version=form.number("version", None, 1, 9999),
        opens_at=opens_at,
        closes_at=closes_at,
        late=written.choice("late", {item.value: item for item in LatePolicy}, LatePolicy.REFUSE),
        prefill=hashlib.sha256(prefill).hexdigest() if prefill is not None else None,
    )


def _valid_until(block: Block, published_at: datetime) -> datetime | None:
    if not block.has("valid_until"):
        return None
    valid_until = block.instant("valid_until")
    if valid_until <= published_at:
        instants = {"until": format_instant(valid_until), "published": format_instant(published_at)}
        raise mistake("valid_before_published", block.at("valid_until"), **instants)
    return valid_until


def _changes(block: Block, publication: Publication) -> tuple[tuple[str, ...], bool]:
    """What the author says of a later edition. The first one corrects nothing."""
    changes, ask_again = block.texts("changes"), block.flag("ask_again")
    if len(changes) > MOST_CHANGES:
        raise mistake("too_many_changes", block.at("changes"), count=len(changes), limit=MOST_CHANGES)
    for change in changes:
        if len(change) > CHANGE_LENGTH:
            raise mistake("too_long", block.at("changes"), length=len(change), limit=CHANGE_LENGTH)
    if publication.edition == 1:
        for key in ("changes", "ask_again"):
            if block.has(key) and (key == "changes" or ask_again):
                raise mistake("first_edition", block.at(key))
    if ask_again and publication.collection is None:
        raise mistake("nothing_to_ask_again", block.at("ask_again"))
    return tuple(change.rstrip(" .;") for change in changes), ask_again


def _values(publication: Publication) -> dict[str, str]:
    """What each placeholder is filled with in this publication; one without a value is not there."""
    values = {"published_on": format_date(publication.published_at)}
    if publication.contact:
        values["contacts"] = _MARKDOWN.sub(r"\\\1", publication.contact)
    if publication.collection:
        for end, at in (("opens", publication.collection.opens_at), ("closes", publication.collection.closes_at)):
            values[f"{end}_on"] = format_date(at)
            values[f"{end}_at"] = text(
                "publications.instant", time=f"{at.astimezone(MOSCOW):%H:%M}", date=format_date(at)
            )
    return values


def _check_text(publication: Publication, file: str, body: str, first_line: int) -> None:
    if not body.strip():
        raise mistake("no_text", Place(file, first_line))
    if len(body) > TEXT_LENGTH:
        raise mistake("text_too_long", Place(file, first_line), length=len(body), limit=TEXT_LENGTH)
    values = _values(publication)
    for number, line in enumerate(body.split("\n"), start=first_line):
        place = Place(file, number)
        for match in _PLACEHOLDER.finditer(line):
            name = match[1].strip()
            if name not in _NEEDS:
                known = ", ".join(_NEEDS)
                raise mistake("unknown_placeholder", place, name=name, hint=hint(name, _NEEDS), known=known)
            if name not in values:
                raise mistake("placeholder_without_value", place, name=name, needs=_NEEDS[name])
        rest = _PLACEHOLDER.sub("", line)
        if "{{" in rest or "}}" in rest:
            raise mistake("broken_placeholder", place)
