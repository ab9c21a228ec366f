"""To an address that nobody is registered with: the message came, support reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangerLetter(LetterData):
    """When it came."""

    kind: ClassVar[str] = "stranger"

    received_at: datetime


EXAMPLES = (
    Example(
        StrangerLetter(received_at=datetime(2021, 8, 31, 6, 12, tzinfo=UTC)), reader="nobody", about_publication=False
    ),
)
