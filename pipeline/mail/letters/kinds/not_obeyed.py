"""What stands beside a command cannot be obeyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from pipeline.mail.letters.data import LetterData

Why: TypeAlias = Literal["unknown", "several", "no_collection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotObeyedLetter(LetterData):
    """``named`` is what was written, ``title`` that of the publication it means, where there is one."""

    kind: ClassVar[str] = "not_obeyed"

    command: str
    asked: str
    why: Why
    named: str
    title: str
    coordinator: bool
