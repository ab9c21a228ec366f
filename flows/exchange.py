"""Exchange: what came in is collected, judged and answered, and what was asked for is formed."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import named
from flows.scheduled import scheduled
from pipeline.catalogue import text


@flow(name=text("console.act.exchange"), flow_run_name=named("exchange"), validate_parameters=False)
def exchange() -> State[Any]:
    """Run collect, check, export, deliver and file once, in this order; each leaves its rows for the next."""
    return scheduled("exchange")
