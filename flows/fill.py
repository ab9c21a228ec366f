"""Fill: publications still of use go to who has come since."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.forms import RunForm
from flows.running import run_schedule
from pipeline.catalogue import text
from pipeline.steps import fill as step


class Filling(RunForm):
    """What the form of the run asks for."""

    code: str | None = Field(default=None, title=text("flow.field.code"), description=text("flow.field.code.hint"))


@flow(name="fill", description=text("flow.fill"))
def fill(options: Filling | None = None) -> dict[str, dict[str, int]] | State[Any]:
    """Queue what is missing of every publication still of use, or of one alone."""
    code = options.code if options else None
    return run_schedule("fill", fill=lambda context, now: step.run(context, now, code or None))
