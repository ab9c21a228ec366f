"""What every flow does around its steps: the context of the environment, the clock, the pulse, the summary in the log.

Whoever may open Prefect's page may read what its runs leave there, and it asks for no password unless one is set: no
addresses, tags, codes, values or secrets get there, not by way of an error either. The particulars of a fault are in
``kabinet.log``. Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from pipeline import logs, wiring
from pipeline.catalogue import text
from pipeline.errors import KabinetError
from pipeline.model import Summary
from pipeline.model.pulse import Way
from pipeline.model.schedules import owed
from pipeline.steps.base.context import Context
from pipeline.steps.base.summaries import in_words
from pipeline.steps.condition import pulse
from pipeline.store.operations import pulses

log = structlog.get_logger()
BY_SCHEDULE = "schedule"
"""The tag of a run that a schedule owes and that Prefect's scheduler did not make."""
LOG = "kabinet.log"
Step = Callable[[Context, datetime], Summary]
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
        raise KabinetError(text("flow.raised", error=type(error).__name__, log=LOG)) from None


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


def run_schedule(name: str, **steps: Step) -> dict[str, dict[str, int]] | State[Any]:
    """Run the steps of the schedule ``name``, with its pulse; return their counts by step.

    A step that fails does not keep the others from running; the first fault is raised when all have had their turn. A
    run that a schedule began does nothing, and says so, when a run since has done its work (M43, M44).
    """
    way, due = _begun()
    with opened() as context:
        if due is not None and not _owed(context, name, due):
            return Completed(name="Skipped", message=text("flow.not_owed"))
        done: dict[str, dict[str, int]] = {}
        with pulse.beat(context, name, way, now) as beat:
            for step, run in steps.items():
                try:
                    done[step] = _logged(run(context, now()))
                except Exception as error:
                    beat.failed(error)
                    reason = str(error) if isinstance(error, KabinetError) else type(error).__name__
                    log.exception("step.failed", step=step, reason=reason)
            if beat.error is not None:
                raise beat.error
    return done


def _begun() -> tuple[Way, datetime | None]:
    """Return by what this run was begun, and when it was due if a schedule began it."""
    running = FlowRunContext.get()
    run = running.flow_run if running else None
    if run is None or not (run.auto_scheduled or BY_SCHEDULE in run.tags):
        return Way.PERSON, None
    return Way.SCHEDULE, run.expected_start_time or now()


def _owed(context: Context, name: str, due: datetime) -> bool:
    with context.store.reading() as session:
        found = {(seen.name, seen.way): seen.began_at for seen in pulses.listed(session)}
    return owed(context.schedules[name], found.get((name, Way.SCHEDULE)), due, now())


def _logged(summary: Summary) -> dict[str, int]:
    log.info("step.done", step=summary.step, remarks=list(summary.remarks), **summary.counts)
    return dict(summary.counts)


def leave_summary(title: str, summary: Summary) -> Summary:
    """Put what a step says for people on the run's page (tab «Artifacts») and return it; Prefect's log is English."""
    lines = [in_words(summary), "", *(f"- {covered(line)}" for line in summary.remarks)]
    create_markdown_artifact("\n".join([f"# {title}", "", *lines]), description=title)
    return summary
