"""What ``kabinet up`` looks after while Prefect's runner serves the flows: above all that Prefect's server lives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

from flows.server import PrefectServer
from pipeline.catalogue import text
from pipeline.errors import UnreachableError

log = structlog.get_logger()
_LOOK_SECONDS = 1.0
_LONGEST_PAUSE = 300.0  # seconds between two starts of a server that does not start


class Supervisor:
    """Looks after the server in a thread of its own while the context lasts; ``say`` takes what a person should read.

    A server that ended is started again: the runner's questions find it there when they are asked the next time.
    """

    def __init__(self, prefect: PrefectServer, say: Callable[[str], None]) -> None:
        self._prefect, self._say = prefect, say
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
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
