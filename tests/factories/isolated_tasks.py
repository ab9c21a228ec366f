"""Tasks for the isolated child that do what hostile files make readers do."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

_HERE = __name__
TASKS = {
    name: f"{_HERE}:{name}"
    for name in (
        "length",
        "echo",
        "loop",
        "sleep",
        "nap",
        "bomb",
        "abort",
        "segfault",
        "panic",
        "leave",
        "chatter",
        "surroundings",
        "write",
        "strange",
        "deaf",
    )
}


UNHURRIED = 250.0
"""Seconds of wall time that no child needs, however busy the machine: what stops one then is what it does."""


def children_seconds() -> float:
    """Return the processor time of all children that this process has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def length(data: bytes) -> int:
    return len(data)


def echo(data: bytes) -> list[str | bytes]:
    return ["имя", data]


def loop(data: bytes) -> None:
    while True:
        pass


def sleep(data: bytes) -> None:
    time.sleep(60)


def nap(data: bytes) -> str:
    time.sleep(1)
    return "выспался"


def bomb(data: bytes) -> int:
    held = []
    while True:
        held.append(bytes(50_000_000))


def abort(data: bytes) -> None:
    os.abort()


def segfault(data: bytes) -> None:
    os.kill(os.getpid(), 11)


def panic(data: bytes) -> None:
    raise BaseException("PanicException")  # noqa: TRY002 - what a panic of a Rust library is


def leave(data: bytes) -> None:
    os._exit(0)


def chatter(data: bytes) -> None:
    while True:
        sys.stdout.write("x" * 1_000_000)


def surroundings(data: bytes) -> dict[str, Any]:
    return {
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "files": [path.name for path in Path("/proc/self/fd").iterdir()],
    }


def write(data: bytes) -> None:
    Path(data.decode()).write_bytes(b"x")


def strange(data: bytes) -> object:
    return object()


def deaf(data: bytes) -> str:
    os.close(0)
    return "не слушал"
