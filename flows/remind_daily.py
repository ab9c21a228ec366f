"""Remind, by schedule: those who have not handed in are reminded."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import named
from flows.scheduled import scheduled
from pipeline.catalogue import text


@flow(name=text("console.act.remind_daily"), flow_run_name=named("remind_daily"), validate_parameters=False)
def remind_daily() -> State[Any]:
    """Queue the reminders that are due today."""
    return scheduled("remind_daily")
