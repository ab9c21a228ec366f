"""Answer to «НАПОМНИТЬ»: who is reminded, how many are not and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.mail.letters.products import OfPublication


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver(Row):
    """How many are not reminded, by why.

    ``waiting``: a reminder is to leave yet. ``too_late``: the term ends before letters leave again.
    """

    handed_in: int
    recently: int
    enough: int
    no_address: int
    closed: int
    waiting: int | None = None
    too_late: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindedRow(Row):
    """One collection: so many organisations are ``written`` to, with so many letters."""

    written: int
    letters: int = 0
    passed_over: PassedOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving(Row):
    """The letters leave ``at``, None for at once; an organisation gets at most so many reminders of one deadline."""

    at: datetime | None
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindedLetter(LetterData):
    """``result`` is ``done``, or why nothing was; ``asked`` is the login named, ``named`` the publication.

    ``written`` is of all collections; ``letters`` and ``passed_over`` are of one, and in ``several`` of each.
    """

    kind: ClassVar[str] = "reminded"
    spread: ClassVar[tuple[str, ...]] = ("when",)

    result: str
    asked: str
    written: int | None = None
    letters: int | None = None
    passed_over: PassedOver | None = None
    several: tuple[OfPublication[RemindedRow], ...] = ()
    when: Leaving | None = None
    named: str = ""
