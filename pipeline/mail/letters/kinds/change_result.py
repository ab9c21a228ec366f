"""What was decided about a correction of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pipeline.mail.letters.data import LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResultLetter(LetterData):
    """``requested_by`` is "" for an address that a coordinator gave. ``to_new``: this copy goes to the new address."""

    kind: ClassVar[str] = "change_result"

    approved: bool
    field: str
    value: str
    new: str
    old: str
    requested_by: str
    by: Literal["coordinator", "administrator"]
    reason: str
    addresses: tuple[str, ...]
    to_new: bool
