"""Check: received messages are judged and answered."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import check as step


@flow(name="check", description=text("flow.check"))
def check() -> dict[str, int]:
    """Judge what is unread."""
    return run_step(lambda context: step.run(context, now()))
