"""Remind: those of a collection who have not handed in are reminded because a person asks for it."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import remind as console


@flow(name=text("console.act.remind"), flow_run_name=text("flow.run.remind"), validate_parameters=False)
def remind(collection: str = "", region: str = "", logins: str = "", who: str = "") -> State[dict[str, int]]:
    """Remind those of the collection, of the region or of these logins who have not handed in."""
    return act("remind", dict(locals()), console.run)
