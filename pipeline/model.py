"""The words of the domain as frozen types: what a publication, a letter, a receipt and a return are made of.

Instants are aware UTC. Values of the enumerations are stored and printed as they stand here: they are contracts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who a login is: an organisation answers, a coordinator watches its region."""

    ORGANISATION = "organisation"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Login:
    """A line of the roster. ``code`` keeps the case as issued (seed, section 2); addresses are ready for SMTP."""

    code: str
    name: str
    role: Role
    region: str
    addresses: tuple[str, ...] = ()


class Audience(StrEnum):
    """To whom a publication is sent; coordinators of the regions concerned always get their own letter of it."""

    ALL = "all"
    ORGANISATIONS = "organisations"
    COORDINATORS = "coordinators"


class LatePolicy(StrEnum):
    """What a return after the closing is: refused, or taken and marked late."""

    REFUSE = "refuse"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Collection:
    """A form with an opening and a closing instant.

    ``prefill`` is the sha256 of the table that fills the form before it is first sent (``cabinet.prefill``).
    ``extended_from`` is the general closing where ``closes_at`` is the later one of a single login or region.
    """

    title: str
    form_id: str
    form_version: int
    opens_at: datetime
    closes_at: datetime
    late: LatePolicy = LatePolicy.REFUSE
    prefill: str | None = None
    extended_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a storage. ``number`` counts through the whole publication from 1: it is what «ФАЙЛ n» names."""

    number: int
    title: str
    name: str
    sha256: str
    size: int
    available_from: datetime
    organisations_only: bool = False
    attach: bool = False


@dataclass(frozen=True, slots=True)
class FileStorage:
    """A titled list of files within a publication (seed, Fig. 7, block 2)."""

    title: str
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """Announcement, file storages and at most one collection. ``number`` is given by the store when first saved.

    ``text`` is Markdown as written: ``cabinet.publications.filled_text`` fills its placeholders. ``valid_until`` is
    until when it goes to new addresses where the author has said so.
    """

    code: str
    section: str
    title: str
    text: str
    published_at: datetime
    audience: Audience = Audience.ALL
    storages: tuple[FileStorage, ...] = ()
    collection: Collection | None = None
    contact: str = ""
    edition: int = 1
    number: int = 0
    valid_until: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""


class Status(StrEnum):
    """Where a participation stands; people read the catalogue's words for these."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


class StatusEvent(StrEnum):
    """What may move a status; ``pipeline.status`` holds the table."""

    DRAFT_RECEIVED = "draft_received"
    RETURN_REJECTED = "return_rejected"
    FORM_REQUESTED = "form_requested"
    RETURN_ACCEPTED = "return_accepted"
    RETURN_WITHDRAWN = "return_withdrawn"


@dataclass(frozen=True, slots=True)
class Participation:
    """One login in one collection. All instants are the mail server's receipt times (INTERNALDATE)."""

    publication: str
    login: str
    status: Status = Status.NOT_STARTED
    begun_at: datetime | None = None
    handed_in_at: datetime | None = None
    accepted_return_id: int | None = None
    last_rejected_at: datetime | None = None

    @property
    def correction_rejected(self) -> bool:
        """Whether a later return was refused while an earlier one stands («исправление не принято»)."""
        return (
            self.handed_in_at is not None
            and self.last_rejected_at is not None
            and self.last_rejected_at > self.handed_in_at
        )

    @property
    def disputed(self) -> bool:
        """Whether what was handed in was withdrawn («это не мы») and nothing else stands («сдача оспорена»)."""
        return self.status is Status.SUBMITTED and self.accepted_return_id is None


@dataclass(frozen=True, slots=True)
class Participant:
    """A line of «Список участников»: a participation with the login's name and region.

    ``extended_to`` is the closing that holds for this login when it is later than the collection's own;
    ``departed_at`` is when it left the roster, if it did so after the opening.
    """

    login: Login
    participation: Participation
    extended_to: datetime | None = None
    departed_at: datetime | None = None


class Severity(StrEnum):
    """An error refuses the return, a warning is only told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or warning, exact to the cell.

    ``code`` says what sort of fault it is, ``rule`` which rule of the form (its permanent id; a built-in check names
    itself). ``row`` counts as the spreadsheet does; ``column`` is the column's id; ``cell`` like ``B7``; a finding
    about a whole sheet or workbook leaves them None. ``value`` is what was found, as text. ``message`` is Russian and
    says what to do.
    """

    code: str
    rule: str
    severity: Severity
    message: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    value: str | None = None


