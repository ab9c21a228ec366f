"""What was passed to support, and what waits for its answer."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act, named
from pipeline.catalogue import text
from pipeline.console.doing import questions as console


@flow(name=text("console.act.questions"), flow_run_name=named("questions"), validate_parameters=False)
def questions(show: str = "") -> State[dict[str, int]]:
    """List the questions."""
    return act("questions", dict(locals()), console.run)
