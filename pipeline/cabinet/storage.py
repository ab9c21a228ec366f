"""The file storage of a publication as one login sees it: what is listed, what may be given, how it is packed (S6, S7).

Two words are never mixed up: «отправлен» is a file that went with the publication's letter, «скачан» one that was asked
for; both from the moment when our mail server took the letter, and not when the letter came back.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from pipeline.cabinet.search import score
from pipeline.catalogue import MOSCOW
from pipeline.files.names import safe_name
from pipeline.mail.letters.rows import FileRow, StorageRow
from pipeline.model import Audience, FileStorage, Issued, IssueHow, Publication, Role, StoredFile

IN_PUBLICATION = 15
"""Files that the letter of a publication lists; «ФАЙЛЫ» lists all, page by page."""

_LETTER_AROUND = 300_000  # bytes of a letter beside its files: both texts, the logo and the headers
_LINE, _LINE_BASE64 = 57, 78  # octets that one line of base64 holds, and its own with CRLF (RFC 2045, 6.8)
_MEMBER, _END = 76, 22  # octets of a stored member's two records without its name, and of the archive's end
_FOLDER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not given: ``locked early too_large``; ``available_from`` says when an early one will be."""

    file: StoredFile
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a listing: files by storage as letters show them, and how many there are in all."""

    storages: tuple[StorageRow, ...]
    shown: int
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Part:
    """What goes with one letter of an archive in parts; ``size`` is the archive's in bytes."""

    files: tuple[StoredFile, ...]
    size: int


def files_of(publication: Publication) -> list[StoredFile]:
    """Return every file of a publication in the order of its numbers."""
    return [file for storage in publication.storages for file in storage.files]


def for_organisations(publication: Publication) -> bool:
    """Whether there are files that organisations can have: coordinators keep those of theirs to themselves."""
    return publication.audience is not Audience.COORDINATORS and bool(files_of(publication))


def answers(query: str, file: StoredFile) -> bool:
    """Whether ``query`` finds a file by its title or name."""
    return score(query, f"{file.title} {file.name}") > 0


