"""A coordinator's figures and lists, daily."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLetter(LetterData):
    """``of_day`` is the instant of the schedule that the figures are for."""

    kind: ClassVar[str] = "digest"
    spread: ClassVar[tuple[str, ...]] = ("figures",)

    figures: Figures
    of_day: datetime | None = None
