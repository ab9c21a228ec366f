"""Risky readers, each file in a child process of its own with limits: the child may crash, we and the next file do not.

The parent gives the bytes through a pipe and takes plain values (JSON, never pickle) back. The child, ``isolated``,
limits its memory and processor time before it imports the reader; the parent stops it at the wall limit and at the most
that an answer may be long.

A machine too busy to give the child its processor time is not the file's fault: such a file is given a second, longer
wait, and the limit of processor time still holds.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from pipeline import isolated
from pipeline.errors import Incident
from pipeline.model import Refused

__all__ = ["TASKS", "Isolated", "Limits", "Refused"]

TASKS: Mapping[str, str] = {
    "xls": "pipeline.forms.reading.legacy:unpack",
    "ods": "pipeline.forms.reading.opendocument:unpack",
    "tnef": "pipeline.mail.message.tnef:unpack",
    "header": "pipeline.mail.kinds.classify:try_header",
}
"""What may be run: name → ``module:function``, which takes bytes and returns plain values, bytes or ``Refused``."""

_CHUNK = 64 * 1024
_MEGABYTE = 1024 * 1024
_SHARE = 0.5
"""Of the wall limit: a child that had more processor time than this was not kept waiting (real files need less)."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory`` and ``answer`` in bytes, the rest in seconds. ``patience``: the wall time on a busy machine, or 0."""

    memory: int = 400 * _MEGABYTE
    processor: int = 2
    wall: float = 1.7
    patience: float = 15
    answer: int = 40 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class _End:
    """How a child ended: answer, exit status (negative for a signal), why we stopped it, processor seconds."""

    answer: bytes
    status: int
    stopped: str | None
    processor: float


class Isolated:
    """Runs the tasks of a fixed registry, one child a file. May be shared by threads."""

    def __init__(self, limits: Limits | None = None, tasks: Mapping[str, str] = TASKS) -> None:
        self._limits = limits or Limits()
        self._tasks = tasks

    def run(self, task: str, data: bytes) -> Any | Refused:  # noqa: ANN401 - plain values of that task
        """Return what ``task`` makes of ``data``: JSON values, with bytes where the task gave bytes.

        ``Refused`` has the task's own reason, or ``out_of_time``, ``out_of_memory``, ``reader_crashed``, ``too_large``.
        Raises KeyError for a task that is not in the registry, and Incident when the child itself cannot be started.
        """
        target = self._tasks[task]
        started = time.monotonic()
        end = _run(target, data, self._limits)
        if end.stopped == "out_of_time" and end.processor < _SHARE * self._limits.wall < self._limits.patience:
            _log.warning("isolation.again", task=task, processor=round(end.processor, 2))
            end = _run(target, data, replace(self._limits, wall=self._limits.patience))
        result = _result(end)
        if isinstance(result, Refused):
            spent = round(time.monotonic() - started, 2)
            _log.info("isolation.refused", task=task, reason=result.reason, status=end.status, seconds=spent)
        return result


def _run(target: str, data: bytes, limits: Limits) -> _End:
    deadline = time.monotonic() + limits.wall
    numbers = [str(limits.memory), str(limits.processor), str(int(limits.wall) + 2)]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-P", "-s", "-m", isolated.__name__, target, *numbers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        close_fds=True,
        cwd="/",
        # Nothing of ours is told to it: settings hold passwords.
        env={"PYTHONPATH": str(Path(isolated.__file__).parent.parent), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
    )
    assert child.stdin is not None, "asked for above"
    assert child.stdout is not None, "asked for above"
    answer = bytearray()
    stopped: str | None = None
    try:
        stopped = _converse(child, data, answer, deadline, limits.answer)
    finally:
        # Not child.kill(), which may take the end of the child for itself and with it the figures below.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.stdin.close()
        child.stdout.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return _End(bytes(answer), child.returncode, stopped, usage.ru_utime + usage.ru_stime)


def _converse(child: subprocess.Popen[bytes], data: bytes, answer: bytearray, deadline: float, most: int) -> str | None:
    """Give ``data`` and take the answer, both as they come; return why the child is to be stopped, if it is."""
    assert child.stdin is not None, "a pipe"
    assert child.stdout is not None, "a pipe"
    left = memoryview(data)
    os.set_blocking(child.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdin, selectors.EVENT_WRITE)
        selector.register(child.stdout, selectors.EVENT_READ)
        while (patience := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(patience):
                if key.fileobj is child.stdout:
                    chunk = os.read(child.stdout.fileno(), _CHUNK)
                    if not chunk:
                        return None
                    answer += chunk
                    if len(answer) > most:
                        return "too_large"
                    continue
                left = _give(child.stdin.fileno(), left)
                if not left:
                    selector.unregister(child.stdin)
                    child.stdin.close()
    return "out_of_time"


def _give(pipe: int, left: memoryview) -> memoryview:
    try:
        return left[os.write(pipe, left[:_CHUNK]) :]
    except BrokenPipeError:
        return left[:0]  # it reads no more: what it says, or how it ended, tells why


def _result(end: _End) -> Any | Refused:  # noqa: ANN401 - plain values
    if end.stopped is not None:
        return Refused(end.stopped)
    if not end.answer.startswith(isolated.STARTED):
        raise Incident("isolation.not_started", status=end.status)
    if len(end.answer) == len(isolated.STARTED):
        return Refused("out_of_time" if -end.status in (signal.SIGXCPU, signal.SIGALRM) else "reader_crashed")
    try:
        answer = json.loads(end.answer, object_hook=_decoded)
        if "refused" in answer:
            return Refused(str(answer["refused"]), dict(answer["values"]))
        return answer["result"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return Refused("reader_crashed")


def _decoded(mapping: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
    if mapping.keys() == {"base64"}:
        return base64.b64decode(mapping["base64"], validate=True)
    return mapping
