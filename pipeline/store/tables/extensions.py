"""Extensions of a collection, and the returns that came after its closing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base
from pipeline.store.tables.columns import ForeignText


class ExtensionRow(Base):
    """More time that was granted; ``until`` NULL withdraws. ``ended_at``: coordinators were told that it is over."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("login IS NULL OR region IS NULL", name="scope"),
        Index(None, "publication", "id"),
        Index(None, "ended_at", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    login: Mapped[str | None] = mapped_column(ForeignKey("logins.code", onupdate="CASCADE"))
    region: Mapped[str | None]
    until: Mapped[datetime | None]
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(ForeignText)
    why: Mapped[str] = mapped_column(ForeignText)
    ended_at: Mapped[datetime | None]


class LateReturnRow(Base):
    """A workbook that was refused because it came after the closing; ``reopened_at``: an extension covers it since."""

    __tablename__ = "late_returns"
    __table_args__ = (Index(None, "publication", "received_at"),)

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), primary_key=True, autoincrement=False)
    publication: Mapped[str] = mapped_column(ForeignKey("publications.code"), primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("logins.code", onupdate="CASCADE"), primary_key=True, index=True)
    received_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
