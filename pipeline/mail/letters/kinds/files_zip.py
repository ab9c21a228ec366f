"""Answer to «СКАЧАТЬ ВСЁ»: files as an archive, in several letters where one cannot carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import FileRow, LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesZipLetter(LetterData):
    """``whole``: all files were asked for. ``rest`` are numbers that did not go."""

    kind: ClassVar[str] = "files_zip"
    spread: ClassVar[tuple[str, ...]] = ("left_out",)

    part: int
    parts: int
    archive: str
    size: int
    whole: bool
    files: tuple[FileRow, ...]
    rest: str
    rest_count: int
    left_out: LeftOut
