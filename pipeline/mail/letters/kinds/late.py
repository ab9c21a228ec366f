"""A return came after the closing and is not taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLetter(LetterData):
    """When it came."""

    kind: ClassVar[str] = "late"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime
