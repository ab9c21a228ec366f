"""Answer to «ОТЧЕТ СКАЧИВАНИЯ»: the report is attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDownloads(Row):
    """A file: how many organisations it was sent to, and how many have downloaded it."""

    number: int
    title: str
    sent: int
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsLetter(LetterData):
    """``report_number`` is None where there are no files."""

    kind: ClassVar[str] = "downloads"

    report_number: int | None
    organisations: int
    taken: int
    files: tuple[FileDownloads, ...]
    files_left: int
