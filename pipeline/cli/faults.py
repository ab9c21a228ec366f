"""What is said, and logged, when a command fails through no fault of who called it."""

from __future__ import annotations

import os
import sys

import structlog

from pipeline.catalogue import text
from pipeline.errors import KabinetError

log = structlog.get_logger()


def exit_code(error: KabinetError | OSError) -> int:
    """Say in one sentence what ``error`` is, log the rest, and return the exit code."""
    if isinstance(error, OSError):
        return _refused_by_the_system(error)
    log.error("cli.incident", error=str(error), exc_info=error)
    sys.stderr.write(text("cli.incident") + "\n")
    return 1


def _refused_by_the_system(error: OSError) -> int:
    """Say what the disk or the system refuses: a full disk, a folder that cannot be written, a file in its place."""
    log.info("cli.system_refused", exc_info=error)
    try:
        sys.stdout.flush()
    except OSError:  # it is the output that cannot be written: nothing more goes there, also when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):  # whoever read what is printed has seen enough
        return 1
    reason = error.strerror or type(error).__name__
    code = "cli.file_refused" if error.filename is not None else "cli.system_refused"
    sys.stderr.write(text(code, path=error.filename, reason=reason) + "\n")
    return 2
