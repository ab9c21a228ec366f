"""A question went on to support, or will be read later where a cap stood in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPassedLetter(LetterData):
    """When it came, and the command that its writer may have meant, as help writes it.

    ``undone`` are lines that were meant as commands, beside others that were read.
    """

    kind: ClassVar[str] = "question_passed"

    received_at: datetime
    passed: bool
    meant: str = ""
    undone: tuple[str, ...] = ()
