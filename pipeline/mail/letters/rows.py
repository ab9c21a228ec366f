"""What several kinds of letters show: a publication, its collection, findings, files, participants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from pipeline.mail.letters.data import Row
from pipeline.model import Severity, Status

CollectionState: TypeAlias = Literal["soon", "open", "closed"]


# What every letter is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood(Row):
    """What was written, and as which command it was understood: of answers to what is only likely to be meant."""

    asked: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal(Row):
    """The one it is written to: ``code`` is for inquiries, ``reply_to`` the exchange address with the letter's tag.

    ``understood`` is in the answers to a command that is only likely to be meant.
    """

    login: str
    name: str
    code: str
    reply_to: str
    understood: Understood | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationBlock(Row):
    """The publication that a letter is about."""

    code: str
    title: str
    section: str
    number: int
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionBlock(Row):
    """«Сбор данных»; ``extended_from`` is the closing for everybody, where this one has more time."""

    title: str
    opens_at: datetime
    closes_at: datetime
    state: CollectionState
    extended_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing(Row):
    """What the letters of a mailing have in common."""

    support: str
    phone: str
    service: str
    publication: PublicationBlock | None = None
    collection: CollectionBlock | None = None


# Organisations


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRow(Row):
    """A login and its name."""

    login: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow(Row):
    """An organisation that has not begun; ``flags`` are in words."""

    login: str
    name: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredRow(Row):
    """An address that letters do not reach, and why, in words."""

    login: str
    name: str
    address: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsRow(Row):
    """The four figures of a collection."""

    total: int
    not_started: int
    in_progress: int
    submitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow(Row):
    """A collection that an organisation takes part in, with its status and its own closing."""

    title: str
    status: Status
    begun_at: datetime | None
    handed_in_at: datetime | None
    state: CollectionState
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow(Row):
    """A correction of a record, as asked for."""

    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAbout(Row):
    """A held message as its owner must recognise it; nothing of its content."""

    sender: str
    subject: str
    received_at: datetime
    command: str
    files: tuple[str, ...]
    corrections: tuple[CorrectionRow, ...]


# Returns


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCount(Row):
    """How many rows of a sheet are filled."""

    sheet: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesTable(Row):
    """The values of a sheet as people write them."""

    sheet: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow(Row):
    """A finding: where it is, what stands there, what to do. ``hidden``: the form keeps its data out of letters."""

    sheet: str
    cell: str
    column: str
    value: str
    message: str
    severity: Severity
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReturn(Row):
    """What was found in a return; ``findings_left`` are not shown."""

    received_at: datetime
    findings: tuple[FindingRow, ...]
    errors: int
    warnings: int
    findings_left: int


# Publications and their files


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationLine(Row):
    """A publication as a line of a list; ``state`` is that of its collection, ``status`` the writer's own."""

    number: int
    section: str
    title: str
    published_at: datetime
    files: int
    new: bool
    state: CollectionState | None
    closes_at: datetime | None
    status: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow(Row):
    """A file of a publication as one login sees it.

    ``locked``: it is for organisations only. ``reason`` is why it is not given: ``locked early too_large``, "" for one
    that is. ``publication`` is the number of its publication, in a list of files of several.
    """

    number: int
    title: str
    name: str
    size: int
    available_from: datetime
    available: bool = True
    attached: bool = False
    locked: bool
    taken_at: datetime | None = None
    sent_at: datetime | None = None
    waiting: bool = False
    reason: str = ""
    publication: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageRow(Row):
    """A file storage, with those of its files that a letter lists."""

    title: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut(Row):
    """Files that are not given: ``refused_left`` are not shown, ``unknown`` are numbers that no file has."""

    refused: tuple[FileRow, ...]
    refused_left: int
    unknown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationContent(Row):
    """A publication's text and the first of its files, the same for all of a role. ``files_left`` are not listed."""

    text: str
    edition: int
    storages: tuple[StorageRow, ...]
    files_total: int
    files_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Row):
    """The publication replaces an edition sent before. ``ask_again``: accepted data are asked for once more."""

    edition: int
    changes: tuple[str, ...]
    ask_again: bool


# A coordinator's figures


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunRow(Row):
    """An organisation that has begun; ``flags`` are in words."""

    login: str
    name: str
    flags: tuple[str, ...]
    status: Status
    begun_at: datetime | None
    handed_in_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsLine(Row):
    """The attached report on downloads: so many organisations have ``taken`` a file."""

    number: int
    organisations: int
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures(Row):
    """The figures and lists of a region at ``day``; ``corrections`` wait for its coordinator."""

    counts: CountsRow
    region: str
    participants: tuple[BegunRow, ...]
    not_started: tuple[WaitingRow, ...]
    undelivered: tuple[UndeliveredRow, ...]
    corrections: int
    day: datetime
    report_number: int
    downloads: DownloadsLine | None
