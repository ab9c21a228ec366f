"""To an address that nobody is registered with: the message came, support reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangerLetter(LetterData):
    """When it came."""

    kind: ClassVar[str] = "stranger"

    received_at: datetime
