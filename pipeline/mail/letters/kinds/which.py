"""To an address of several logins: from which of them is your message?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Row):
    """One of the logins, with the code that chooses it."""

    login: str
    name: str
    seed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichLetter(LetterData):
    """The message and the choices."""

    kind: ClassVar[str] = "which"
    counts_as: ClassVar[Allowance | None] = None

    received_at: datetime
    subject: str
    choices: tuple[Choice, ...]
    expires_at: datetime