class Outcome(StrEnum):
    """What became of a workbook."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    INCIDENT = "incident"

    @property
    def is_accepted(self) -> bool:
        """Whether the data are taken."""
        return self in (Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS)


@dataclass(frozen=True, slots=True)
class Return:
    """A workbook that came back. ``received`` holds the cells as they came, ``data`` the typed values if accepted.

    Both are JSON: ``received`` is ``{sheet id: {row number as text: {column id: cell}}}`` with cells in the shape of
    ``kabinet form read``; ``data`` is ``{sheet id: [{"row": n, column id: value}]}``, dates in ISO 8601.
    """

    publication: str
    login: str
    form_id: str
    form_version: int
    sha256: str
    draft: bool
    outcome: Outcome
    received_at: datetime
    late: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)
    received: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    ordinal: int = 0
    id: int = 0
    receipt_id: int = 0
    withdrawn_at: datetime | None = None


class ReceiptState(StrEnum):
    """How far a received message has come. ``UNREAD`` is recorded and not yet judged; the rest are outcomes."""

    UNREAD = "unread"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as the mailbox gave it: UID, INTERNALDATE (aware UTC) and the exact bytes.

    ``size`` is set for a message that was too large to be fetched: its bytes on the server; ``data`` is its header.
    """

    uid: int
    received_at: datetime
    data: bytes
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One incoming message and what became of it. The ledger's key is (account, folder, uidvalidity, uid).

    ``released_as`` is the login that a registered address or an operator vouched for after the message was held.
    """

    account: str
    folder: str
    uidvalidity: int
    uid: int
    sha256: str
    size: int
    received_at: datetime
    state: ReceiptState = ReceiptState.UNREAD
    kind: str | None = None
    rule: str | None = None
    rules_hash: str | None = None
    trust: str | None = None
    login: str | None = None
    publication: str | None = None
    sender: str | None = None
    subject: str | None = None
    reason: str | None = None
    attempts: int = 0
    duplicate_of: int | None = None
    released_as: str | None = None
    id: int = 0


class LetterState(StrEnum):
    """``SENDING`` means that the server may already have it: after a crash it becomes ``UNCERTAIN`` (RFC 1047)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHHELD = "withheld"


class AttachmentKind(StrEnum):
    """What is attached and therefore how it is made again from the row alone."""

    FORM = "form"
    ANNOTATED = "annotated"
    FILE = "file"
    REPORT = "report"
    MESSAGE = "message"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class AttachmentSpec:
    """How to make an attachment: FORM {prefill: return id|None, table: sha256 of rows by login where there are any},
    ANNOTATED {return}, FILE {sha256}, REPORT {number}, MESSAGE {sha256 of received bytes},
    ZIP {files: [{name, sha256}], at: ISO 8601 date of its members}."""

    kind: AttachmentKind
    name: str
    ref: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """One outgoing message to one address: everything needed to render the same bytes again.

    ``kind`` is the folder under ``templates/letters``. ``key`` is unique: it is what makes a second run harmless.
    ``tag`` is the signed identity put into the reply address, or "" for letters that await no answer.
    ``created_at`` is the Date header. ``data`` is JSON for the template; ``shared``, of which ``data`` may replace
    values, is what the letters of one mailing have in common. ``copy_proof`` tells whether a file in ``outbox/ready``
    is this letter, whole and as it would be made now; None when no copy was made.
    """

    key: str
    kind: str
    address: str
    message_id: str
    created_at: datetime
    due_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    shared: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[AttachmentSpec, ...] = ()
    publication: str | None = None
    login: str | None = None
    tag: str = ""
    edition: int = 1
    priority: int = 5
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    expires_at: datetime | None = None
    receipt_id: int | None = None
    state: LetterState = LetterState.QUEUED
    attempts: int = 0
    server_reply: str | None = None
    sent_at: datetime | None = None
    id: int = 0
    copy_proof: str | None = None


class SendOutcome(StrEnum):
    """What the SMTP server said: 250; 4xx or no connection; 5xx; or nothing after DATA."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class SendResult:
    """Outcome of handing one letter to the SMTP server, with the server's words.

    ``whole``: the server has put off all that we send, not this letter: before it knew the recipient, or as it closed.
    """

    outcome: SendOutcome
    reply: str
    whole: bool = field(default=False, compare=False)


class WireMessage(bytes):
    """A message whose lines end in CRLF and begin with no dot: it goes over SMTP as it is (RFC 5321, 4.5.2)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter as it goes to the SMTP server: its id, return path, recipient and bytes."""

    letter_id: int
    envelope_from: str
    recipient: str
    content: bytes


class ReportKind(StrEnum):
    """A numbered product."""

    EXPORT = "export"
    PARTICIPANTS = "participants"


class ReportState(StrEnum):
    """«формируется» and «готов к загрузке» (seed, Fig. 22)."""

    FORMING = "forming"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A numbered report on a publication; ``region`` None means all; ``sha256`` names its bytes once ready."""

    number: int
    kind: ReportKind
    publication: str
    region: str | None
    requested_by: str | None
    state: ReportState
    created_at: datetime
    name: str = ""
    sha256: str | None = None
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """«Всего / Не приступило / В работе / Сдано» (seed, Fig. 22); the first is the sum of the rest."""

    not_started: int = 0
    in_progress: int = 0
    submitted: int = 0

    @property
    def total(self) -> int:
        """Всего."""
        return self.not_started + self.in_progress + self.submitted


@dataclass(frozen=True, slots=True)
class Summary:
    """What a step did: its name, counts by stable names, and remarks for the operator."""

    step: str
    counts: Mapping[str, int]
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """What an isolated reader says of a file that it gave up: a stable code, and what fills its sentence."""

    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


class IssueHow(StrEnum):
    """How a file came to go with a letter: with the publication («отправлен»), or asked for («скачан»)."""

    ATTACHED = "attached"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Issued:
    """A file of a publication that went, or is to go, with a letter to ``login``.

    ``asked_at`` is the letter's date. ``taken_at`` is when our mail server took the letter, None while it has not, or
    when the letter came back later. ``waiting``: it may still leave.
    """

    letter_id: int
    publication: str
    number: int
    sha256: str
    login: str
    how: IssueHow
    asked_at: datetime
    taken_at: datetime | None = None
    waiting: bool = False
    returned: bool = False


class ReadHow(StrEnum):
    """By what we know that a publication was opened: an answer to its letter, a command about it, a read receipt."""

    REPLY = "reply"
    COMMAND = "command"
    READ_RECEIPT = "read_receipt"
