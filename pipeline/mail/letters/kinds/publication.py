"""A publication to an organisation, with its form and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import Corrected, PublicationContent


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationLetter(LetterData):
    """``content`` is None where the letters of a mailing share it. ``again``: why it comes once more."""

    kind: ClassVar[str] = "publication"
    spread: ClassVar[tuple[str, ...]] = ("content",)

    content: PublicationContent | None = None
    accepted: bool
    prefilled: bool
    corrected: Corrected | None = None
    again: Literal["", "asked", "repeated"] = ""
