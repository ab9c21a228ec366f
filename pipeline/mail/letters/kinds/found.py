"""Answer to «НАЙТИ»: publications and files whose titles answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import FileRow, PublicationLine


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLetter(LetterData):
    """``near`` is what comes near where nothing was found."""

    kind: ClassVar[str] = "found"

    query: str
    items: tuple[PublicationLine, ...]
    total: int
    near: tuple[PublicationLine, ...]
    files: tuple[FileRow, ...]
    files_left: int
