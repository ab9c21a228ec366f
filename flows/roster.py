"""Roster: the list of organisations is rehearsed, taken in, or written out."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import roster as console


@flow(name=text("console.act.roster"), flow_run_name=text("flow.run.roster"), validate_parameters=False)
def roster(action: str = "", path: str = "", departures: bool = False, who: str = "") -> State[dict[str, int]]:
    """Do what was chosen under «Действие» with the list in the file ``path``."""
    return act("roster", dict(locals()), console.run)
