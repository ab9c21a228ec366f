"""A deadline was moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedLetter(LetterData):
    """``before`` is the closing last told. ``again``: a return that was late is judged again."""

    kind: ClassVar[str] = "extended"

    change: Literal["extended", "shortened", "closed"]
    before: datetime
    again: bool
    coordinator: bool
    prefilled: bool
