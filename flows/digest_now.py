"""The digest goes to the coordinators now."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act, named
from pipeline.catalogue import text
from pipeline.console.doing import digest_now as console


@flow(name=text("console.act.digest_now"), flow_run_name=named("digest_now"), validate_parameters=False)
def digest_now(collection: str = "", who: str = "") -> State[dict[str, int]]:
    """Send what was not sent today."""
    return act("digest_now", dict(locals()), console.run)
