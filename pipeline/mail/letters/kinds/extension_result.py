"""Answer to «ПРОДЛИТЬ»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedRow(Row):
    """It is extended: ``letters`` leave ``at``, None for at once. ``untold``: the new deadline is over before then.

    ``reopened`` returns are judged again.
    """

    why: str
    letters: int
    at: datetime | None
    untold: bool
    reopened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionResultLetter(LetterData):
    """``result`` is ``done``, ``passed_on``, or why nothing was done; what does not belong to it is None.

    ``furthest`` is until when a coordinator may extend, ``words`` what was not understood, ``named`` a publication.
    """

    kind: ClassVar[str] = "extension_result"
    spread: ClassVar[tuple[str, ...]] = ("granted",)

    result: str
    asked: str
    organisation: str | None = None
    until: datetime | None = None
    granted: GrantedRow | None = None
    furthest: datetime | None = None
    words: str = ""
    named: str = ""
