"""To support: a question from somebody, with its context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import OrganisationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLetter(LetterData):
    """``served`` are the logins of the writer where it is open for which of them the message is."""

    kind: ClassVar[str] = "question"

    sender: str
    subject: str
    text: str
    trust: str
    served: tuple[OrganisationRow, ...]
    received_at: datetime
    answer_to: str
