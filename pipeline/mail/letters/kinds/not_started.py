"""Answer to «НЕ ПРИСТУПИЛИ»: who of the region has not begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import Row
from pipeline.mail.letters.products import ProductLetter
from pipeline.mail.letters.rows import CountsRow, WaitingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStartedRow(Row):
    """One collection; ``counts`` is None where nothing is open. ``attached``: the whole list is."""

    rows: tuple[WaitingRow, ...]
    counts: CountsRow | None
    left: int
    attached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStartedLetter(ProductLetter[NotStartedRow]):
    """One collection, or ``several``."""

    kind: ClassVar[str] = "not_started"
