"""The Prefect server as a child process, and the environment that must stand before Prefect is imported."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline import private
from pipeline.catalogue import text
from pipeline.embedded import lifeline
from pipeline.errors import ConfigurationError, UnreachableError

_START_SECONDS = 900  # a start takes 5 to 15 s on a quiet machine; on a busy one only an end of the process is final
_SAY_SECONDS = 20
USER = "kabinet"
"""The name that Prefect's page wants before the password."""


def environment(home: Path, port: int, password: str | None = None) -> dict[str, str]:
    """Return the variables for a server on loopback ``port`` that keeps its files in ``home`` and calls nobody.

    No page of another origin may ask it anything. With a ``password`` nobody may without it.
    """
    guarded = ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING")
    return {
        **(dict.fromkeys(guarded, f"{USER}:{password}") if password else {}),
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port},http://localhost:{port}",
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        # What runs each minute fills its database: what is to last is in ours.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),  # seconds
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P2D",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "DO_NOT_TRACK": "1",
    }


class PrefectServer:
    """A Prefect server with UI on loopback while the context lasts; nothing of it is left running afterwards.

    ``say`` takes a line whenever a start takes long; ``password`` is what page and API ask for, None: nothing.
    """

    def __init__(
        self, home: Path, port: int, say: Callable[[str], None] = lambda _: None, password: str | None = None
    ) -> None:
        self.home, self.port, self._say, self._password = home, port, say, password
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """The address of the UI."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "server.log"

    def __enter__(self) -> Self:
        """Start and wait until healthy; raises ConfigurationError for a taken port, UnreachableError for no start."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise ConfigurationError("prefect.port_taken", port=self.port) from error
        _make_home(self.home)
        os.environ.update(environment(self.home, self.port, self._password))
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give_up()
        self.stop()

    def give_up(self) -> None:
        """End a start that is under way in another thread, and let none begin."""
        self._stopping.set()

    def start(self) -> None:
        """Start the process and wait until it is healthy; raises UnreachableError when it ends or stays silent.

        What is left of one that ended is cleared away first.
        """
        self.stop()
        output = private.open_appending(self.log)
        try:
            self.process = lifeline.start("prefect", ["server", "start"], os.environ, output)
        finally:
            os.close(output)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and all that it started."""
        process, self.process = self.process, None
        if process is not None:
            lifeline.stop(process)

    @property
    def ended(self) -> bool:
        """Whether the process has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def healthy(self) -> bool:
        """Whether the server answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/api/health", timeout=2) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _wait(self) -> None:
        began = time.monotonic()
        said = began
        while (waited := time.monotonic() - began) < _START_SECONDS:
            if self.process is None or self.ended or self._stopping.is_set():
                break
            if self.healthy():
                return
            if time.monotonic() - said >= _SAY_SECONDS:
                said = time.monotonic()
                self._say(text("prefect.still_starting", seconds=round(waited), log=self.log))
            time.sleep(0.2)
        raise UnreachableError("prefect.not_started", log=self.log)


def _make_home(home: Path) -> None:
    try:
        private.make_folder(home)
    except OSError as error:
        raise ConfigurationError(
            "folder.unusable", path=home, variable="KABINET_STATE", reason=error.strerror or ""
        ) from error
