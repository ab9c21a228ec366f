"""The last day of a collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCallLetter(LetterData):
    """``number`` counts the reminders of one deadline."""

    kind: ClassVar[str] = "last_call"

    days_left: int
    hours_left: int
    number: int
    prefilled: bool


EXAMPLES = (Example(LastCallLetter(days_left=0, hours_left=9, number=3, prefilled=False)),)
