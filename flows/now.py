"""How the campaign stands now."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act, named
from pipeline.catalogue import text
from pipeline.console.doing import now as console


@flow(name=text("console.act.now"), flow_run_name=named("now"), validate_parameters=False)
def now(collection: str = "", region: str = "") -> State[dict[str, int]]:
    """Show figures, people and what waits."""
    return act("now", dict(locals()), console.run)
