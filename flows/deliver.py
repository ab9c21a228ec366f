"""Deliver: letters that are due go to the mail server."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import deliver as step


@flow(name="deliver", description=text("flow.deliver"))
def deliver() -> dict[str, int]:
    """Send what is due now."""
    return run_step(lambda context: step.run(context, now()))
