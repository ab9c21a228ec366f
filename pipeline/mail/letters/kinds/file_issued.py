"""Answer to «ФАЙЛ n»: the files are attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import FileRow, LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIssuedLetter(LetterData):
    """The files, and those asked for that are not given."""

    kind: ClassVar[str] = "file_issued"
    spread: ClassVar[tuple[str, ...]] = ("left_out",)

    files: tuple[FileRow, ...]
    left_out: LeftOut
