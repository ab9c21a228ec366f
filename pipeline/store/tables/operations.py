"""How the house itself fares: problems, losses, runs, mail servers and restores, and the audit of deeds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.model.problems import GivenUp, News
from pipeline.model.pulse import Way
from pipeline.store.tables.base import Base
from pipeline.store.tables.columns import ForeignText, words


class GivenUpRow(Base):
    """One thing given up; ``said_at`` is when it was reported to an operator, ``answered`` whether its writer knows."""

    __tablename__ = "given_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[GivenUp] = mapped_column(words(GivenUp))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(ForeignText)
    answered: Mapped[bool]
    at: Mapped[datetime]
    said_at: Mapped[datetime | None] = mapped_column(index=True)


class AlertRow(Base):
    """A problem from ``begun_at`` to ``over_at``; ``detail`` is its sentence as it was last."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "uq_alerts_open",
            "code",
            "subject",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
        Index(None, "over_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(ForeignText)
    since: Mapped[datetime]
    begun_at: Mapped[datetime]
    over_at: Mapped[datetime | None]


class TellingRow(Base):
    """The latest news of an alert by one channel; ``news`` is NULL while every try was in vain."""

    __tablename__ = "alert_tellings"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    news: Mapped[News | None] = mapped_column(words(News))
    told_at: Mapped[datetime | None]
    tried_at: Mapped[datetime]


class AuditRow(Base):
    """One deed. Logins and regions are named as they were asked for: an attempt on what is not there counts too."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(ForeignText)
    what: Mapped[str]
    publication: Mapped[str | None]
    login: Mapped[str | None] = mapped_column(ForeignText)
    region: Mapped[str | None]
    detail: Mapped[str] = mapped_column(ForeignText)
    why: Mapped[str] = mapped_column(ForeignText)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))


class PulseRow(Base):
    """How the runs of one name by one way went; see ``model.pulse.Pulse``."""

    __tablename__ = "pulses"

    name: Mapped[str] = mapped_column(primary_key=True)
    way: Mapped[Way] = mapped_column(words(Way), primary_key=True)
    first_at: Mapped[datetime]
    began_at: Mapped[datetime]
    alive_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failed_since: Mapped[datetime | None]
    failures: Mapped[int]
    code: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(ForeignText)
    unfinished: Mapped[int]
    streak: Mapped[int]


class RestoreRow(Base):
    """One restore, open until ``ended_at`` is set. ``receipts_from`` is the first number for messages found again.

    ``rescanned_at`` is when the whole mailbox was last looked through.
    """

    __tablename__ = "restores"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    stopped_at: Mapped[datetime]
    who: Mapped[str] = mapped_column(ForeignText)
    receipts_from: Mapped[int]
    rescanned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ServerFaultRow(Base):
    """A server's fault; see ``model.pulse.ServerFault``."""

    __tablename__ = "server_faults"

    name: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    reason: Mapped[str] = mapped_column(ForeignText)
    since: Mapped[datetime]
    failed_at: Mapped[datetime]
    fingerprint: Mapped[str]
    passing: Mapped[bool]
    refusals: Mapped[int]
    next_try_at: Mapped[datetime | None]
