"""The monitor: looks every so often whether everything works, and tells when it does not (M44, M46).

It runs beside what it watches, in a thread of its own, and lives when schedules, mail or the database do not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from pipeline.catalogue import text
from pipeline.errors import KabinetError, UserError
from pipeline.model.problems import News, Problem
from pipeline.model.pulse import Way
from pipeline.steps import (
    alert,
    deliver,
)
from pipeline.steps.base.context import Context
from pipeline.steps.condition import pulse
from pipeline.steps.condition.liveness import EXCHANGE
from pipeline.steps.condition.problems import (
    SILENT,
    problems,
)

log = structlog.get_logger()
_PATIENCE = 15.0  # seconds that a stop waits for the look in progress


class Monitor:
    """Looks every ``every`` seconds, the first time at once, from ``start`` to ``stop``; nothing ends it before.

    ``open_context`` is opened for each look. ``say`` gets a line when a problem begins and when it is over. ``way``
    says for what it stands: ``schedule`` for everything that runs by schedule, ``watch`` for exchanges alone.
    """

    def __init__(
        self,
        open_context: Callable[[], AbstractContextManager[Context]],
        every: float,
        say: Callable[[str], None],
        *,
        way: Way = Way.SCHEDULE,
        clock: Callable[[], datetime] = pulse.present,
    ) -> None:
        self._open_context, self._every, self._say, self._way, self._clock = open_context, every, say, way, clock
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._known: dict[tuple[str, str], Problem] = {}
        self._context: Context | None = None  # the last one: its webhook works without its database
        self._shut: Problem | None = None
        self._shut_told = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon; a look in progress is finished."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def look(self) -> None:
        """Look once; whatever fails is logged."""
        try:
            self._look()
        except KabinetError as error:
            log.warning("monitor.failed", reason=str(error))
        except Exception:
            log.exception("monitor.raised")

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(self._every)

    def _look(self) -> None:
        now = self._clock()
        try:
            with self._open_context() as context:
                found = problems(context, now)
                self._opened(context)
                pulse.tick(context, self._way, now, timedelta(seconds=self._every))
                self._tell(found)
                self._alert(context, now, found)
        except UserError as error:
            self._not_opened(error, now)
            raise

    def _alert(self, context: Context, now: datetime, found: Sequence[Problem]) -> None:
        try:
            queued = alert.run(context, now, found).counts["letters"]
            if queued and any(problem.code == f"{SILENT}{EXCHANGE}" for problem in found):
                deliver.run(context, now, queued)  # nobody else is going to: it goes first, and alone
        except UserError as error:
            log.warning("monitor.alert_failed", reason=str(error))

    def _tell(self, found: Sequence[Problem]) -> None:
        present = {problem.key: problem for problem in found}
        for key, problem in present.items():
            if key not in self._known:
                self._say_line(problem.text)
        for key, problem in self._known.items():
            if key not in present:
                self._say_line(text("alert.over", text=problem.text))
        self._known = present

    def _say_line(self, line: str) -> None:
        try:
            self._say(line)
        except Exception as error:  # noqa: BLE001 - a closed terminal must not end the watching
            log.warning("monitor.unsaid", reason=type(error).__name__)

    # -- the database itself --------------------------------------------------------------------------------------

    def _not_opened(self, error: UserError, now: datetime) -> None:
        """Tell that nothing can be put on record: of what else is wrong nobody knows now."""
        if self._shut is None:
            self._shut = Problem(error.code, "", text("problem.store", reason=str(error)), now)
            self._say_line(self._shut.text)
        if not self._shut_told:
            self._shut_told = self._post(self._shut, News.BEGUN)

    def _opened(self, context: Context) -> None:
        self._context = context
        if self._shut is not None:
            self._say_line(text("alert.over", text=self._shut.text))
            if self._shut_told and not self._post(self._shut, News.OVER):
                return
            self._shut, self._shut_told = None, False

    def _post(self, problem: Problem, news: News) -> bool:
        if self._context is None or self._context.webhook is None:
            return False
        try:
            self._context.webhook.post(alert.payload(self._context, problem, news))
        except UserError as error:
            log.warning("alert.webhook_failed", code=problem.code, reason=str(error))
            return False
        return True
