"""What every flow does around its steps: the context of the environment, the clock, the summary in the log.

Whoever may open Prefect's page may read what its runs leave there, and it asks for no password unless one is set: no
addresses, tags, codes, values or secrets get there, not by way of an error either. The particulars of a fault are in
``kabinet.log``. Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from prefect.artifacts import create_markdown_artifact

from pipeline import logs, wiring
from pipeline.catalogue import text
from pipeline.errors import KabinetError
from pipeline.model import Summary
from pipeline.steps.base.context import Context
from pipeline.steps.base.summaries import in_words

log = structlog.get_logger()
BY_SCHEDULE = "schedule"
"""The tag of a run that a schedule owes and that Prefect's scheduler did not make."""
LOG = "kabinet.log"
_SIGN = r"[^\s@,;:«»<>\"'()\[\]]"
_ADDRESS = re.compile(rf"(?<!{_SIGN})({_SIGN}){_SIGN}*(@{_SIGN}+)")


def now() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)


@contextmanager
def opened() -> Iterator[Context]:
    """Yield the context of the environment to a run. What is raised gets to Prefect without what caused it.

    Causes name values and settings, and so do the locals of their tracebacks: those are written to the log alone, and
    not where the run prints. What is not our own error is raised as a KabinetError that names the log.
    """
    try:
        settings = wiring.load_settings()
        _keep_log(settings)
        with wiring.context(settings) as context:
            yield context
    except KabinetError as error:
        raise error from None
    except Exception as error:
        log.exception("flow.raised")
        raise KabinetError(sentence(error)) from None


def sentence(error: Exception) -> str:
    """Return what people read of a fault: our own errors have a sentence, any other names the log."""
    if isinstance(error, KabinetError):
        return str(error)
    return text("flow.raised", error=type(error).__name__, log=LOG)


def _keep_log(settings: wiring.Settings) -> None:
    """Let a process of Prefect's write to the log as the others do; the demonstration has seen to it by now."""
    if structlog.is_configured():
        return
    logs.configure()  # for what goes wrong in the next two lines
    wiring.make_folders(settings)
    logs.configure(settings.state / LOG)


def covered(line: str) -> str:
    """Return ``line`` with its addresses cut to what a person knows them by: «s…@school.test»."""
    return _ADDRESS.sub(r"\1…\2", line)


def run_step(run: Callable[[Context], Summary]) -> dict[str, int]:
    """Run one step in the context of the environment and return its counts."""
    with opened() as context:
        return _logged(run(context))


def _logged(summary: Summary) -> dict[str, int]:
    log.info("step.done", step=summary.step, remarks=list(summary.remarks), **summary.counts)
    return dict(summary.counts)


def leave_summary(title: str, summary: Summary) -> Summary:
    """Put what a step says for people on the run's page (tab «Artifacts») and return it; Prefect's log is English."""
    lines = [in_words(summary), "", *(f"- {covered(line)}" for line in summary.remarks)]
    create_markdown_artifact("\n".join([f"# {title}", "", *lines]), description=title)
    return summary
