"""What ``kabinet up`` looks after while Prefect's runner serves the flows: above all that Prefect's server lives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from flows.server import PrefectServer
from pipeline.catalogue import MOSCOW, text
from pipeline.console.acts import BY_SCHEDULE
from pipeline.errors import UnreachableError
from pipeline.model.pulse import MONITOR, Pulse, Way
from pipeline.model.schedules import Daily, owed
from pipeline.steps.base.context import Context
from pipeline.store.operations import pulses

log = structlog.get_logger()
_LOOK_SECONDS = 1.0
_LONGEST_PAUSE = 300.0  # seconds between two starts of a server that does not start
_PULSE_SECONDS = 15.0  # between two looks at what has run by itself
_SHOW_SECONDS = 60.0  # between two renewals of the standing page
_FIRST_SHOW_SECONDS = 15.0  # between the first two: meanwhile the flows have come to be served
_LATE = timedelta(minutes=2)  # a daily run that Prefect has not begun by then is begun by us


class Supervisor:
    """Looks after the server in a thread of its own while the context lasts; ``say`` takes what a person should read.

    A server that ended is started again: the runner's questions find it there when they are asked the next time. A
    daily run that Prefect has lost (its database is new, or another missed run took its place) is begun. The first
    exchange by itself is announced once it was seen. The standing page is renewed; where it is is announced at the
    start, and when it is another one because Prefect's database is new.
    """

    def __init__(
        self,
        prefect: PrefectServer,
        open_context: Callable[[], AbstractContextManager[Context]],
        say: Callable[[str], None],
    ) -> None:
        self._prefect, self._open_context, self._say = prefect, open_context, say
        self._began = datetime.now(UTC)
        self._looked = time.monotonic()
        self._announced = False
        self._page: str | None = None
        self._show_at = 0.0
        self._begun: dict[str, datetime] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        try:
            self._show(_FIRST_SHOW_SECONDS)  # the flows are not served yet, so it has no links to them
        except Exception:
            log.exception("supervisor.failed")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._prefect.give_up()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            try:
                if self._prefect.ended:
                    self._start_again()
                elif time.monotonic() - self._looked >= _PULSE_SECONDS:
                    self._looked = time.monotonic()
                    self._look(datetime.now(UTC))
                elif time.monotonic() >= self._show_at:
                    self._show(_SHOW_SECONDS)
            except Exception:
                log.exception("supervisor.failed")

    def _start_again(self) -> None:
        log.error("prefect.ended", log=str(self._prefect.log))
        self._say(text("prefect.ended", log=self._prefect.log))
        pause = _LOOK_SECONDS
        while not self._stopping.is_set():
            try:
                self._prefect.start()
            except UnreachableError as error:
                if self._stopping.is_set():
                    return
                log.warning("prefect.not_started", again_in=pause)
                self._say(str(error))
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self._say(text("prefect.again"))
                return

    def _look(self, now: datetime) -> None:
        with self._open_context() as context:
            with context.store.reading() as session:
                seen = {(found.name, found.way): found for found in pulses.listed(session)}
            for name, schedule in context.schedules.items():
                if isinstance(schedule, Daily) and self._is_lost(name, schedule, seen, now):
                    self._begin(name, schedule.due_before(now))
        exchange = seen.get(("exchange", Way.SCHEDULE))
        if not self._announced and exchange and exchange.ended_at and exchange.ended_at >= self._began:
            self._announced = True
            self._say(text("demo.up_ran", at=f"{exchange.ended_at.astimezone(MOSCOW):%H:%M}"))

    def _show(self, again_in: float) -> None:
        """Renew the standing page, the next time after ``again_in`` seconds."""
        self._show_at = time.monotonic() + again_in
        with self._open_context() as context:
            from flows import standing  # noqa: PLC0415 - Prefect reads its environment when imported

            page = standing.renew(context, datetime.now(UTC))
        if page is not None and page != self._page:
            self._page = page
            self._say(text("demo.up_campaign", url=f"{self._prefect.url}{page}"))

    def _is_lost(self, name: str, schedule: Daily, seen: dict[tuple[str, Way], Pulse], now: datetime) -> bool:
        """Whether a daily run is owed that should have begun by now; what was due before the first start is not."""
        due, monitor, last = schedule.due_before(now), seen.get((MONITOR, Way.SCHEDULE)), seen.get((name, Way.SCHEDULE))
        expected = monitor is not None and monitor.first_at < due and self._begun.get(name) != due
        late = now - max(due, self._began) >= _LATE
        return expected and late and owed(schedule, last.began_at if last else None, due, now)

    def _begin(self, name: str, due: datetime) -> None:
        from flows import recovery  # noqa: PLC0415 - Prefect reads its environment when imported

        self._begun[name] = due
        log.warning("prefect.run_lost", name=name, due=due.isoformat())
        recovery.start_run(BY_SCHEDULE[name].name)
