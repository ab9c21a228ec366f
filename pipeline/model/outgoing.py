"""What goes out: letters, what goes along, and what the server said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

ANSWER, NOTICE, CAMPAIGN = 1, 3, 5
"""Priorities of letters: answers leave before notices, and notices before campaigns."""


class LetterState(StrEnum):
    """``SENDING`` means that the server may already have it: after a crash it becomes ``UNCERTAIN`` (RFC 1047)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHHELD = "withheld"


class Hours(StrEnum):
    """At which hours a letter leaves: an answer at any, what nobody asked for not at night, reminders at work."""

    ANY = "any"
    WAKING = "waking"
    WORKING = "working"


class AttachmentKind(StrEnum):
    """What is attached and therefore how it is made again from the row alone."""

    FORM = "form"
    ANNOTATED = "annotated"
    FILE = "file"
    REPORT = "report"
    MESSAGE = "message"
    ZIP = "zip"


class Allowance(StrEnum):
    """What a letter that answers a message counts for: each has caps of its own, so that none uses up another's (M33).

    ``ANSWERS`` answer commands and questions, ``RECEIPTS`` say what became of a return, ``SUPPORT`` is what people of
    support wrote.
    """

    ANSWERS = "answers"
    RECEIPTS = "receipts"
    SUPPORT = "support"


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
    values, is what the letters of one mailing have in common. ``allowance`` is what an answer counts for, None for a
    letter that no cap counts. ``copy_proof`` tells whether a file in ``outbox/ready``
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
    hours: Hours = Hours.ANY
    allowance: Allowance | None = None
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
