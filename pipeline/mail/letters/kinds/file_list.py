"""Answer to «ФАЙЛЫ»: what the storages hold, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import StorageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FileListLetter(LetterData):
    """``all`` counts the files without the search. ``no_page`` was asked for and is not there.

    ``missed``: nothing was found for ``query``, so all are listed. ``unknown`` are numbers that no file has.
    """

    kind: ClassVar[str] = "file_list"

    storages: tuple[StorageRow, ...]
    shown: int
    total: int
    page: int
    pages: int
    no_page: int | None = None
    all: int
    query: str
    missed: bool = False
    unknown: str

    @classmethod
    def of_nothing(cls, query: str = "") -> FileListLetter:
        """Return the letter that there are no files."""
        return cls(storages=(), shown=0, total=0, page=1, pages=1, all=0, query=query, unknown="")
