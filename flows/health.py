"""Whether everything works: servers, settings, schedules, queues."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import act, named
from pipeline import doctor, wiring
from pipeline.catalogue import text
from pipeline.console.doing import health as console


@flow(name=text("console.act.health"), flow_run_name=named("health"), validate_parameters=False)
def health() -> State[dict[str, int]]:
    """Try servers and settings, and look at what is on record."""
    return act("health", {}, lambda desk: console.run(desk, _examine))


def _examine(say: doctor.Say) -> bool:
    return doctor.examine(wiring.load_settings(), say, letter=False, wait=0)
