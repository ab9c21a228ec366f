"""Publications with their forms, returns of these, and who has come how far."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.model import Audience, LatePolicy, Outcome, ReadHow, ReportKind, ReportState, Status, StatusEvent
from pipeline.store.tables.base import Base, login_key
from pipeline.store.tables.columns import ForeignText, words


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


class ReturnRow(Base):
    """A workbook that came back; ``ordinal`` counts the returns of one login in one publication."""

    __tablename__ = "returns"
    __table_args__ = (
        UniqueConstraint("publication", "login", "ordinal"),
        Index(None, "publication", "login", "received_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    login: Mapped[str] = mapped_column(login_key())
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
    login: Mapped[str] = mapped_column(login_key(), primary_key=True, index=True)
    status: Mapped[Status] = mapped_column(words(Status))
    begun_at: Mapped[datetime | None]
    handed_in_at: Mapped[datetime | None]
    accepted_return_id: Mapped[int | None] = mapped_column(ForeignKey("returns.id"))
    last_rejected_at: Mapped[datetime | None]


class StatusEventRow(Base):
    """What moved a participation, beside the change; ``status`` is the one afterwards.

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


class ReportRow(Base):
    """A numbered report. A number is never given twice (AUTOINCREMENT on SQLite, a sequence on PostgreSQL).

    ``attempts`` counts the tries to form it, ``failed_at`` is the last that raised, ``retry_at`` when the next is due.
    """

    __tablename__ = "reports"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReportKind] = mapped_column(words(ReportKind, checked=False))
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    region: Mapped[str | None]
    requested_by: Mapped[str | None]
    state: Mapped[ReportState] = mapped_column(words(ReportState), index=True)
    created_at: Mapped[datetime]
    name: Mapped[str]
    sha256: Mapped[str | None]
    ready_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    retry_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


class EditionRow(Base):
    """One edition. While it is only tried on some logins, the row follows what its author changes."""

    __tablename__ = "editions"

    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(ForeignText)
    changes: Mapped[list[Any]]
    ask_again: Mapped[bool]
    content: Mapped[dict[str, Any]]


class PublicationReadRow(Base):
    """The first message by which we know it; two workers may each write theirs, the earlier instant counts."""

    __tablename__ = "publication_reads"

    login: Mapped[str] = mapped_column(ForeignKey("logins.code", onupdate="CASCADE"), primary_key=True)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"), primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), primary_key=True, autoincrement=False)
    how: Mapped[ReadHow] = mapped_column(words(ReadHow))
    at: Mapped[datetime]
