"""What stops, delays and follows from a mailing: pauses, domains that wait, reminders, files issued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.model import IssueHow
from pipeline.store.tables.base import Base
from pipeline.store.tables.columns import ForeignText, words


class DomainWaitRow(Base):
    """A domain whose server has asked us to come back later. ``streak`` counts how often in a row."""

    __tablename__ = "domain_waits"

    domain: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    streak: Mapped[int]
    reason: Mapped[str] = mapped_column(ForeignText)


class PauseRow(Base):
    """A pause; ``publication`` None means all. In force until ``ended_at`` is set."""

    __tablename__ = "pauses"
    __table_args__ = (Index(None, "ended_at", "publication"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str | None] = mapped_column(ForeignKey("publications.code"))
    priority: Mapped[int]
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(ForeignText)
    why: Mapped[str] = mapped_column(ForeignText)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignText)


class ReminderRow(Base):
    """One login reminded of one deadline. ``cause``: the day before it, or the message that asked for it."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("publication", "login", "closes_at", "cause"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    login: Mapped[str] = mapped_column(ForeignKey("logins.code", onupdate="CASCADE"))
    closes_at: Mapped[datetime]
    cause: Mapped[str]
    at: Mapped[datetime]


class IssuedFileRow(Base):
    """A file that goes with a letter. ``sha256`` says which bytes: a later edition may give the number to others."""

    __tablename__ = "issued_files"
    __table_args__ = (Index(None, "publication", "login"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    login: Mapped[str] = mapped_column(ForeignKey("logins.code", onupdate="CASCADE"))
    sha256: Mapped[str]
    how: Mapped[IssueHow] = mapped_column(words(IssueHow))
