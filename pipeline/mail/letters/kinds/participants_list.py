"""Answer to «УЧАСТНИКИ»: the list is attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import Row
from pipeline.mail.letters.products import ProductLetter
from pipeline.mail.letters.rows import CountsRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsRow(Row):
    """One collection."""

    counts: CountsRow
    report_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsListLetter(ProductLetter[ParticipantsRow]):
    """One collection, or ``several``."""

    kind: ClassVar[str] = "participants_list"
