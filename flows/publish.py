"""Publish: a publication is sent to everyone it concerns; run again it fills the gaps."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.running import now, run_step
from pipeline import wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.steps import publish as step


@flow(name="publish", description="Разослать публикацию: письмо с файлами и формой каждому адресату")
def publish(
    code: str,
    only: list[str] | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> dict[str, int]:
    """Publish ``publications/<code>``, to the logins ``only`` if given, in another interval if both ends are given."""
    loaded = wiring.publication(code)
    at = now()
    if opens_at and closes_at:
        loaded = rescheduled(loaded, opens_at, closes_at, at)
    return run_step(lambda context: step.run(context, loaded, at, only or ()))
