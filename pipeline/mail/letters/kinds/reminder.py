"""A deadline is near and nothing is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLetter(LetterData):
    """``number`` counts the reminders of one deadline."""

    kind: ClassVar[str] = "reminder"

    days_left: int
    number: int
    prefilled: bool
