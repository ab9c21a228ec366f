"""Close: collections whose time is over are closed."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import close as step


@flow(name="close", description=text("flow.close"))
def close() -> dict[str, int]:
    """Close what is over and send the last figures."""
    return run_step(lambda context: step.run(context, now()))
