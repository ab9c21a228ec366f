"""A file is no workbook of ours: the cause and the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableLetter(LetterData):
    """``reason`` is a stable word, ``message`` says it in words."""

    kind: ClassVar[str] = "unreadable"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime
    file_name: str
    reason: str
    message: str
    form_attached: bool
