"""Remind: those who have not handed in are reminded."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.running import run_schedule
from pipeline.catalogue import text
from pipeline.steps import remind as step


@flow(name="remind", description=text("flow.remind"))
def remind_daily() -> dict[str, dict[str, int]] | State[Any]:
    """Queue the reminders that are due today."""
    return run_schedule("remind", remind=step.run)
