"""A draft is kept, with what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import CheckedReturn, RowCount
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKeptLetter(LetterData):
    """What was found in the draft, and what was put right or passed over."""

    kind: ClassVar[str] = "draft_kept"
    spread: ClassVar[tuple[str, ...]] = ("checked",)
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    checked: CheckedReturn
    rows: tuple[RowCount, ...]
    repaired: tuple[str, ...] = ()
    undo_seed: str = ""
