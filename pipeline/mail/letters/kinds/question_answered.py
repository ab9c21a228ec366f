"""What support answered, to whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnsweredLetter(LetterData):
    """``text`` and ``files`` are support's, ``asked`` is the beginning of the question."""

    kind: ClassVar[str] = "question_answered"
    counts_as: ClassVar[Allowance | None] = Allowance.SUPPORT

    text: str
    files: tuple[str, ...]
    asked_at: datetime
    asked: str
    subject: str
