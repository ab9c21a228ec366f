"""To a writer who is not registered: a return was taken, without any data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLetter(LetterData):
    """When it came."""

    kind: ClassVar[str] = "notice"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime
