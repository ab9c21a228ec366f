"""Exchange: what came in is collected, judged and answered, and what was asked for is formed."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import check, collect, deliver, export, file


@flow(name="exchange", description=text("flow.exchange"))
def exchange() -> dict[str, dict[str, int]]:
    """Run collect, check, export, deliver and file once, in this order; each leaves its rows for the next."""
    return {
        "collect": run_step(lambda context: collect.run(context, now())),
        "check": run_step(lambda context: check.run(context, now())),
        "export": run_step(lambda context: export.run(context, now())),
        "deliver": run_step(lambda context: deliver.run(context, now())),
        "file": run_step(lambda context: file.run(context, now())),
    }
