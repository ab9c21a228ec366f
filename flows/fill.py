"""Fill: publications still of use go to who has come since."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import named
from flows.scheduled import scheduled
from pipeline.catalogue import text


@flow(name=text("console.act.fill"), flow_run_name=named("fill"), validate_parameters=False)
def fill() -> State[Any]:
    """Queue what is missing of every publication still of use."""
    return scheduled("fill")
