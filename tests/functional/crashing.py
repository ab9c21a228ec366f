"""The child of the crash tests: runs steps and kills itself with SIGKILL at one commit, before it or after it."""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing import Value
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from pipeline.errors import UserError
from tests.functional.world import World


@dataclass(frozen=True)
class Kill:
    """Die ``before`` or after the ``commit``-th commit of a transaction that changes something."""

    commit: int
    before: bool


def run_steps(world: World, names: Sequence[str], kill: Kill | None, commits: Any) -> None:
    """Run the steps; ``commits`` (a shared integer) counts the commits that were reached."""
    _watch(kill, commits)
    world.run(*names)


def run_until(world: World, names: Sequence[str], target: str, call: int) -> None:
    """Run the steps; die by SIGKILL as ``target`` (``module:name`` or ``module:class.name``) is called that often."""
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *within, name = path.split(".")
    for part in within:
        owner = getattr(owner, part)
    original, calls = getattr(owner, name), count(1)

    def dying(*arguments: Any, **named: Any) -> Any:
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)

    setattr(owner, name, dying)
    world.run(*names)


def run_rounds(world: World, names: Sequence[str], kill: Kill | None, commits: Any, stop: Any) -> None:
    """Run the steps again and again until ``stop`` (a shared event) is set; a server that is away is waited for."""
    _watch(kill, commits)
    while not stop.is_set():
        for name in names:
            with suppress(UserError):
                world.run(name)
        stop.wait(0.05)


def shared_counter() -> AbstractContextManager[Any]:
    """An integer that the child counts in and the parent reads."""
    return Value("i", 0)


def _watch(kill: Kill | None, commits: Any) -> None:
    """Count commits of writing sessions; reading ones roll back. SIGKILL leaves no time for anything."""

    def before(_session: Session) -> None:
        commits.value += 1
        if kill is not None and kill.before and commits.value == kill.commit:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(_session: Session) -> None:
        if kill is not None and not kill.before and commits.value == kill.commit:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Session, "before_commit", before)
    event.listen(Session, "after_commit", after)
