"""A message proves too little: it is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLetter(LetterData):
    """``asked``: the organisation it names was asked to confirm it. ``form``: it brings a form, not words alone."""

    kind: ClassVar[str] = "held"
    counts_as: ClassVar[Allowance | None] = None

    received_at: datetime
    reason: str
    asked: bool
    form: bool = True
