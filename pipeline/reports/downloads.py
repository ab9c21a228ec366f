"""Which organisation downloaded which file (seed, Fig. 11), as figures for letters and as a workbook (S8).

«Отправлен» is a file that went with the publication, «скачан» one that was asked for (``cabinet.storage``); what our
mail server has not taken, and what came back, is neither. Files are told apart by their bytes: a corrected file has not
been downloaded yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.cabinet import storage
from pipeline.catalogue import text
from pipeline.model import Issued, IssueHow, Login, Publication, StoredFile
from pipeline.reports.sheets import Table, Value, write_tables


@dataclass(frozen=True, slots=True)
class OfFile:
    """A file to one organisation: when it was last sent with the publication, and each time it was downloaded."""

    file: StoredFile
    sent_at: datetime | None
    taken: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Downloads:
    """What became of the files of ``publication``, by organisation; those that had none are among them."""

    publication: Publication
    organisations: Sequence[tuple[Login, Sequence[OfFile]]]

    @property
    def total(self) -> int:
        """How many organisations there are."""
        return len(self.organisations)

    @property
    def having_taken(self) -> int:
        """How many have downloaded some file."""
        return sum(1 for _, files in self.organisations if any(item.taken for item in files))

    def by_file(self) -> list[tuple[StoredFile, int, int]]:
        """Return each file with how many organisations it was sent to, and how many have downloaded it."""
        sent: dict[int, int] = defaultdict(int)
        taken: dict[int, int] = defaultdict(int)
        for _, files in self.organisations:
            for item in files:
                sent[item.file.number] += item.sent_at is not None
                taken[item.file.number] += bool(item.taken)
        return [(file, sent[file.number], taken[file.number]) for file in storage.files_of(self.publication)]


def downloads(publication: Publication, people: Sequence[tuple[Login, Sequence[Issued]]]) -> Downloads:
    """Return what became of the files of ``publication``; ``people`` are organisations with what was issued to each."""
    return Downloads(publication, [(login, list(_of_login(publication, issued))) for login, issued in people])


def downloads_workbook(found: Downloads, now: datetime) -> bytes:
    """Return the report as .xlsx: by organisation, by file, and each file of each organisation."""
    return write_tables(
        [
            Table(
                text("report.downloads_organisations"),
                _header("login", "name", "region", "files_taken", "files_sent", "last_taken"),
                (14, 70, 8, 12, 14, 24),
                [_organisation(login, files) for login, files in found.organisations],
            ),
            Table(
                text("report.downloads_files"),
                _header(
                    "number", "storage", "file", "file_name", "available_from", "sent_to", "taken_by", "not_taken_by"
                ),
                (6, 40, 50, 50, 18, 15, 15, 15),
                [*_file_rows(found)],
            ),
            Table(
                text("report.downloads_details"),
                _header("login", "name", "region", "number", "file", "sent_at", "taken_at", "times"),
                (14, 70, 8, 6, 50, 18, 18, 10),
                [
                    [login.code, login.name, login.region, item.file.number, item.file.title, *_when(item)]
                    for login, files in found.organisations
                    for item in files
                ],
            ),
        ],
        now,
    )


def _of_login(publication: Publication, issued: Sequence[Issued]) -> Iterator[OfFile]:
    known = storage.by_bytes(issued)
    for file in storage.files_of(publication):
        sent = storage.instants(known.get(file.sha256, ()), IssueHow.ATTACHED)
        taken = storage.instants(known.get(file.sha256, ()), IssueHow.REQUESTED)
        if sent or taken:
            yield OfFile(file, sent[-1] if sent else None, tuple(taken))


def _header(*names: str) -> list[str]:
    return [text(f"report.{name}") for name in names]


def _organisation(login: Login, files: Sequence[OfFile]) -> list[Value]:
    last = max((at for item in files for at in item.taken), default=None)
    sent = sum(1 for item in files if item.sent_at is not None)
    return [
        login.code,
        login.name,
        login.region,
        sum(1 for item in files if item.taken),
        sent,
        last or text("report.only_sent" if sent else "report.nothing_taken"),
    ]


def _file_rows(found: Downloads) -> Iterator[list[Value]]:
    titles = {file.number: of.title for of in found.publication.storages for file in of.files}
    for file, sent, taken in found.by_file():
        about: list[Value] = [file.number, titles[file.number], file.title, file.name, file.available_from]
        yield [*about, sent, taken, found.total - taken]


def _when(item: OfFile) -> list[Value]:
    return [item.sent_at, item.taken[-1] if item.taken else text("report.not_taken"), len(item.taken)]
