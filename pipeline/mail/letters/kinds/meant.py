"""A command that would change something was not written as it must be: is it meant?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class MeantLetter(LetterData):
    """``asked`` is what was written, ``command`` the line that would be done."""

    kind: ClassVar[str] = "meant"

    asked: str
    command: str


EXAMPLES = (
    Example(
        MeantLetter(asked="Продлитть spo240065 до 10.09.2021", command="ПРОДЛИТЬ spo240065 до 10.09.2021"),
        reader="coordinator",
    ),
)
