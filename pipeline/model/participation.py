"""How far an organisation has come, and the four figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.model.roster import Login


class Status(StrEnum):
    """How far a participation has come; people read the catalogue's words for these."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


class StatusEvent(StrEnum):
    """What may move a status; ``status.participation`` holds the table."""

    DRAFT_RECEIVED = "draft_received"
    RETURN_REJECTED = "return_rejected"
    FORM_REQUESTED = "form_requested"
    RETURN_ACCEPTED = "return_accepted"
    RETURN_WITHDRAWN = "return_withdrawn"


@dataclass(frozen=True, slots=True)
class Participation:
    """One login in one collection. All instants are the mail server's receipt times (INTERNALDATE)."""

    publication: str
    login: str
    status: Status = Status.NOT_STARTED
    begun_at: datetime | None = None
    handed_in_at: datetime | None = None
    accepted_return_id: int | None = None
    last_rejected_at: datetime | None = None

    @property
    def correction_rejected(self) -> bool:
        """Whether a later return was refused while an earlier one holds («исправление не принято»)."""
        return (
            self.handed_in_at is not None
            and self.last_rejected_at is not None
            and self.last_rejected_at > self.handed_in_at
        )

    @property
    def disputed(self) -> bool:
        """Whether what was handed in was taken back by its sender («это не мы») and nothing else was accepted."""
        return self.status is Status.SUBMITTED and self.accepted_return_id is None


@dataclass(frozen=True, slots=True)
class Participant:
    """A line of «Список участников»: a participation with the login's name and region.

    ``extended_to`` is the closing that holds for this login when it is later than the collection's own;
    ``departed_at`` is when it left the roster, if it did so after the opening.
    """

    login: Login
    participation: Participation
    extended_to: datetime | None = None
    departed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """«Всего / Не приступило / В работе / Сдано» (seed, Fig. 22); the first is the sum of the rest."""

    not_started: int = 0
    in_progress: int = 0
    submitted: int = 0

    @property
    def total(self) -> int:
        """Всего."""
        return self.not_started + self.in_progress + self.submitted
