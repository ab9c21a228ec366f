"""A message is too large to be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLargeLetter(LetterData):
    """``size`` and ``largest`` are bytes."""

    kind: ClassVar[str] = "too_large"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime
    size: int
    largest: int
