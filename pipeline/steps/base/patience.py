"""Patience: how long one message may take beside others. What is over it is put aside alone (M31).

A timer of the kernel interrupts whatever Python runs in the main thread, a pattern that backtracks among it, and every
flow and command runs its step there. It waits for what must not be cut in two: a call of the database, a child process.
What no interruption reaches, a loop within a library, ends with the process when it has used four times as much of the
processor; what that held is taken back like that of any dead worker.
"""

from __future__ import annotations

import signal
import threading
import time
from datetime import timedelta
from types import FrameType, TracebackType
from typing import Any, Self

_LEAST = 1.0  # seconds: what else is slow in the same run gets half as long each time, but not less
_AGAIN = 1.0  # seconds until what has swallowed the interruption is interrupted once more
_SOON = 0.01  # seconds until what must not be cut in two is looked at again
_HARD = 4
_WHOLE = ("sqlalchemy", "psycopg", "sqlite3", "pipeline.store", "pipeline.isolation", "subprocess")


class OutOfTimeError(BaseException):
    """A message is over its time. Whoever catches every Exception must not keep this one."""


class Patience:
    """The time that messages have, one after another: a context around a batch, ``turn()`` around each message.

    Outside the main thread, and without a ``limit``, nothing is interrupted. While the context lasts no other alarm
    rings (``signal.SIGALRM``); what was set before goes on afterwards.
    """

    def __init__(self, limit: timedelta | None) -> None:
        self._limit = limit.total_seconds() if limit is not None else 0.0
        self._seconds = self._limit
        self._waiting = self._over = False
        self._before: tuple[Any, tuple[float, float], float] | None = None

    @property
    def seconds(self) -> float:
        """How long the next message may take."""
        return self._seconds

    def __enter__(self) -> Self:
        """Take the alarm over."""
        if self._limit and threading.current_thread() is threading.main_thread():
            left = signal.setitimer(signal.ITIMER_REAL, 0)
            self._before = signal.signal(signal.SIGALRM, self._ring), left, time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the alarm back."""
        if self._before is not None:
            handler, (left, interval), began = self._before
            self._before = None
            signal.signal(signal.SIGALRM, handler)
            if left:
                signal.setitimer(signal.ITIMER_REAL, max(0.001, left - (time.monotonic() - began)), interval)

    def turn(self) -> _Turn:
        """Return the context of one message: it raises OutOfTimeError when that takes too long."""
        return _Turn(self)

    def begin(self) -> None:
        """Start the clock of a turn."""
        self._over = False
        if self._before is not None:
            self._waiting = True
            signal.setitimer(signal.ITIMER_REAL, self._seconds, _AGAIN)
            if signal.getsignal(signal.SIGPROF) is signal.SIG_DFL:
                signal.setitimer(signal.ITIMER_PROF, max(_LEAST, _HARD * self._limit))

    def end(self) -> bool:
        """Stop the clock of a turn; return whether it had run out."""
        self._waiting = False
        if self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
        if self._over:
            self._seconds = max(min(_LEAST, self._limit), self._seconds / 2)
        return self._over

    def _ring(self, _signal: int, frame: FrameType | None) -> None:
        """Interrupt the message, unless its turn is just ending: then ``_Turn.__exit__`` sees that it is over."""
        if not self._waiting:
            return
        self._over = True
        if _is_within_a_whole(frame):
            signal.setitimer(signal.ITIMER_REAL, _SOON, _AGAIN)
        elif frame is None or frame.f_code not in _ENDING:
            raise OutOfTimeError


def _is_within_a_whole(frame: FrameType | None) -> bool:
    """Whether the interrupted code was called, however far up, by a module of ``_WHOLE``."""
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(_WHOLE):
            return True
        frame = frame.f_back
    return False


class _Turn:
    """One message's turn. What was interrupted is over its time, whatever became of the interruption on its way."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def __enter__(self) -> None:
        self._patience.begin()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._patience.end() and kind is not OutOfTimeError:
            raise OutOfTimeError from error


_ENDING = (_Turn.__exit__.__code__, Patience.end.__code__)
