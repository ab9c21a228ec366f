"""To support: an organisation says that a return was not its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class DisownedLetter(LetterData):
    """``number`` is the receipt's. ``disputed``: no accepted return is left."""

    kind: ClassVar[str] = "disowned"

    sender: str
    received_at: datetime
    number: int
    disputed: bool
    by: str


EXAMPLES = (
    Example(
        DisownedLetter(
            sender="director.kansk@example.org",
            received_at=datetime(2021, 8, 31, 6, 12, tzinfo=UTC),
            number=17,
            disputed=True,
            by="spo240065@school.test",
        )
    ),
)
