"""To the registered addresses: is this held message yours? The answer carries a one-time code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import AskedAbout
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLetter(LetterData):
    """``again``: the code sent before has expired."""

    kind: ClassVar[str] = "confirm"
    spread: ClassVar[tuple[str, ...]] = ("message",)
    counts_as: ClassVar[Allowance | None] = None

    message: AskedAbout
    seed: str
    expires_at: datetime
    reason: str
    again: bool = False