def listing(
    publication: Publication,
    role: Role,
    issued: Iterable[Issued],
    now: datetime,
    *,
    query: str = "",
    page: int = 1,
    size: int = IN_PUBLICATION,
) -> Page:
    """Return a page of at most ``size`` files, those that ``query`` finds by title or name; a page too far is the last.

    ``issued`` is what went to the login.
    """
    known = by_bytes(issued)
    found = [
        (storage, file)
        for storage in publication.storages
        for file in storage.files
        if not query or answers(query, file)
    ]
    pages = max(1, -(-len(found) // size))
    page = min(max(1, page), pages)
    shown = found[(page - 1) * size : page * size]
    storages: list[StorageRow] = []
    for storage in publication.storages:
        files = tuple(file_row(file, role, known.get(file.sha256, ()), now) for of, file in shown if of is storage)
        if files:
            storages.append(StorageRow(title=storage.title, files=files))
    return Page(tuple(storages), len(shown), len(found), page, pages)


def file_row(file: StoredFile, role: Role, issued: Sequence[Issued], now: datetime) -> FileRow:
    """Return a file as letters show it; ``issued`` are the letters to this login that carry it."""
    return FileRow(
        number=file.number,
        title=file.title,
        name=file.name,
        size=file.size,
        available_from=file.available_from,
        available=file.available_from <= now,
        locked=_is_locked(file, role),
        taken_at=_last(issued, IssueHow.REQUESTED),
        sent_at=_last(issued, IssueHow.ATTACHED),
        waiting=any(issue.waiting for issue in issued),
    )


def by_bytes(issued: Iterable[Issued]) -> dict[str, list[Issued]]:
    """Return what was issued by the hash of the bytes: a corrected file has not been issued yet."""
    known: dict[str, list[Issued]] = {}
    for issue in issued:
        known.setdefault(issue.sha256, []).append(issue)
    return known


def instants(issued: Iterable[Issued], how: IssueHow) -> list[datetime]:
    """Return when our mail server took the letters in which a file was issued in this way, oldest first."""
    return sorted(issue.taken_at for issue in issued if issue.how is how and issue.taken_at is not None)


def sort_out(
    files: Sequence[StoredFile], role: Role, now: datetime, room: int
) -> tuple[list[StoredFile], list[Refusal]]:
    """Return (files that may be given, the rest with reasons); ``room`` is what one letter can carry, in bytes."""
    given: list[StoredFile] = []
    refused: list[Refusal] = []
    for file in files:
        if _is_locked(file, role):
            refused.append(Refusal(file, "locked"))
        elif file.available_from > now:
            refused.append(Refusal(file, "early"))
        elif file.size > room:
            refused.append(Refusal(file, "too_large"))
        else:
            given.append(file)
    return given, refused


def room_for_files(largest_letter: int) -> int:
    """Return how many bytes of files a letter of ``largest_letter`` bytes can carry after base64."""
    return max(0, (largest_letter - _LETTER_AROUND) // _LINE_BASE64 * _LINE)


def parts(files: Sequence[StoredFile], names: Mapping[int, str], room: int) -> list[Part]:
    """Divide ``files``, in their order, into archives of at most ``room`` bytes; ``names`` as ``member_names`` gives.

    Members are stored and not compressed, so sizes are known beforehand and the same files make the same bytes under
    any version of zlib. A file that is larger than ``room`` alone must have been sorted out before.
    """
    made: list[Part] = []
    current: list[StoredFile] = []
    size = _END
    for file in files:
        takes = file.size + _MEMBER + 2 * len(names[file.number].encode())
        if current and size + takes > room:
            made.append(Part(tuple(current), size))
            current, size = [], _END
        current.append(file)
        size += takes
    if current:
        made.append(Part(tuple(current), size))
    return made


def member_names(storages: Sequence[FileStorage], files: Sequence[StoredFile]) -> dict[int, str]:
    """Return the name of each file inside an archive, by number; of several storages each is a folder.

    Names are such as Windows can write.
    """
    wanted = {file.number for file in files}
    used = [storage for storage in storages if any(file.number in wanted for file in storage.files)]
    folders = {storage.title: _folder(storage.title) for storage in used}
    if len(set(map(str.lower, folders.values()))) < len(used):  # titles that differ in what a file system cannot hold
        folders = {storage.title: f"{number}. {folders[storage.title]}" for number, storage in enumerate(used, 1)}
    names: dict[int, str] = {}
    taken: set[str] = set()
    for storage in used:
        folder = f"{folders[storage.title]}/" if len(used) > 1 else ""
        for file in storage.files:
            if file.number in wanted:
                name = folder + safe_name(file.name)
                names[file.number] = name if name.lower() not in taken else f"{folder}{file.number}. {file.name}"
                taken.add(names[file.number].lower())
    return names


def archive(members: Sequence[tuple[str, bytes]], at: datetime) -> bytes:
    """Return a zip of ``members`` (name, bytes), all dated ``at`` (to two seconds, Moscow time).

    Names are UTF-8 and say so (the language encoding flag), which Windows Explorer and every archiver understand. The
    same arguments always give the same bytes.
    """
    local = at.astimezone(MOSCOW)
    date = (max(1980, local.year), local.month, local.day, local.hour, local.minute, local.second)
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as made:
        for name, data in members:
            member = ZipInfo(name, date)
            # «Made by Unix»: of archives of MS-DOS some programs believe its code page rather than the UTF-8 flag.
            member.create_system, member.external_attr = 3, 0o100644 << 16
            made.writestr(member, data)
    return buffer.getvalue()


def spans(numbers: Iterable[int]) -> str:
    """``[3, 4, 5, 9]`` → ``"3-5, 9"``, as «ФАЙЛ» takes it."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def _folder(title: str) -> str:
    return safe_name(" ".join(title.split())[:_FOLDER_LENGTH])


def _is_locked(file: StoredFile, role: Role) -> bool:
    return role is Role.COORDINATOR and file.organisations_only


def _last(issued: Sequence[Issued], how: IssueHow) -> datetime | None:
    """When a file was last issued in this way."""
    at = instants(issued, how)
    return at[-1] if at else None
