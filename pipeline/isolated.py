"""The child of ``isolation``: one task on one file, from standard input to standard output, within limits.

Imports little, for it is started for each file, and nothing of ours that knows settings, store or network.
"""

from __future__ import annotations

import base64
import json
import os
import pkgutil
import resource
import signal
import sys

from pipeline.model import Refused

STARTED = b"\n"
"""Written before anything can go wrong: without it the fault is ours and not the file's."""


def main() -> None:
    """Run the task named first (``module:function``) within the limits that follow it: bytes, seconds, seconds."""
    target, memory, processor, alarm = sys.argv[1], *map(int, sys.argv[2:5])
    _limit(memory, processor, alarm)
    answer = sys.stdout.buffer
    answer.write(STARTED)
    answer.flush()
    data = sys.stdin.buffer.read()
    answer.write(_answer(target, data))
    answer.flush()
    os._exit(0)  # nothing is left to put in order, and a reader's own ending could only go wrong


def _limit(memory: int, processor: int, alarm: int) -> None:
    """Memory as RLIMIT_AS, processor time, no files, no core dumped; the alarm is for when the parent is gone."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.alarm(alarm)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _answer(target: str, data: bytes) -> bytes:
    """What the task says, as JSON. A panic of a Rust library is a BaseException: nothing is let through."""
    try:
        result = pkgutil.resolve_name(target)(data)
        if not isinstance(result, Refused):
            return json.dumps({"result": result}, ensure_ascii=False, default=_encoded).encode("utf-8", "replace")
    except MemoryError:
        result = Refused("out_of_memory")
    except BaseException:  # noqa: BLE001 - whatever it is, the file is to blame and the parent must hear of it
        result = Refused("damaged")
    return json.dumps({"refused": result.reason, "values": dict(result.values)}, default=str).encode()


def _encoded(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main()
