"""What is wrong now, and what a person was told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not work: a stable ``code``, the ``subject`` that tells two of one code apart (may be ""),
    a sentence in Russian that says what and what to do, and the instant since when."""

    code: str
    subject: str
    text: str
    since: datetime

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same problem, whatever its sentence says now."""
        return self.code, self.subject


class News(StrEnum):
    """What is told of a problem."""

    BEGUN = "begun"
    LASTING = "lasting"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Told:
    """What went out by one channel: the latest ``news`` at ``told_at``; None when every try so far was in vain."""

    news: News | None
    told_at: datetime | None
    tried_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """A problem on record: noticed at ``begun_at``, over at ``over_at``. ``told`` is by channel."""

    id: int
    problem: Problem
    begun_at: datetime
    over_at: datetime | None = None
    told: Mapping[str, Told] = field(default_factory=dict)


class GivenUp(StrEnum):
    """What sort of thing: ``number`` of ``Loss`` is the id of a receipt or letter, or a report's number."""

    RECEIPT = "receipt"
    LETTER = "letter"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing given up, why (a stable word, or the name of a fault), and whether its writer knows."""

    what: GivenUp
    number: int
    reason: str
    answered: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Restore:
    """An open restore: when it was declared, and when the lost database was last at work."""

    at: datetime
    stopped_at: datetime
    receipts_from: int
    id: int
    rescanned_at: datetime | None = None
