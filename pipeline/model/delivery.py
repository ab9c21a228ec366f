"""What happens to a letter on its way: its log, pauses, domains that wait, reminders, and what a worker left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.model.outgoing import LetterState, SendResult


class LetterEvent(StrEnum):
    """What happened to a letter, in the delivery log."""

    QUEUED = "queued"
    WITHHELD = "withheld"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    READ = "read"
    AUTORESPONDED = "autoresponded"


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the delivery log; ``detail`` is the server's or the bounce's words."""

    event: LetterEvent
    at: datetime
    detail: str | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop: letters of ``publication`` (None: of all) from ``priority`` on do not leave; 0 holds answers too."""

    publication: str | None
    priority: int
    at: datetime
    who: str
    why: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Pauses:
    """What is stopped at one moment."""

    in_force: tuple[Pause, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is stopped."""
        return bool(self.in_force)

    def holds(self, publication: str | None, priority: int) -> bool:
        """Whether a letter of ``publication`` with ``priority`` is not to leave."""
        return any(pause.publication in (None, publication) and priority >= pause.priority for pause in self.in_force)


@dataclass(frozen=True, slots=True)
class Wait:
    """Until when nothing goes to a domain, how often in a row it has asked for that, and in which words."""

    until: datetime
    streak: int
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """What the server said of a letter, and when it is tried again if it is."""

    letter_id: int
    result: SendResult
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Letters that are not taken now: of these domains; from this priority on; of these publications from it on."""

    domains: Collection[str] = ()
    priority: int | None = None
    publications: Collection[str] = ()
    campaign: int = 0

    @property
    def nothing(self) -> bool:
        """Whether everything that is due is taken."""
        return not self.domains and self.priority is None and not self.publications


@dataclass(frozen=True, slots=True)
class Recovered:
    """What workers left behind, by id: letters in doubt that are tried once more, those ``left`` to an operator after
    a second doubt, and letters that are simply ``freed``."""

    doubtful: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()
    freed: frozenset[int] = frozenset()

    def __len__(self) -> int:
        """How many letters these are."""
        return len(self.doubtful) + len(self.left) + len(self.freed)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of the closing at ``closes_at``, due at ``at``."""

    login: str
    closes_at: datetime
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A letter of which the delivery log has news: where it went, its state now, and the server's last words."""

    login: str | None
    address: str
    kind: str
    state: LetterState
    reply: str | None
    due_at: datetime
    to_send: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """Letters that wait: ``held`` by a pause, ``later`` for their hour, ``put_off`` by the server, ``ready`` by domain.

    ``later_at`` and ``put_off_at`` are when the first of these leaves.
    """

    held: int = 0
    later: int = 0
    later_at: datetime | None = None
    put_off: int = 0
    put_off_at: datetime | None = None
    ready: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many wait."""
        return self.held + self.later + self.put_off + self.ready.total()
