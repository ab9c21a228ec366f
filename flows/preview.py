"""Preview: letters and form of a publication as they will be, and to whom they will go."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act
from pipeline.catalogue import text
from pipeline.console.doing import preview as console


@flow(name=text("console.act.preview"), flow_run_name=text("flow.run.preview"), validate_parameters=False)
def preview(publication: str = "", logins: str = "", opens: str = "", closes: str = "") -> State[dict[str, int]]:
    """Show what publishing would send; nothing leaves."""
    return act("preview", dict(locals()), console.run)
