"""Publish: a publication is sent to everyone it concerns; gaps are filled; a mailing is stopped, or withdrawn."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import publish as console


@flow(name=text("console.act.publish"), flow_run_name=text("flow.run.publish"), validate_parameters=False)
def publish(
    action: str = "",
    publication: str = "",
    logins: str = "",
    opens: str = "",
    closes: str = "",
    reason: str = "",
    who: str = "",
) -> State[dict[str, int]]:
    """Do what was chosen under «Действие» with the publication."""
    return act("publish", dict(locals()), console.run)
