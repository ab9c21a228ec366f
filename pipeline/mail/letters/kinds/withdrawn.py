"""A publication is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnLetter(LetterData):
    """``answers`` is what came afterwards, where something did. ``watching``: it goes to a coordinator."""

    kind: ClassVar[str] = "withdrawn"
    counts_as: ClassVar[Allowance | None] = None

    watching: bool
    withdrawn_at: datetime
    reason: str
    answers: Literal["return", "command", ""]
