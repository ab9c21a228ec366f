"""Extend: a deadline is moved, and what came late meanwhile is judged again."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import extend as console


@flow(name=text("console.act.extend"), flow_run_name=text("flow.run.extend"), validate_parameters=False)
def extend(
    collection: str = "",
    until: str = "",
    logins: str = "",
    region: str = "",
    everybody: bool = False,
    reason: str = "",
    who: str = "",
) -> State[dict[str, int]]:
    """Set a closing for logins, a region or everybody, or take the extension back."""
    return act("extend", dict(locals()), console.run)
