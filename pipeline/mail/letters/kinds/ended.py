"""An administrator has ended a collection before its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData
from pipeline.model import LatePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedLetter(LetterData):
    """``before`` is the closing last told, ``late`` what becomes of a form that comes now."""

    kind: ClassVar[str] = "ended"

    ended_at: datetime
    before: datetime
    late: LatePolicy


_ENDED, _BEFORE = datetime(2021, 9, 2, 9, tzinfo=UTC), datetime(2021, 9, 7, 15, tzinfo=UTC)
EXAMPLES = tuple(
    Example(EndedLetter(ended_at=_ENDED, before=_BEFORE, late=late), variant, collection="closed")
    for late, variant in ((LatePolicy.REFUSE, ""), (LatePolicy.ACCEPT, "late_taken"))
)
