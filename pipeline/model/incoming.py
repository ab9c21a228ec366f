"""What comes in: messages on record, returned workbooks and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from pipeline.model.reason import Reason


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


class Suspicion(IntEnum):
    """Whether a worker died that had claimed the message: with others beside it, or alone.

    A death says little: people, power cuts and other messages kill workers too. It decides how the message is tried
    next: beside others, alone, or in a process of its own.
    """

    NONE = 0
    BESIDE_OTHERS = 1
    ALONE = 2


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
class Verdict:
    """What a message was judged to be, and what became of it: by which rule, as whose, in how much trust, and why."""

    state: ReceiptState
    kind: str | None = None
    rule: str | None = None
    rules_hash: str | None = None
    trust: str | None = None
    login: str | None = None
    publication: str | None = None
    sender: str | None = None
    subject: str | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One incoming message and what became of it. The ledger's key is (account, folder, uidvalidity, uid).

    ``released_as`` is the login that a registered address or an operator vouched for after the message was held.
    ``attempts`` counts how often judging it has failed.
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
    reason: Reason | None = None
    attempts: int = 0
    suspicion: Suspicion = Suspicion.NONE
    duplicate_of: int | None = None
    released_as: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """What an isolated reader says of a file that it gave up: a stable code, and what fills its sentence."""

    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


class ReceiptEvent(StrEnum):
    """What people did about a message on record: asked, and released, refused or disowned, and processed again."""

    ASKED = "asked"
    RELEASED = "released"
    REFUSED = "refused"
    DISOWNED = "disowned"
    REPLAYED = "replayed"


class Purpose(StrEnum):
    """What a one-time code does: release a held message, or undo what one brought."""

    RELEASE = "release"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Decided:
    """A line of a message's audit: who did what, when and why."""

    event: ReceiptEvent
    at: datetime
    who: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A code on record. ``answer`` is None until it is spent."""

    id: int
    purpose: Purpose
    receipt_id: int
    login: str
    expires_at: datetime
    spent_at: datetime | None = None
    answer: str | None = None


FILING_OUTCOMES = (
    "accepted",
    "drafts",
    "returned",
    "held",
    "failed",
    "refused",
    "too_large",
    "requests",
    "questions",
    "service",
    "other",
)
"""What may become of a message, as the folders on the server distinguish it.

``folder.<outcome>`` in the catalogue is the default name of its folder.
"""
