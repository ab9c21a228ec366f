"""Where the time of a run goes: functions that are watched from outside, each charged for what it does itself."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch


class Stages:
    """CPU seconds by stage. ``watch`` names functions before the run; the rest of it goes to ``rest``."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._watched: list[tuple[object, str, str]] = []
        self._generators: list[tuple[object, str, str]] = []
        self._stack: list[str] = ["rest"]
        self._since = 0.0

    def watch(self, stage: str, owner: object, *names: str) -> None:
        """Charge ``stage`` for the functions ``names`` of ``owner``, a module or a class."""
        self._watched += [(owner, name, stage) for name in names]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch within the block."""
        with ExitStack() as stack:
            for owner, name, stage in self._watched:
                stack.enter_context(patch.object(owner, name, self._charged(stage, getattr(owner, name))))
            for owner, name, stage in self._generators:
                stack.enter_context(patch.object(owner, name, self._charged_steps(stage, getattr(owner, name))))
            self._since = time.process_time()
            yield
            self._turn()

    def watch_generator(self, stage: str, owner: object, name: str) -> None:
        """The same for a function that yields: what its caller does between is the caller's."""
        self._generators.append((owner, name, stage))

    def spent(self) -> list[tuple[str, float]]:
        """Return the stages with their CPU seconds, the dearest first."""
        return sorted(self._seconds.items(), key=lambda item: -item[1])

    def _turn(self) -> None:
        now = time.process_time()
        self._seconds[self._stack[-1]] = self._seconds.get(self._stack[-1], 0.0) + now - self._since
        self._since = now

    def _charged(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def charged(*arguments: object, **named: object) -> object:
            self._turn()
            self._stack.append(stage)
            try:
                return function(*arguments, **named)
            finally:
                self._turn()
                self._stack.pop()

        return charged

    def _charged_steps(self, stage: str, function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        @functools.wraps(function)
        def charged(*arguments: object, **named: object) -> Iterator[object]:
            step = self._charged(stage, functools.partial(next, function(*arguments, **named), self))
            while (found := step()) is not self:
                yield found

        return charged
