"""Answer to «ПОВТОРИТЬ»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAgain(Row):
    """It is repeated: the letter leaves ``at``, None for at once, for ``addresses``; ``dead`` ones are left out."""

    titles: tuple[str, ...]
    addresses: tuple[str, ...]
    dead: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBefore(Row):
    """It was repeated not long ago, ``last``, or ``most`` times a day; ``next`` is when it may be again.

    ``at`` is when the one before leaves, None when it has left.
    """

    last: datetime | None
    next: datetime
    at: datetime | None
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedLetter(LetterData):
    """``result`` is ``done``, or why nothing was; ``named`` is the publication that was written."""

    kind: ClassVar[str] = "repeated"
    spread: ClassVar[tuple[str, ...]] = ("sent", "before")

    result: str
    asked: str
    organisation: str | None = None
    sent: SentAgain | None = None
    before: SentBefore | None = None
    named: str = ""
