"""A numbered report is formed at once."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import report as console


@flow(name=text("console.act.report"), flow_run_name=text("console.run.report"), validate_parameters=False)
def report(collection: str = "", kind: str = "", region: str = "", who: str = "") -> State[dict[str, int]]:
    """Form the report that was chosen."""
    return act("report", dict(locals()), console.run)
