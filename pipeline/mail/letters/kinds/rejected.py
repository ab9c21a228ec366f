"""A return is not accepted: every finding at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import CheckedReturn
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLetter(LetterData):
    """``standing``: a return accepted earlier stays accepted. ``marked``: cells are coloured in the copy sent back."""

    kind: ClassVar[str] = "rejected"
    spread: ClassVar[tuple[str, ...]] = ("checked",)
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    checked: CheckedReturn
    standing: bool
    file_name: str
    repaired: tuple[str, ...]
    withheld: bool
    marked: bool = True
    undo_seed: str = ""
