"""Answer to «ОТЧЕТ n»: a report once more, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAgainLetter(LetterData):
    """``state`` is the report's, or ``unknown``; ``what`` it is, in words."""

    kind: ClassVar[str] = "report_again"

    report_number: int
    state: str
    what: str
    made_at: datetime | None
