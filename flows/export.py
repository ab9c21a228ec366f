"""Export: requested reports are formed."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import export as step


@flow(name="export", description=text("flow.export"))
def export() -> dict[str, int]:
    """Form every report that was asked for."""
    return run_step(lambda context: step.run(context, now()))
