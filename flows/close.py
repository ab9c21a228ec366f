"""Close: collections whose time is over are closed."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.running import run_schedule
from pipeline.catalogue import text
from pipeline.steps import close as step


@flow(name="close", description=text("flow.close"))
def close() -> dict[str, dict[str, int]] | State[Any]:
    """Close what is over and send the last figures."""
    return run_schedule("close", close=step.run)
