"""What the fixtures of real servers share: finding programs, free ports, waiting, a folder that daemons may enter."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

_PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/sbin"))


def find_program(name: str, title: str) -> str:
    """Return the path of a program; skip the test when it is missing, or fail it under KABINET_REQUIRE_SYSTEMS=1."""
    path = shutil.which(name, path=_PLACES)
    if path is None:
        not_run(f"{title} is not installed: not run")
    return path


def not_run(message: str) -> NoReturn:
    """Skip with ``message``; a failure where every system was promised."""
    if os.environ.get("KABINET_REQUIRE_SYSTEMS") == "1":
        pytest.fail(f"{message}, and KABINET_REQUIRE_SYSTEMS=1 asks for it", pytrace=False)
    pytest.skip(message)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Ask ``ready`` until it says yes; fail the test after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not come within {seconds} s", pytrace=False)
        time.sleep(0.02)


def greets(port: int, greeting: bytes) -> bool:
    """Whether something on ``port`` opens with ``greeting``."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(200).startswith(greeting)
    except OSError:
        return False


@contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """A folder that daemons under other users may enter (pytest's own are closed to them); removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix=f"kabinet-{name}-"))
    root.chmod(0o755)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


@dataclass(frozen=True)
class Certificate:
    """A certificate for «localhost» signed by itself."""

    certificate: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Make one with the openssl of the system."""
    openssl = find_program("openssl", "OpenSSL")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(
        [openssl, *request.split(), "-keyout", str(made.key), "-out", str(made.certificate)],
        check=True,
        capture_output=True,
    )
    return made
