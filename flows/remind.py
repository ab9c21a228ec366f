"""Remind: those who have not handed in are reminded."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import remind as step


@flow(name="remind", description=text("flow.remind"))
def remind() -> dict[str, int]:
    """Queue the reminders that are due today."""
    return run_step(lambda context: step.run(context, now()))
