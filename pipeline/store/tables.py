"""The tables. Instants are aware UTC, enumerations words with a CHECK, everything with a shape of its own is JSON.

``logins.code`` keeps the case as issued and is found by ``code_key``, its lower case; foreign keys follow a corrected
code. Messages on record (``receipts``) name logins and publications without foreign keys: what a message claims to be
about is recorded as judged, whatever exists.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from pipeline.model import (
    Audience,
    LatePolicy,
    LetterState,
    Outcome,
    ReceiptState,
    ReportKind,
    ReportState,
    Role,
    Status,
    StatusEvent,
)
from pipeline.store.columns import ForeignText, UtcInstant, words


class LetterEvent(StrEnum):
    """What happened to a letter, in the delivery log."""

    QUEUED = "queued"
    WITHHELD = "withheld"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    READ = "read"
    AUTORESPONDED = "autoresponded"


class TaskKind(StrEnum):
    """What somebody has to see to."""

    DEAD_ADDRESS = "dead_address"


class TaskClosing(StrEnum):
    """Why a task on a dead address is over: it lives again, its login was given another, or it left the roster."""

    ALIVE = "alive"
    NEW_ADDRESS = "new_address"
    ADDRESS_GONE = "address_gone"


class ReceiptEvent(StrEnum):
    """What people did about a message on record: asked, and released, refused or disowned, and processed anew."""

    ASKED = "asked"
    RELEASED = "released"
    REFUSED = "refused"
    DISOWNED = "disowned"
    REPLAYED = "replayed"


class Purpose(StrEnum):
    """What a one-time code does: release a held message, or undo what one brought."""

    RELEASE = "release"
    UNDO = "undo"


class ChangeState(StrEnum):
    """How far a correction asked for with «ПАСПОРТ» has come."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class Base(DeclarativeBase):
    """Root of the tables: names of constraints are fixed, so that both databases and all migrations agree on them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: UtcInstant,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def _login_key() -> ForeignKey:
    return ForeignKey("logins.code", onupdate="CASCADE")


def _answers_by(column: str) -> Index:
    """The caps count answers alone, and those of one day: campaigns cost this index nothing."""
    answers = text("receipt_id IS NOT NULL")
    return Index(f"ix_letters_answers_{column}", column, "created_at", sqlite_where=answers, postgresql_where=answers)


class LoginRow(Base):
    """A line of the roster; one that left it keeps its row and its date of departure."""

    __tablename__ = "logins"
    __table_args__ = (Index(None, "role", "region"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    code_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(words(Role))
    region: Mapped[str]
    joined_at: Mapped[datetime]
    departed_at: Mapped[datetime | None]


class AddressRow(Base):
    """An address of a login, in the order of the roster; ``address_key`` is its lower case."""

    __tablename__ = "login_addresses"

    login: Mapped[str] = mapped_column(ForeignKey("logins.code", onupdate="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address: Mapped[str]
    address_key: Mapped[str] = mapped_column(index=True)


class FormRow(Base):
    """A published form as its author wrote it; immutable."""

    __tablename__ = "forms"

    form_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    saved_at: Mapped[datetime]


class PublicationRow(Base):
    """A publication, with its collection where it has one. ``storages`` is JSON of model.FileStorage.

    ``issued_at`` is when its edition went to everybody, NULL while it is only tried on some logins; ``revision`` counts
    how often the edition was changed during that trial.
    """

    __tablename__ = "publications"
    __table_args__ = (
        ForeignKeyConstraint(["form_id", "form_version"], ["forms.form_id", "forms.version"]),
        CheckConstraint(
            "(form_id IS NULL AND closes_at IS NULL) OR (form_id IS NOT NULL AND form_version IS NOT NULL"
            " AND collection_title IS NOT NULL AND late IS NOT NULL AND opens_at < closes_at)",
            name="collection",
        ),
        Index(None, "closed_at", "closes_at"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    section: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    published_at: Mapped[datetime]
    audience: Mapped[Audience] = mapped_column(words(Audience))
    storages: Mapped[list[Any]]
    contact: Mapped[str]
    edition: Mapped[int]
    saved_at: Mapped[datetime]
    collection_title: Mapped[str | None]
    form_id: Mapped[str | None]
    form_version: Mapped[int | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    late: Mapped[LatePolicy | None] = mapped_column(words(LatePolicy))
    prefill: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(server_default="0")
    issued_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None] = mapped_column(ForeignText)


class ReceiptRow(Base):
    """One incoming message: the ledger of the mailbox, and what became of the message."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("account", "folder", "uidvalidity", "uid"),
        Index(None, "state", "received_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    folder: Mapped[str]
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    state: Mapped[ReceiptState] = mapped_column(words(ReceiptState))
    kind: Mapped[str | None]
    rule: Mapped[str | None]
    rules_hash: Mapped[str | None]
    trust: Mapped[str | None]
    login: Mapped[str | None]
    publication: Mapped[str | None]
    sender: Mapped[str | None] = mapped_column(ForeignText, index=True)
    subject: Mapped[str | None] = mapped_column(ForeignText)
    reason: Mapped[str | None] = mapped_column(ForeignText)
    attempts: Mapped[int]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    released_as: Mapped[str | None]


class ReceiptEventRow(Base):
    """Who decided what about a message, when and why; ``who`` is an address, or the user of the command line."""

    __tablename__ = "receipt_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True)
    event: Mapped[ReceiptEvent] = mapped_column(words(ReceiptEvent))
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(ForeignText)
    why: Mapped[str | None] = mapped_column(ForeignText)


class ConfirmationRow(Base):
    """A one-time code by its hash, bound to a message and a login; ``answer`` is what it was spent on."""

    __tablename__ = "confirmations"
    __table_args__ = (Index(None, "login", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True)
    login: Mapped[str] = mapped_column(_login_key())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    answer: Mapped[str | None]


class ChangeRow(Base):
    """A correction of the roster that an organisation asked for; it changes nothing until somebody approves it."""

    __tablename__ = "change_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(_login_key())
    field: Mapped[str]
    value: Mapped[str] = mapped_column(ForeignText)
    requested_by: Mapped[str] = mapped_column(ForeignText)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"))
    requested_at: Mapped[datetime]
    state: Mapped[ChangeState] = mapped_column(words(ChangeState), index=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignText)
    reason: Mapped[str | None] = mapped_column(ForeignText)


class ReturnRow(Base):
    """A workbook that came back; ``ordinal`` counts the returns of one login in one publication."""

    __tablename__ = "returns"
    __table_args__ = (
        UniqueConstraint("publication", "login", "ordinal"),
        Index(None, "publication", "login", "received_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    login: Mapped[str] = mapped_column(_login_key())
    ordinal: Mapped[int]
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"), index=True)
    form_id: Mapped[str]
    form_version: Mapped[int]
    sha256: Mapped[str]
    draft: Mapped[bool]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    received_at: Mapped[datetime]
    late: Mapped[bool]
    rows: Mapped[dict[str, Any]]
    received: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
    withdrawn_at: Mapped[datetime | None]


class ParticipationRow(Base):
    """Collection × login. Written only by ``participations.record``."""

    __tablename__ = "participations"

    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"), primary_key=True)
    login: Mapped[str] = mapped_column(_login_key(), primary_key=True, index=True)
    status: Mapped[Status] = mapped_column(words(Status))
    begun_at: Mapped[datetime | None]
    handed_in_at: Mapped[datetime | None]
    accepted_return_id: Mapped[int | None] = mapped_column(ForeignKey("returns.id"))
    last_rejected_at: Mapped[datetime | None]


class StatusEventRow(Base):
    """What moved a participation, beside the change; ``status`` is where it stood afterwards.

    Two keys make a repeat harmless, one for events of a return and one for those without («ФОРМА»): NULLs differ.
    """

    __tablename__ = "status_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["publication", "login"], ["participations.publication", "participations.login"], onupdate="CASCADE"
        ),
        UniqueConstraint("publication", "login", "receipt_id", "event", "return_id"),
        Index(
            "uq_status_events_without_return",
            "publication",
            "login",
            "receipt_id",
            "event",
            unique=True,
            sqlite_where=text("return_id IS NULL"),
            postgresql_where=text("return_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str]
    login: Mapped[str]
    event: Mapped[StatusEvent] = mapped_column(words(StatusEvent))
    at: Mapped[datetime]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"))
    return_id: Mapped[int | None] = mapped_column(ForeignKey("returns.id"))
    status: Mapped[Status] = mapped_column(words(Status))


class SharedRow(Base):
    """What the letters of one mailing have in common, once, by the hash of its JSON; never changed."""

    __tablename__ = "letter_shared"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class LetterRow(Base):
    """One outgoing message.

    ``to_send`` is true while an attempt is still due: queued, or uncertain with its one retry ahead (M12). ``doubts``
    counts attempts whose outcome stayed unknown. ``copy_proof`` is what
    ``sending.prove_copies`` keeps.
    """

    __tablename__ = "letters"
    __table_args__ = (
        Index(None, "to_send", "priority", "due_at", "id"),
        Index(None, "state", "lease_until"),
        Index(None, "state", "expires_at"),
        Index(None, "address_key", "created_at"),
        _answers_by("domain"),
        _answers_by("login"),
        Index(
            "ix_letters_receipt_id",
            "receipt_id",
            sqlite_where=text("receipt_id IS NOT NULL"),
            postgresql_where=text("receipt_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    address: Mapped[str]
    address_key: Mapped[str]
    domain: Mapped[str] = mapped_column(server_default="")
    message_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    shared: Mapped[str | None] = mapped_column(ForeignKey("letter_shared.sha256"))
    attachments: Mapped[list[Any]]
    publication: Mapped[str | None] = mapped_column(ForeignKey("publications.code"))
    login: Mapped[str | None] = mapped_column(_login_key())
    tag: Mapped[str]
    edition: Mapped[int]
    priority: Mapped[int]
    in_reply_to: Mapped[str | None] = mapped_column(ForeignText)
    references: Mapped[list[Any]] = mapped_column("reference_ids")  # REFERENCES is a word of SQL
    expires_at: Mapped[datetime | None]
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    state: Mapped[LetterState] = mapped_column(words(LetterState))
    to_send: Mapped[bool]
    doubts: Mapped[int]
    attempts: Mapped[int]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    server_reply: Mapped[str | None] = mapped_column(ForeignText)
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    copy_proof: Mapped[str | None]


class LetterEventRow(Base):
    """The delivery log: one row beside every change of a letter. The same event at the same instant counts once."""

    __tablename__ = "letter_events"
    __table_args__ = (UniqueConstraint("letter_id", "event", "at"), Index(None, "event", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    event: Mapped[LetterEvent] = mapped_column(words(LetterEvent))
    at: Mapped[datetime]
    detail: Mapped[str | None] = mapped_column(ForeignText)


class TaskRow(Base):
    """What somebody has to see to. ``reason`` is a stable word; an address of a login has one open task at most."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(
            "uq_tasks_open",
            "kind",
            "login",
            "address_key",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(words(TaskKind))
    login: Mapped[str] = mapped_column(_login_key())
    address: Mapped[str]
    address_key: Mapped[str] = mapped_column(index=True)
    since: Mapped[datetime]
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[TaskClosing | None] = mapped_column(words(TaskClosing))


class ReportRow(Base):
    """A numbered report. A number is never given twice (AUTOINCREMENT on SQLite, a sequence on PostgreSQL)."""

    __tablename__ = "reports"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReportKind] = mapped_column(words(ReportKind))
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    region: Mapped[str | None]
    requested_by: Mapped[str | None]
    state: Mapped[ReportState] = mapped_column(words(ReportState), index=True)
    created_at: Mapped[datetime]
    name: Mapped[str]
    sha256: Mapped[str | None]
    ready_at: Mapped[datetime | None]
