"""A collection is closed before its time."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import end as console


@flow(name=text("console.act.end"), flow_run_name=text("console.run.end"), validate_parameters=False)
def end(collection: str = "", reason: str = "", who: str = "") -> State[dict[str, int]]:
    """Close the collection for everybody now."""
    return act("end", dict(locals()), console.run)
