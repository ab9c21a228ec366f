"""A message is too large to be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLargeLetter(LetterData):
    """``size`` and ``largest`` are bytes."""

    kind: ClassVar[str] = "too_large"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime
    size: int
    largest: int


EXAMPLES = (
    Example(
        TooLargeLetter(received_at=datetime(2021, 8, 31, 6, 12, tzinfo=UTC), size=42_467_328, largest=26_214_400),
        reader="nobody",
        about_publication=False,
    ),
)
