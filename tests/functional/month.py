"""A clock that plays the schedules through: it jumps to the next instant at which one is due and something can happen.

The schedules are the shipped data, the steps and the store are real, the post office is in memory. The machine may be
off, runs may come late, and a run may die between two commits; what was missed meanwhile comes as Prefect makes it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import case, event, func, select
from sqlalchemy.orm import Session

from pipeline import wiring
from pipeline.catalogue import MOSCOW
from pipeline.errors import UnreachableError
from pipeline.mail.letters.render import Renderer
from pipeline.model import LetterState, ReceiptState, ReportState
from pipeline.model.schedules import Schedule, too_late
from pipeline.steps import (
    check,
    close,
    collect,
    deliver,
    digest,
    export,
    file,
    fill,
    remind,
)
from pipeline.steps.base import clock
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.fakes.mailbox import FakeMailServer
from pipeline.steps.base.fakes.transport import (
    FakeTransport,
    SentLetter,
)
from pipeline.steps.base.limits import Limits
from pipeline.store import extensions, publications
from pipeline.store.base.unit import WritingSession
from pipeline.store.tables import LetterRow, ReceiptRow, ReportRow

STEPS: Mapping[str, Sequence[Any]] = {
    "exchange": (collect, check, export, deliver, file),
    "close": (close,),
    "fill": (fill,),
    "remind": (remind,),
    "digest": (digest,),
}
"""What the flow of each schedule does."""
_KEYS = "m:a-key-that-every-run-of-the-month-has"


def moscow(written: str) -> datetime:
    """«17 18:00» → that instant of September 2021 in Moscow, aware UTC."""
    return datetime.strptime(f"2021 09 {written}", "%Y %m %d %H:%M").replace(tzinfo=MOSCOW).astimezone(UTC)


class Killed(BaseException):
    """The machine is gone between two commits; nothing that was under way is finished."""


@dataclass(frozen=True)
class Left:
    """A letter as the mail server took it, and when."""

    at: datetime
    sent: SentLetter


@dataclass(frozen=True)
class Run:
    """A run of a schedule: when it was due, and when it was made; ``why`` it was not, where it was not."""

    name: str
    due: datetime
    made: datetime
    why: str = ""


Act = Callable[["Month"], object]


@dataclass
class Course:
    """What happens beside the schedules: ``acts`` by instant; when the machine is ``off``; runs that come ``late``, by
    (name, due), and when; runs that die, by (name, due), and in which step before which of its commits. A run that has
    died is not made again, but the next one of its schedule is."""

    acts: Sequence[tuple[datetime, Act]] = ()
    off: Sequence[tuple[datetime, datetime]] = ()
    late: Mapping[tuple[str, datetime], datetime] = field(default_factory=dict)
    dies: Mapping[tuple[str, datetime], tuple[str, int]] = field(default_factory=dict)


class Month:
    """Plays ``course`` over the schedules. ``every_minute`` makes the runs too that can have nothing to do."""

    def __init__(
        self,
        folder: Path,
        course: Course,
        begin: datetime,
        *,
        seed: int = 1,
        every_minute: bool = False,
        database_url: str | None = None,
    ) -> None:
        self.course, self.now, self.every_minute = course, begin, every_minute
        self.inbox = FakeMailServer()
        self.mail = FakeTransport(on_sent=lambda sent: self.left.append(Left(self.now, sent)))
        self.left: list[Left] = []
        self.runs: list[Run] = []
        self._seed = seed
        self._stack = ExitStack()
        self._still = ExitStack()
        # The clock of a step stands while it runs: how long that takes on this machine is to decide nothing.
        self._still.enter_context(patch.object(clock, "time", SimpleNamespace(monotonic=lambda: 0.0)))
        self._settings = wiring.load_settings(
            state=folder / "state", outbox=folder / "outbox", database_url=database_url, tag_keys=_KEYS
        )
        self._renderer = Renderer(self._settings.home / "templates")
        self.context = self._started()
        self.schedules: Mapping[str, Schedule] = self.context.schedules
        self._acts = sorted(course.acts, key=lambda known: known[0])
        self._changed = set[str]()

    def __enter__(self) -> Month:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self._still.close()

    @property
    def settings(self) -> wiring.Settings:
        """What the machine is set to."""
        return self._settings

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The store."""
        with self.context.store.reading() as session:
            yield session

    def deliver(self, message: bytes) -> None:
        """The mail server takes a message in, whether or not the machine is on."""
        self.inbox.deliver(message, self.now)

    def is_on(self, at: datetime) -> bool:
        """Whether the machine runs."""
        return not any(begin <= at < end for begin, end in self.course.off)

    def play(self, until: datetime) -> None:
        """Play up to ``until``, which is not played itself."""
        while True:
            at = min([*self._wakes().values(), *self._others()])
            if at >= until:
                break
            self.now = at
            self._act(at)
            if self.is_on(at):
                for name, due in self._made_at(at):
                    if due < at or not self._idle(name):
                        self._make(name, due)
        self.now = until

    def _act(self, at: datetime) -> None:
        """Do what people do at ``at``."""
        while self._acts and self._acts[0][0] <= at:
            _, act = self._acts.pop(0)
            act(self)
            self._changed |= {"exchange", "close", "fill"}

    # What is due

    def _others(self) -> list[datetime]:
        """The instants, after now, at which something other than a schedule asks for a run."""
        found = [at for at, _ in self._acts[:1]]
        found += [end for _, end in self.course.off if end > self.now]
        found += [at for at in self.course.late.values() if at > self.now]
        return found or [_NEVER]

    def _wakes(self) -> dict[str, datetime]:
        """The next instant of each schedule; of an interval the next at which there can be something to do."""
        if not self.is_on(self.now):
            return {}
        found = {name: schedule.due_after(self.now) for name, schedule in self.schedules.items()}
        if not self.every_minute:
            since = {"exchange": self._exchange_wakes(), "close": self._close_wakes(), "fill": _NEVER}
            for name, at in since.items():
                if name not in self._changed and at > found[name]:
                    before = self.schedules[name].due_before(at)
                    found[name] = before if before == at else self.schedules[name].due_after(at)
        return found

    def _idle(self, name: str) -> bool:
        """Whether a run of ``name`` can have nothing to do now, and is left out."""
        if self.every_minute or name in ("remind", "digest") or name in self._changed:
            return False
        wakes = {"exchange": self._exchange_wakes, "close": self._close_wakes}.get(name, lambda: _NEVER)
        return wakes() > self.now

    def _exchange_wakes(self) -> datetime:
        letter, receipt, report = LetterRow, ReceiptRow, ReportRow
        waits = case((letter.lease_until > letter.due_at, letter.lease_until), else_=letter.due_at)
        idle = func.coalesce(receipt.lease_until, receipt.retry_at, receipt.received_at)
        queries = [
            select(func.min(idle)).where(receipt.state == ReceiptState.UNREAD),
            select(func.min(report.created_at)).where(report.state == ReportState.FORMING),
            select(func.min(letter.lease_until)).where(letter.state == LetterState.SENDING),
            select(func.min(letter.expires_at)).where(letter.state == LetterState.QUEUED),
        ]
        if not self.mail.down:
            queries.append(select(func.min(waits)).where(letter.to_send.is_(True)))
        with self.reading() as session:
            found = session.execute(select(*(query.scalar_subquery() for query in queries))).one()
        return min((at for at in found if at is not None), default=_NEVER)

    def _close_wakes(self) -> datetime:
        with self.reading() as session:
            ends = [item.until for item in extensions.ending(session, _NEVER) if item.until]
            ends += [
                item.publication.collection.closes_at
                for item in publications.issued(session)
                if item.publication.collection and not publications.is_closed(session, item.publication.code)
            ]
        moment = timedelta(microseconds=1)  # what ends at an instant is over after it
        return min((end + moment for end in ends), default=_NEVER)

    def _made_at(self, at: datetime) -> list[tuple[str, datetime]]:
        """The runs of ``at``: those due, those that come late, and what was missed when the machine comes back."""
        due = {(name, at) for name, schedule in self.schedules.items() if schedule.due_before(at) == at}
        found = due - set(self.course.late)
        found |= {run for run, late in self.course.late.items() if late == at}
        for begin, end in self.course.off:
            if end == at:
                found |= set(self._missed(begin, end))
        # What was due first is made first; of what is due together nobody knows the order.
        return sorted(found, key=lambda run: (run[1], random.Random(f"{self._seed} {at} {run[0]}").random()))

    def _missed(self, begin: datetime, end: datetime) -> Iterator[tuple[str, datetime]]:
        for name, schedule in self.schedules.items():
            due = schedule.due_before(begin)
            due = due if due == begin else schedule.due_after(due)
            while due < end:
                if (name, due) not in self.course.late:
                    yield name, due
                due = schedule.due_after(due)

    # How

    def _make(self, name: str, due: datetime) -> None:
        """One run, unless it is too late for it."""
        if too_late(self.schedules[name], due, self.now):
            self.runs.append(Run(name, due, self.now, "too_late"))
            return
        self._changed.discard(name)
        why, counts = "", list[int]()
        try:
            dies, commit = self.course.dies.get((name, due), ("", 0))
            for step in STEPS[name]:
                with _dying(commit if step.__name__.endswith(f".{dies}") else None):
                    counts += step.run(self.context, self.now).counts.values()
        except UnreachableError:  # the flow has failed; the next run tries again
            why = "unreachable"
        except Killed:
            why = "killed"
            self._stack.close()
            self.context = self._started()
        self.runs.append(Run(name, due, self.now, why))
        if name == "exchange" and any(counts):
            self._changed |= {"close", "fill"}
        if why == "killed":
            self._changed.add(name)

    def _started(self) -> Context:
        context = self._stack.enter_context(wiring.context(self._settings))
        return replace(
            context,
            open_mailbox=self.inbox.open,
            open_transport=lambda: self.mail,
            renderer=self._renderer,
            limits=Limits(),
        )


_NEVER = datetime(2100, 1, 1, tzinfo=UTC)


@contextmanager
def _dying(commit: int | None) -> Iterator[None]:
    """Die before the commit with this number of the block, and let nothing be written after it."""
    if commit is None:
        yield
        return
    reached = 0

    def before(session: Session) -> None:
        nonlocal reached
        reached += isinstance(session, WritingSession)
        if reached >= commit:
            raise Killed

    event.listen(Session, "before_commit", before)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", before)
    raise AssertionError(f"there were {reached} commits only")
