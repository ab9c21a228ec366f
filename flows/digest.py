"""Digest: each coordinator gets the figures, the list of participants and the export of the day."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.acting import named
from flows.scheduled import scheduled
from pipeline.catalogue import text


@flow(name=text("console.act.digest"), flow_run_name=named("digest"), validate_parameters=False)
def digest() -> State[Any]:
    """Send today's digests of every open collection."""
    return scheduled("digest")
