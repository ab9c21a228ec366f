"""To a writer who is not registered: a return was taken, without any data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLetter(LetterData):
    """When it came."""

    kind: ClassVar[str] = "notice"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime


EXAMPLES = (
    Example(
        NoticeLetter(received_at=datetime(2021, 8, 31, 6, 12, tzinfo=UTC)), reader="nobody", about_publication=False
    ),
)
