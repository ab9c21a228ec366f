"""A cap on answers is reached: when it ends, and what was not done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLetter(LetterData):
    """``cap`` is ``cap_address`` or ``cap_login``; of the latter ``capped`` is the login."""

    kind: ClassVar[str] = "limit"

    cap: str
    capped: str
    allowance: Allowance
    until: datetime
    not_done: tuple[str, ...]
    coordinator: bool
