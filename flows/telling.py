"""What a run says while it works: lines in its log, and an artifact that shows how far it is.

Prefect's engine logs English sentences and tracebacks beside; none of them is let through. Import only after the
environment of ``flows.server`` is set.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

import structlog
from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.exceptions import MissingContextError

from flows import running
from flows.running import covered
from pipeline.console.progress import Meter, Standing, line

log = structlog.get_logger()
PROGRESS = "progress"
"""The key of the artifact that shows how far a run is."""
_OURS = "kabinet"
_RUNS = ("prefect.flow_runs", "prefect.task_runs")


class OursAlone(logging.Filter):
    """Lets through what we say ourselves and what only the engine knows, that a run was ended from outside."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line stays; what it carries of a traceback does not."""
        record.exc_info = record.exc_text = record.stack_info = None
        return bool(getattr(record, _OURS, False)) or "Crash detected" in str(record.msg)


def say(words: str, level: int = logging.INFO) -> None:
    """Put a line into the log of the run or stage that works; addresses are cut short."""
    try:
        get_run_logger().log(level, covered(words), extra={_OURS: True})
    except MissingContextError:  # a flow's function that is called as such
        log.info("run.said", words=covered(words))


def meter(clock: Callable[[], float] = time.monotonic) -> Meter:
    """Return what steps tell how far they are: a line every few seconds, and one artifact that is changed in place.

    Work that is over within seconds leaves neither.
    """
    shown: list[UUID] = []

    def tell(standing: Standing) -> None:
        words = line(standing)
        say(words)
        try:
            if shown:
                update_progress_artifact(shown[0], standing.percent, words)
            else:
                made = create_progress_artifact(standing.percent, PROGRESS, words)
                assert isinstance(made, UUID)  # outside an event loop it is never a coroutine
                shown.append(made)
        except Exception:
            log.exception("prefect.progress_not_shown")  # what is beside the work must not be its end

    return Meter(tell, clock, running.now)


def keep_quiet() -> None:
    """Let the runs of this process log nothing but our own lines, and those to Prefect alone.

    Called where flows are imported: in the processes of Prefect's runner, in ``kabinet up`` and the demonstration.
    """
    for name in _RUNS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)  # Prefect's own level is that of warnings, see flows.server
        logger.propagate = False
        if not any(isinstance(found, OursAlone) for found in logger.filters):
            logger.addFilter(OursAlone())
