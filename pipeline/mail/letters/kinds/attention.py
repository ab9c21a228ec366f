"""To support: what an operator has to see to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class LostMessage(Row):
    """A received message that is given up."""

    number: int
    sender: str
    received_at: datetime | None
    reason: str
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLetter(Row):
    """A letter of ours that is given up; ``doubtful``: it may have been sent."""

    number: int
    what: str
    address: str
    login: str
    reason: str
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LostReport(Row):
    """A report that is given up."""

    number: int
    publication: str
    asked_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored(Row):
    """The database comes from a backup of ``stopped_at``; so many letters wait for a decision."""

    stopped_at: datetime
    doubtful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionLetter(LetterData):
    """``left`` are not shown."""

    kind: ClassVar[str] = "attention"

    receipts: tuple[LostMessage, ...]
    letters: tuple[LostLetter, ...]
    reports: tuple[LostReport, ...]
    left: int
    restored: Restored | None
