"""What every flow does around its steps: the context of the environment, the clock, the pulse, the summary in the log.

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.errors import KabinetError
from pipeline.model import Summary
from pipeline.model.pulse import Way
from pipeline.model.schedules import owed
from pipeline.steps import pulse
from pipeline.steps.context import Context
from pipeline.store import pulses

log = structlog.get_logger()
BY_SCHEDULE = "schedule"
"""The tag of a run that a schedule owes and that Prefect's scheduler did not make."""
Step = Callable[[Context, datetime], Summary]


def now() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)


def run_step(run: Callable[[Context], Summary]) -> dict[str, int]:
    """Run one step in the context of the environment and return its counts."""
    with wiring.context() as context:
        return _logged(run(context))


def run_schedule(name: str, **steps: Step) -> dict[str, dict[str, int]] | State[Any]:
    """Run the steps of the schedule ``name``, with its pulse; return their counts by step.

    A step that fails does not keep the others from running; the first fault is raised when all have had their turn. A
    run that a schedule began does nothing, and says so, when a run since has done its work (M43, M44).
    """
    way, due = _begun()
    with wiring.context() as context:
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
    create_markdown_artifact(
        "\n".join([f"# {title}", "", *(f"- {line}" for line in summary.remarks)]), description=title
    )
    return summary
