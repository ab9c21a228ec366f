"""What came of an answer with a one-time code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import LetterData
from pipeline.model import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmResultLetter(LetterData):
    """``result``: ``refused undone disputed spent settled acknowledged wrong_code which_one``."""

    kind: ClassVar[str] = "confirm_result"
    counts_as: ClassVar[Allowance | None] = Allowance.RECEIPTS

    result: str
