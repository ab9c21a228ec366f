"""Collect: received messages are archived and recorded."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import collect as step


@flow(name="collect", description=text("flow.collect"))
def collect() -> dict[str, int]:
    """Record every message that the ledger does not know."""
    return run_step(lambda context: step.run(context, now()))
