"""A clock that starts at the instant a step is handed and runs on with the real one.

Leases taken late in a long run must last as long as those taken at its start; tests still choose where time begins.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class RunningClock:
    """Callable: ``now`` (aware) plus the time that has passed since it was made."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        """Return the present on this clock."""
        return self._now + timedelta(seconds=time.monotonic() - self._started)
