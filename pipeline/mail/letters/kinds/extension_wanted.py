"""To support: a coordinator asks for a longer extension than coordinators may give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionWantedLetter(LetterData):
    """``command`` is what an operator would enter."""

    kind: ClassVar[str] = "extension_wanted"

    asked: str
    organisation: str
    until: datetime
    why: str
    sender: str
    command: str
    answer_to: str
