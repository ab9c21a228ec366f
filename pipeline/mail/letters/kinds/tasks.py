"""Answer to «ЗАДАЧИ» and to what a coordinator decides: what was done, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.mail.letters.rows import OrganisationRow, UndeliveredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneRow(Row):
    """What became of one number or address."""

    result: str
    asked: str
    login: str
    name: str
    field: str
    value: str
    number: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow(Row):
    """A correction that waits; ``theirs``: this coordinator decides. ``was`` is what it would replace."""

    number: int
    login: str
    name: str
    field: str
    value: str
    was: str
    requested_at: datetime
    theirs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksLetter(LetterData):
    """The tasks of a region; what ends in ``_left`` is not shown."""

    kind: ClassVar[str] = "tasks"

    done: tuple[DoneRow, ...]
    region: str
    region_name: str
    waiting: tuple[TaskRow, ...]
    waiting_left: int
    undelivered: tuple[UndeliveredRow, ...]
    undelivered_left: int
    no_address: tuple[OrganisationRow, ...]
    no_address_left: int
