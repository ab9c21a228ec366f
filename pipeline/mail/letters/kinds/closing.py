"""A coordinator's last figures of a collection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.mail.letters.rows import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStillRow(Row):
    """An organisation that has more time."""

    login: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingLetter(LetterData):
    """``last``: the extensions are over too."""

    kind: ClassVar[str] = "closing"
    spread: ClassVar[tuple[str, ...]] = ("figures",)

    figures: Figures
    extended: tuple[OpenStillRow, ...]
    last: bool
