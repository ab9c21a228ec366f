"""To an address that refused a letter: does it take this one?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeLetter(LetterData):
    """When the first letter failed."""

    kind: ClassVar[str] = "probe"

    failed_at: datetime


EXAMPLES = (Example(ProbeLetter(failed_at=datetime(2021, 8, 31, 6, 12, tzinfo=UTC)), about_publication=False),)
