"""Answer to «СТАТУС»."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import StatusRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLetter(LetterData):
    """The collections that the writer takes part in."""

    kind: ClassVar[str] = "status"

    items: tuple[StatusRow, ...]
