"""What an act works with: the context, the clock, the answers of its form, and ways to show how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, Protocol, TypeVar

from pipeline.cabinet.publications import LoadedPublication
from pipeline.cabinet.roster import RosterReport
from pipeline.console.answers import Answers
from pipeline.steps.base.context import Context

T = TypeVar("T")


class Stages(Protocol):
    """Carries out a part of the work under a name that people see."""

    def __call__(self, name: str, run: Callable[[], T], /) -> T:
        """Return what ``run`` returns."""
        ...


def at_once(_name: str, run: Callable[[], T], /) -> T:
    """A stage that nobody watches."""
    return run()


def no_files(name: str, *_: object) -> NoReturn:
    """Stands for reading and keeping files where there is no place for them."""
    raise LookupError(name)


@dataclass(frozen=True, slots=True)
class Desk:
    """``clock`` gives the present (aware UTC), ``load`` reads a publication's folder by its code, ``say`` takes a line
    for the run's log.

    ``roster`` reads a list of organisations by the name of its file. ``keep`` puts a file where administrators fetch
    it, and returns how they find it.
    """

    context: Context
    answers: Answers
    clock: Callable[[], datetime]
    load: Callable[[str], LoadedPublication]
    stage: Stages = at_once
    say: Callable[[str], None] = print
    roster: Callable[[str], RosterReport] = no_files
    keep: Callable[[str, bytes], str] = no_files
