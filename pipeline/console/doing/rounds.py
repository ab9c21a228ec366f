"""What runs by schedule: one step or several, each a stage. A step that fails keeps no other from running."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from pipeline.catalogue import text
from pipeline.console.acts import BY_KEY
from pipeline.console.desk import Desk
from pipeline.console.doing import arrivals
from pipeline.console.outcome import Next, Outcome, Trouble
from pipeline.model import Summary
from pipeline.steps import check, close, collect, deliver, digest, export, file, fill, remind
from pipeline.steps.base.context import Context
from pipeline.steps.base.summaries import figures, in_words
from pipeline.store import Session, receipts, reports, sending


class Step(Protocol):
    """A module of ``pipeline.steps``."""

    __name__: str

    def run(self, context: Context, now: datetime, /) -> Summary:
        """Do the step."""
        ...


ROUNDS: Mapping[str, Sequence[Step]] = {
    "exchange": (collect, check, export, deliver, file),
    "close": (close,),
    "fill": (fill,),
    "remind_daily": (remind,),
    "digest": (digest,),
}
"""The steps of each act that a schedule begins, by the key of the act."""
_WAITING: Mapping[str, Callable[[Session, datetime], bool]] = {
    "check": lambda session, _: receipts.oldest_unread(session) is not None,
    "export": lambda session, now: bool(reports.forming(session, now)),
    "deliver": lambda session, now: bool(sending.due(session, now, 1)),
}
"""Whether there is work for a step, of those that the database can tell of."""
Fault = Callable[[str, Exception], str]
"""Notes what a step (its name first) has raised and returns the sentence for people."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did. ``idle``: nothing was done and nothing failed."""

    outcome: Outcome
    idle: bool


def run(desk: Desk, key: str, fault: Fault, *, sparing: bool = False) -> Round:
    """Carry out the steps of the act ``key`` one after another, each as a stage.

    ``sparing``: a step that has nothing to do is no stage. What runs each minute would fill the store of stages.
    """
    before = arrivals.newest(desk)
    done: dict[str, Summary] = {}
    faults: list[Trouble] = []
    for step in ROUNDS[key]:
        name = step.__name__.rpartition(".")[2]
        words = text(f"console.stage.{name}")
        try:
            busy = not sparing or any(map(figures, done.values())) or _has_work(desk, name)
            done[name] = desk.stage(words, partial(_do, desk, step)) if busy else _found_out(desk, words, step)
        except Exception as error:  # noqa: BLE001 - told as the run's fault
            faults.append(Trouble(words, fault(name, error), text("console.round.remedy")))
    several = len(ROUNDS[key]) > 1
    found = _figures(done, several=several)
    remarks = [line for summary in done.values() for line in summary.remarks]
    idle = not found and not faults
    came = arrivals.since(desk, before) if key == "exchange" else arrivals.Arrivals()
    outcome = Outcome(
        title=BY_KEY[key].name,
        line=faults[0].why if faults else _line(done, several=several),
        figures=found,
        remarks=remarks,
        troubles=[*faults, *came.troubles],
        tables=came.tables,
        next=[*came.next, Next(text("console.act.now"), "now")],
        counts=_counts(done, several=several),
        failed=bool(faults),
    )
    return Round(outcome, idle)


def _do(desk: Desk, step: Step) -> Summary:
    return step.run(desk.context, desk.clock())


def _found_out(desk: Desk, words: str, step: Step) -> Summary:
    """Do what can only be tried; it becomes a stage when it turns out that there was something to do."""
    done = _do(desk, step)
    return desk.stage(words, lambda: done) if figures(done) else done


def _has_work(desk: Desk, name: str) -> bool:
    with desk.context.store.reading() as session:
        return _WAITING[name](session, desk.clock()) if name in _WAITING else False


def _figures(done: Mapping[str, Summary], *, several: bool) -> dict[str, int]:
    """Figures that are not zero; those of several steps begin with the name of the stage."""
    return {
        f"{text(f'console.stage.{name}')}: {words[:1].lower()}{words[1:]}" if several else words: count
        for name, summary in done.items()
        for words, count in figures(summary).items()
    }


def _line(done: Mapping[str, Summary], *, several: bool) -> str:
    """One sentence: the first figure of each step, or all of them when there is one step."""
    if not several:
        (summary,) = done.values()
        return in_words(summary)
    found = [next(iter(figures(summary).items()), None) for summary in done.values()]
    line = ", ".join(f"{words[:1].lower()}{words[1:]}: {count}" for words, count in filter(None, found))
    return f"{line[:1].upper()}{line[1:]}." if line else text("console.round.nothing")


def _counts(done: Mapping[str, Summary], *, several: bool) -> dict[str, int]:
    """The same by stable names: ``deliver_sent`` of several steps, ``letters`` of one."""
    return {
        f"{name}_{count}" if several else count: number
        for name, summary in done.items()
        for count, number in summary.counts.items()
    }
