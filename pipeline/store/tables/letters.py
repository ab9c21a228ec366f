"""Letters with their delivery log, and what dead addresses make somebody see to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.model import Allowance, Hours, LetterState
from pipeline.model.delivery import LetterEvent
from pipeline.model.health import TaskClosing, TaskKind
from pipeline.store.tables.base import Base, login_key
from pipeline.store.tables.columns import ForeignText, words


def _answers_by(column: str) -> Index:
    """The caps count answers alone, and those of one day: campaigns cost this index nothing."""
    answers = text("receipt_id IS NOT NULL")
    return Index(f"ix_letters_answers_{column}", column, "created_at", sqlite_where=answers, postgresql_where=answers)


class SharedRow(Base):
    """What the letters of one mailing have in common, once, by the hash of its JSON; never changed."""

    __tablename__ = "letter_shared"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class LetterRow(Base):
    """One outgoing message.

    ``to_send`` is true while an attempt is still due: queued, or uncertain with its one retry ahead (M12). ``doubts``
    counts attempts whose outcome stayed unknown. ``copy_proof`` is what
    ``sending.prove_copies`` keeps. Outside its ``hours`` a letter waits (``sending.rest``).
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
    login: Mapped[str | None] = mapped_column(login_key())
    tag: Mapped[str]
    edition: Mapped[int]
    priority: Mapped[int]
    in_reply_to: Mapped[str | None] = mapped_column(ForeignText)
    references: Mapped[list[Any]] = mapped_column("reference_ids")  # REFERENCES is a word of SQL
    expires_at: Mapped[datetime | None]
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    allowance: Mapped[Allowance | None] = mapped_column(words(Allowance))
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
    hours: Mapped[Hours] = mapped_column(words(Hours), server_default=Hours.ANY.value)


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
    login: Mapped[str] = mapped_column(login_key())
    address: Mapped[str]
    address_key: Mapped[str] = mapped_column(index=True)
    since: Mapped[datetime]
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[TaskClosing | None] = mapped_column(words(TaskClosing))
