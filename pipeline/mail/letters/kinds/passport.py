"""Answer to «ПАСПОРТ»: what is on record, and what became of the corrections asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.mail.letters.rows import StatusRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportAddress(Row):
    """An address: ``state`` is ``alive``, ``doubtful`` or ``dead``, ``reason`` is in words."""

    address: str
    state: str
    since: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCorrection(Row):
    """A correction asked for now: ``result`` is ``asked`` or why it is not."""

    field: str
    value: str
    result: str
    number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCorrection(Row):
    """A correction that waits since an earlier message."""

    number: int
    field: str
    value: str
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportLetter(LetterData):
    """The record of a login."""

    kind: ClassVar[str] = "passport"

    coordinator: bool
    region: str
    region_name: str
    addresses: tuple[PassportAddress, ...]
    items: tuple[StatusRow, ...]
    asked: tuple[AskedCorrection, ...]
    waiting: tuple[WaitingCorrection, ...]
