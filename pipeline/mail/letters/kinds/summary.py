"""Answer to «СВОДКА»: sections and publications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.mail.letters.rows import PublicationLine


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRow(Row):
    """A section with its counters."""

    title: str
    new: int
    all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLetter(LetterData):
    """A page of the list. ``no_page`` was asked for and is not there."""

    kind: ClassVar[str] = "summary"

    sections: tuple[SectionRow, ...]
    items: tuple[PublicationLine, ...]
    page: int
    pages: int
    no_page: int | None
    new: int
    total: int
