"""What a run that a schedule began does around its steps: whether it is owed, the pulse, the page (M43, M44).

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from flows import acting, choosing, running, standing
from pipeline.catalogue import text
from pipeline.console.acts import BY_KEY
from pipeline.console.doing import rounds
from pipeline.errors import KabinetError
from pipeline.model.pulse import Pulse, Way
from pipeline.model.schedules import Every, owed
from pipeline.steps.base.context import Context
from pipeline.steps.condition import pulse
from pipeline.steps.condition.liveness import EXCHANGE
from pipeline.store.operations import pulses

log = structlog.get_logger()


def scheduled(key: str) -> State[Any]:
    """Run the steps of the act ``key`` with the pulse of its schedule; return the final state.

    A step that fails does not keep the others from running; the state has the first fault. A run that a schedule began
    does nothing, and says so, when a run since has done its work. One of a schedule of minutes leaves a page only when
    something was done, or when it is the first to fail: the store would fill with pages that say nothing.
    """
    found = BY_KEY[key]
    name = found.schedule
    assert name is not None
    way, due = _begun()
    try:
        with running.opened() as context:
            before = _pulse(context, name)
            if due is not None and not owed(
                context.schedules[name], before.began_at if before else None, due, running.now()
            ):
                return Completed(name="Skipped", message=text("flow.not_owed"))
            often = way is Way.SCHEDULE and isinstance(context.schedules[name], Every)
            desk = acting.desk_of(context, found, {})
            with pulse.beat(context, name, way, running.now) as beat:

                def fault(step: str, error: Exception) -> str:
                    beat.failed(error)
                    reason = str(error) if isinstance(error, KabinetError) else type(error).__name__
                    log.error("step.failed", step=step, reason=reason, exc_info=error)
                    return running.sentence(error)

                done = rounds.run(desk, key, fault, sparing=often and name == EXCHANGE)
            known = done.outcome.failed and before is not None and before.failures > 0 and not done.outcome.figures
            if not (often and (done.idle or known)):
                acting.leave(done.outcome)
            if not done.idle or key == "close":  # a collection may have opened or closed since, without a run
                choosing.renew(context, running.now())
            standing.renew(context, running.now())
    except KabinetError as error:
        return acting.failed(str(error))
    return acting.ended(done.outcome)


def _begun() -> tuple[Way, datetime | None]:
    """Return by what this run was begun, and when it was due if a schedule began it."""
    current = FlowRunContext.get()
    run = current.flow_run if current else None
    if run is None or not (run.auto_scheduled or running.BY_SCHEDULE in run.tags):
        return Way.PERSON, None
    return Way.SCHEDULE, run.expected_start_time or running.now()


def _pulse(context: Context, name: str) -> Pulse | None:
    with context.store.reading() as session:
        return next((seen for seen in pulses.listed(session) if (seen.name, seen.way) == (name, Way.SCHEDULE)), None)
