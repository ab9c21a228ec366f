"""Digest: each coordinator gets the figures, the list of participants and the export of the day."""

from __future__ import annotations

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import digest as step


@flow(name="digest", description=text("flow.digest"))
def digest(publication: str | None = None) -> dict[str, int]:
    """Send today's digests of every open collection, or of ``publication`` alone."""
    return run_step(lambda context: step.run(context, now(), publication))
