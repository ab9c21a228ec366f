"""Messages on record, and what people did about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.model import ReceiptState
from pipeline.model.incoming import Purpose, ReceiptEvent
from pipeline.model.reason import Reason
from pipeline.store.tables.base import Base, login_key
from pipeline.store.tables.columns import ForeignText, ReasonText, words


class ReceiptRow(Base):
    """One incoming message: the ledger of the mailbox, and what became of the message.

    ``attempts`` counts how often judging it has failed. ``claimed_alone`` tells how its worker has claimed it;
    ``suspicion`` is what follows from that when the worker dies (``model.Suspicion``).
    """

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("account", "folder", "uidvalidity", "uid"),
        Index(None, "state", "received_at", "id"),
        Index(
            "ix_receipts_owner",
            "owner",
            sqlite_where=text("owner IS NOT NULL"),
            postgresql_where=text("owner IS NOT NULL"),
        ),
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
    reason: Mapped[Reason | None] = mapped_column(ReasonText)
    attempts: Mapped[int]
    suspicion: Mapped[int] = mapped_column(server_default="0")
    claimed_alone: Mapped[bool] = mapped_column(server_default=false())
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
    login: Mapped[str] = mapped_column(login_key())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    answer: Mapped[str | None]
