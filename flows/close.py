"""Close: collections whose time is over are closed."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import named
from flows.scheduled import scheduled
from pipeline.catalogue import text


@flow(name=text("console.act.close"), flow_run_name=named("close"), validate_parameters=False)
def close() -> State[Any]:
    """Close what is over and send the last figures."""
    return scheduled("close")
