"""Watch: mail is answered within seconds of its coming."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act, named
from pipeline import wiring
from pipeline.catalogue import text
from pipeline.console.doing import watch as console
from pipeline.watching import watch_for


@flow(name=text("console.act.watch"), flow_run_name=named("watch"), validate_parameters=False)
def watch(hours: str = "") -> State[Any]:
    """Wait for mail and answer it at once, for so many hours; runs beside the scheduled exchange without harm."""
    poll = wiring.load_settings().watch_poll
    return act(
        "watch",
        {"hours": hours},
        lambda desk: console.run(desk, lambda context, seconds, note: watch_for(context, seconds, poll, note)),
    )
