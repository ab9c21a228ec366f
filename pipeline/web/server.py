"""The page as a server on loopback, in a thread of the program that begins it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import uvicorn

from pipeline.errors import ConfigurationError
from pipeline.settings import Settings
from pipeline.steps.base.context import Context
from pipeline.web.app import application
from pipeline.web.drawing import Drawing
from pipeline.web.prefect import PrefectRuns, Runs
from pipeline.web.visit import Site

_LOOPBACK = "127.0.0.1"


def _now() -> datetime:
    return datetime.now(UTC)


class PageServer:
    """Serves the page while the context lasts. Port 0 takes any that is free; ``runs`` is Prefect by default.

    ``changed`` is called when there are other publications to choose from.
    """

    def __init__(
        self,
        settings: Settings,
        open_context: Callable[[], AbstractContextManager[Context]],
        port: int,
        *,
        runs: Runs | None = None,
        clock: Callable[[], datetime] = _now,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        runs = runs or PrefectRuns(settings.prefect_port, settings.prefect_secret)
        self._site = Site(settings, open_context, clock, runs, Drawing(settings.home / "templates"), changed)
        self.port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{_LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        """Begin to answer; raises ConfigurationError for a taken port."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_LOOPBACK, self.port))
            listening.listen()
        except OSError as error:
            listening.close()
            raise ConfigurationError("web.port_taken", port=self.port) from error
        self.port = listening.getsockname()[1]
        hosts = (f"{_LOOPBACK}:{self.port}", f"localhost:{self.port}")
        config = uvicorn.Config(
            application(self._site, hosts, self._site.settings.prefect_secret),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="web", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
