"""Answer to «УВЕДОМЛЕНИЯ»: a coordinator's reports, an organisation's last letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow(Row):
    """A report with its ``number``, or a letter; ``what`` and ``state`` are in words."""

    number: int | None
    what: str
    about: str
    at: datetime
    state: str
    ready: bool
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsLetter(LetterData):
    """``new`` counts those since the writer asked before."""

    kind: ClassVar[str] = "notifications"

    items: tuple[NotificationRow, ...]
    total: int
    new: int
    since: datetime | None
