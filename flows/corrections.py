"""A correction of the roster is approved or not."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import corrections as console


@flow(name=text("console.act.corrections"), flow_run_name=text("console.run.corrections"), validate_parameters=False)
def corrections(correction: str = "", action: str = "", reason: str = "", who: str = "") -> State[dict[str, int]]:
    """Decide about the correction."""
    return act("corrections", dict(locals()), console.run)
