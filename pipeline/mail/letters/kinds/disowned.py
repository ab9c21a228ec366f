"""To support: an organisation says that a return was not its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class DisownedLetter(LetterData):
    """``number`` is the receipt's. ``disputed``: no accepted return is left."""

    kind: ClassVar[str] = "disowned"

    sender: str
    received_at: datetime
    number: int
    disputed: bool
    by: str
