"""To the registered addresses: a return came from another mailbox; answering with the code takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedElsewhereLetter(LetterData):
    """``outcome`` is the kind of the letter that says what became of the return, or the return's outcome."""

    kind: ClassVar[str] = "accepted_elsewhere"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    sender: str
    received_at: datetime
    outcome: str
    seed: str


EXAMPLES = (
    Example(
        AcceptedElsewhereLetter(
            sender="director.kansk@example.org",
            received_at=datetime(2021, 8, 31, 6, 12, tzinfo=UTC),
            outcome="accepted",
            seed="seed",
        )
    ),
)
