"""To the registered addresses: a message with your address came that may be forged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import AskedAbout


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtedLetter(LetterData):
    """Without a ``seed`` where it is open for which login the message is."""

    kind: ClassVar[str] = "doubted"
    spread: ClassVar[tuple[str, ...]] = ("message",)

    message: AskedAbout
    seed: str = ""
    expires_at: datetime | None = None
