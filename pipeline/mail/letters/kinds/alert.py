"""To support: problems that began, last or are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow(Row):
    """A problem in words."""

    text: str
    since: datetime
    over_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLetter(LetterData):
    """The problems by what is new about them; ``left`` last too and are not in this letter."""

    kind: ClassVar[str] = "alert"

    begun: tuple[AlertRow, ...]
    lasting: tuple[AlertRow, ...]
    over: tuple[AlertRow, ...]
    left: int
