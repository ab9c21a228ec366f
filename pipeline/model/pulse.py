"""Who began a run and how it went: what tells a schedule that lives from one that only looks ready (M44)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MONITOR = "monitor"
"""The name under which ``kabinet up`` and ``kabinet watch`` show that they run."""


class Way(StrEnum):
    """By what a run was begun. The first two are runs by itself, the others somebody asked for."""

    SCHEDULE = "schedule"
    WATCH = "watch"
    COMMAND = "command"
    PERSON = "person"

    @property
    def by_itself(self) -> bool:
        """Whether nobody had to ask."""
        return self in (Way.SCHEDULE, Way.WATCH)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the runs of a schedule or a step went that were begun by one way. Instants are aware UTC.

    ``alive_at`` is the last instant at which a run is known to have been going on, ``ended_at`` the last good end,
    ``failed_at`` the last fault with its stable ``code`` and, where it is one that a user can fix, its sentence as
    ``reason``. ``failures`` counts the faults in a row, the first at ``failed_since``; ``unfinished`` counts the runs
    in a row that began and did not end, the present one among them; ``streak`` those that came in time one after
    another.
    """

    name: str
    way: Way
    first_at: datetime
    began_at: datetime
    alive_at: datetime
    ended_at: datetime | None = None
    failed_at: datetime | None = None
    failed_since: datetime | None = None
    failures: int = 0
    code: str | None = None
    reason: str | None = None
    unfinished: int = 0
    streak: int = 1


@dataclass(frozen=True, slots=True)
class ServerFault:
    """A mail server that cannot be used, by its name; a server without a fault has none.

    ``refusals`` counts refused logins in a row, ``next_try_at`` is when the next one may be tried with the settings
    whose ``fingerprint`` this is. ``passing``: the server did not answer, which may be over by itself.
    """

    name: str
    code: str
    reason: str
    since: datetime
    failed_at: datetime
    fingerprint: str = ""
    passing: bool = False
    refusals: int = 0
    next_try_at: datetime | None = None
