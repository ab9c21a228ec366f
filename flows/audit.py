"""Who did what."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act, named
from pipeline.catalogue import text
from pipeline.console.doing import audit as console


@flow(name=text("console.act.audit"), flow_run_name=named("audit"), validate_parameters=False)
def audit(publication: str = "", login: str = "", count: str = "") -> State[dict[str, int]]:
    """List deeds, the latest first."""
    return act("audit", dict(locals()), console.run)
