"""Our fault, not the sender's: the message is received and will be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLetter(LetterData):
    """``file_name`` is "" where the message itself could not be judged."""

    kind: ClassVar[str] = "incident"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime
    file_name: str
