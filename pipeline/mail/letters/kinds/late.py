"""A return came after the closing and is not taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLetter(LetterData):
    """When it came."""

    kind: ClassVar[str] = "late"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime


EXAMPLES = (Example(LateLetter(received_at=datetime(2021, 9, 7, 15, 4, tzinfo=UTC)), collection="closed"),)
