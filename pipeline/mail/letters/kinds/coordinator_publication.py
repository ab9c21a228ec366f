"""A publication to the coordinator of the organisations that get it (Fig. 19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import Corrected, CountsRow, PublicationContent


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatorPublicationLetter(LetterData):
    """``content`` is None where the letters of a mailing share it."""

    kind: ClassVar[str] = "coordinator_publication"
    spread: ClassVar[tuple[str, ...]] = ("content",)

    content: PublicationContent | None = None
    counts: CountsRow
    corrected: Corrected | None = None
    again: Literal["", "asked"] = ""
