"""Answer to «ФАЙЛ n»: none of the files can be given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefusedLetter(LetterData):
    """The files asked for."""

    kind: ClassVar[str] = "file_refused"
    spread: ClassVar[tuple[str, ...]] = ("left_out",)

    left_out: LeftOut
