"""The roster, and corrections of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.model import Role
from pipeline.model.corrections import ChangeState
from pipeline.store.tables.base import Base, login_key
from pipeline.store.tables.columns import ForeignText, words


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


class ChangeRow(Base):
    """A correction of the roster that an organisation asked for; it changes nothing until somebody approves it.

    ``number`` counts within ``region``: people see and type it, and the id never leaves the database.
    """

    __tablename__ = "change_requests"
    __table_args__ = (Index(None, "region", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]
    number: Mapped[int]
    login: Mapped[str] = mapped_column(login_key())
    field: Mapped[str]
    value: Mapped[str] = mapped_column(ForeignText)
    requested_by: Mapped[str] = mapped_column(ForeignText)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"))
    requested_at: Mapped[datetime]
    state: Mapped[ChangeState] = mapped_column(words(ChangeState), index=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignText)
    reason: Mapped[str | None] = mapped_column(ForeignText)


class ChangeNumberRow(Base):
    """The last number that a region's corrections were given; with region "" what all of them are above."""

    __tablename__ = "change_numbers"

    region: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
