"""Whether an address lives: the signs of it, and the task that a dead one makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.model.roster import Login


class TaskKind(StrEnum):
    """What somebody has to see to."""

    DEAD_ADDRESS = "dead_address"


class TaskClosing(StrEnum):
    """Why a task on a dead address is over: it lives again, its login was given another, or it left the roster."""

    ALIVE = "alive"
    NEW_ADDRESS = "new_address"
    ADDRESS_GONE = "address_gone"


@dataclass(frozen=True, slots=True)
class Sign:
    """One letter that did not arrive: its kind, when it became known, and the server's words."""

    at: datetime
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An open task: letters to ``address`` of ``login`` do not arrive since ``since``, for ``reason``."""

    id: int
    login: Login
    address: str
    since: datetime
    reason: str
    opened_at: datetime
