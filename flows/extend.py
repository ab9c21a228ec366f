"""Extend: a deadline is moved, and what came late meanwhile is judged again."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from flows.running import now, run_step
from pipeline.catalogue import MOSCOW, text
from pipeline.steps import check
from pipeline.steps import extend as step


@flow(name="extend", description=text("flow.extend"))
def extend(
    code: str,
    who: str,
    reason: str,
    until: datetime | None = None,
    logins: list[str] | None = None,
    region: str | None = None,
    everybody: bool = False,
) -> dict[str, int]:
    """Set the closing of collection ``code`` for ``logins``, a ``region`` or ``everybody``; None withdraws.

    ``who`` and ``reason`` stay on record. A moment without a zone is Moscow's.
    """
    if until is not None and until.tzinfo is None:
        until = until.replace(tzinfo=MOSCOW)
    asked = step.Asked(code, until, f"prefect:{who}", reason, tuple(logins or ()), region, everybody)
    counts = run_step(lambda context: step.run(context, asked, now()))
    if counts["reopened"]:
        run_step(lambda context: check.run(context, now()))
    return counts
