"""Digest: each coordinator gets the figures, the list of participants and the export of the day."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.forms import RunForm
from flows.running import run_schedule
from pipeline.catalogue import text
from pipeline.steps import digest as step


class Digesting(RunForm):
    """What the form of the run asks for."""

    code: str | None = Field(
        default=None, title=text("flow.field.code"), description=text("flow.field.digesting.code.hint")
    )


@flow(name="digest", description=text("flow.digest"))
def digest(options: Digesting | None = None) -> dict[str, dict[str, int]] | State[Any]:
    """Send today's digests of every open collection, or of one alone."""
    code = options.code if options else None
    return run_schedule("digest", digest=lambda context, now: step.run(context, now, code or None))
