"""Answer to «ДАННЫЕ»: what is accepted of an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData, Row
from pipeline.mail.letters.rows import OrganisationRow, RowCount, ValuesTable
from pipeline.model import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSection(Row):
    """What one collection has of it; ``return_`` is the number of the accepted return."""

    title: str
    number: int
    status: Status
    begun_at: datetime | None
    handed_in_at: datetime | None
    return_: int | None
    rows: tuple[RowCount, ...]
    tables: tuple[ValuesTable, ...]
    left: int
    withheld: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DataLetter(LetterData):
    """``reason`` is why nothing is shown: ``no_login``, ``not_in_region`` or "". ``own``: it is the writer's."""

    kind: ClassVar[str] = "data"

    asked: str
    reason: str
    about: OrganisationRow | None
    own: bool
    items: tuple[DataSection, ...]
    items_left: int
