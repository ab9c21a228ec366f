"""A command may be about several publications: which?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import PublicationLine


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichPublicationLetter(LetterData):
    """``asked`` is the command."""

    kind: ClassVar[str] = "which_publication"

    asked: str
    items: tuple[PublicationLine, ...]
