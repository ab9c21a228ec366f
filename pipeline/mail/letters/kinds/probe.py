"""To an address that refused a letter: does it take this one?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeLetter(LetterData):
    """When the first letter failed."""

    kind: ClassVar[str] = "probe"

    failed_at: datetime
