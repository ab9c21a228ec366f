"""The mail server of the first run: the packaged ``mail-devel`` as a child process on loopback.

SMTP in, IMAP out, a mailbox per address, plus-addressing for the exchange mailbox, and a page to look at the letters.
It keeps mail in memory and routes by the headers To, Cc and Bcc: enough for a demonstration, nothing else.

The child lives exactly as long as we do, see ``pipeline.embedded.lifeline``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from pipeline import private
from pipeline.catalogue import text
from pipeline.embedded import lifeline
from pipeline.errors import ConfigurationError, UnreachableError

log = structlog.get_logger()
HOST = "127.0.0.1"
_PROGRAM = "mail_devel"  # of the extra «demo»
_START_SECONDS = 30


class EmbeddedMailServer:
    """Runs between ``start`` and ``stop``, or as a context manager.

    ``address`` is the exchange mailbox; its +details are delivered to it. Each other address that a letter names has a
    mailbox of its own; the login is the address, ``password`` serves all. ``log_file`` takes what the server says.
    """

    def __init__(
        self,
        address: str,
        smtp_port: int,
        imap_port: int,
        web_port: int,
        password: str,
        log_file: Path | None = None,
    ) -> None:
        self._address = address
        self._ports = {
            "KABINET_EMBEDDED_SMTP_PORT": smtp_port,
            "KABINET_EMBEDDED_IMAP_PORT": imap_port,
            "KABINET_EMBEDDED_WEB_PORT": web_port,
        }
        self._password = password
        self._log_file = log_file
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def web_url(self) -> str:
        """Where the letters can be looked at in a browser while the server runs."""
        return f"http://{HOST}:{self._ports['KABINET_EMBEDDED_WEB_PORT']}/"

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child is not None else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the child and return when SMTP, IMAP and the page answer.

        Raises ConfigurationError when the server is not installed, a port is taken (named with its setting) or the log
        cannot be written, and UnreachableError when the server ends or stays silent.
        """
        if find_spec(_PROGRAM) is None:
            raise ConfigurationError("embedded.not_installed")
        for variable, port in self._ports.items():
            if _is_taken(port):
                raise ConfigurationError("embedded.port_taken", port=port, variable=variable)
        with ExitStack() as stack:
            output: int = subprocess.DEVNULL
            if self._log_file is not None:
                output = _log(self._log_file)
                stack.callback(os.close, output)
            self._child = lifeline.start(_PROGRAM, self._arguments(), self._environment(), output)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        log.info("embedded.started", pid=self._child.pid, ports=sorted(self._ports.values()))

    def stop(self) -> None:
        """End the child and wait until it is gone; does nothing when it is not running."""
        child, self._child = self._child, None
        if child is not None:
            lifeline.stop(child)

    def _arguments(self) -> list[str]:
        smtp, imap, web = (str(port) for port in self._ports.values())
        local, _, domain = self._address.partition("@")
        alias = f"{local}+*@{domain}:{self._address}"
        return [
            *("--host", HOST, "--smtp-port", smtp, "--imap-port", imap, "--http-port", web),
            *("--multi-user", "--user", self._address, "--alias", alias),
        ]

    def _environment(self) -> dict[str, str]:
        """Hand over the password where the list of processes does not show it, and no zone but UTC.

        The server stamps letters with its local time and forgets the zone, so that any other would shift INTERNALDATE.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAIL_", "KABINET_"))}
        root = str(Path(__file__).resolve().parent.parent.parent)
        path = os.pathsep.join(entry for entry in (root, kept.get("PYTHONPATH", "")) if entry)
        return kept | {"MAIL_PASSWORD": self._password, "TZ": "UTC", "PYTHONPATH": path}

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        smtp, imap, web = self._ports.values()
        waiting = {smtp: b"220", imap: b"* OK", web: b""}
        while waiting:
            if self._child is not None and (code := self._child.poll()) is not None:
                raise UnreachableError("embedded.not_started", reason=text("embedded.ended", code=code))
            if time.monotonic() > deadline:
                raise UnreachableError("embedded.not_started", reason=text("embedded.silent", seconds=_START_SECONDS))
            waiting = {port: greeting for port, greeting in waiting.items() if not _answers(port, greeting)}
            if waiting:
                time.sleep(0.05)


def _log(path: Path) -> int:
    try:
        return private.open_appending(path)
    except OSError as error:
        raise ConfigurationError("file.unwritable", path=path, reason=error.strerror or "") from error


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # a port that a finished server left in TIME_WAIT is free; elsewhere the flag means more
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _answers(port: int, greeting: bytes) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            return not greeting or connection.recv(200).startswith(greeting)
    except OSError:
        return False
