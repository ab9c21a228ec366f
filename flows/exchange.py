"""Exchange: what came in is collected, judged and answered, and what was asked for is formed."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import standing
from flows.running import run_schedule
from pipeline.catalogue import text
from pipeline.steps import check, collect, deliver, export, file


@flow(name="exchange", description=text("flow.exchange"))
def exchange() -> dict[str, dict[str, int]] | State[Any]:
    """Run collect, check, export, deliver and file once, in this order; each leaves its rows for the next."""
    try:
        return run_schedule(
            "exchange", collect=collect.run, check=check.run, export=export.run, deliver=deliver.run, file=file.run
        )
    finally:
        standing.show()
