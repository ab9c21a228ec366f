"""A message that meant to hand in brought nothing to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile(Row):
    """What came instead; ``type`` is a media type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWorkbookLetter(LetterData):
    """``cause`` is a word of ``mail.kinds.instead``."""

    kind: ClassVar[str] = "no_workbook"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    received_at: datetime
    attachments: tuple[AttachedFile, ...]
    cause: str
    form_attached: bool
