"""Answer to «ПОМОЩЬ»: the commands of the writer's role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLetter(LetterData):
    """The commands that are answered, by their names."""

    kind: ClassVar[str] = "help"

    coordinator: bool
    commands: tuple[str, ...]
