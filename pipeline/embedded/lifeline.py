"""A child process that lives exactly as long as its parent.

The child holds the reading end of a pipe whose writing end only the parent has and never writes to. However the parent
goes (SIGKILL too), the system closes its end; the child sees the end of the file and ends its whole process group. That
works from any thread, which Linux's PR_SET_PDEATHSIG does not: it fires when the starting *thread* ends. The child has
a session of its own, so that Ctrl-C reaches the parent alone, which stops the child in its own time.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

from pipeline import private

_STOP_SECONDS = 10


def start(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """Start ``python -m module arguments…`` tied to our life; ``output`` takes what it prints.

    Files that it makes are for their owner only.
    """
    return subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-m", __name__, module, *arguments],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=dict(environment),
        umask=private.UMASK,
    )


def stop(child: subprocess.Popen[bytes]) -> None:
    """End the child and all that it started, and wait until they are gone."""
    _signal_group(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(_STOP_SECONDS)
    _signal_group(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdin is not None:
        child.stdin.close()


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    os.killpg(0, signal.SIGKILL)  # whatever kept it from ending in good order does not keep it alive


def main() -> None:
    """Run in the child: ``module`` with its arguments, tied to the life of the parent."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
