"""A return is accepted: a receipt to show to the director."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import FindingRow, RowCount, ValuesTable
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedLetter(LetterData):
    """``first``: nothing of this login was in force before. ``withheld``: the form keeps its data out of letters."""

    kind: ClassVar[str] = "accepted"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    number: int
    received_at: datetime
    late: bool
    rows: tuple[RowCount, ...]
    values: tuple[ValuesTable, ...]
    values_left: int
    warnings: tuple[FindingRow, ...]
    repaired: tuple[str, ...]
    first: bool
    withheld: bool
    undo_seed: str = ""
