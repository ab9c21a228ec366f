"""A message that waits is looked at, released, refused or judged again."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import held as console


@flow(name=text("console.act.held"), flow_run_name=text("console.run.held"), validate_parameters=False)
def held(
    receipt: str = "", action: str = "", login: str = "", reason: str = "", who: str = ""
) -> State[dict[str, int]]:
    """Do what was chosen under «Действие» with the message."""
    return act("held", dict(locals()), console.run)
