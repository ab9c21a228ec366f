"""Resting: letters that a coordinator's command causes do not reach organisations at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pipeline.catalogue import MOSCOW
from pipeline.steps.context import Limits


def leaving(limits: Limits, now: datetime) -> datetime:
    """Return when a letter made at ``now`` leaves: at once in Moscow's waking hours, else when they begin."""
    begin, end = limits.waking_hours
    local = now.astimezone(MOSCOW)
    if begin <= local.hour < end:
        return now
    day = local.date() if local.hour < begin else local.date() + timedelta(days=1)
    return datetime.combine(day, time(begin), MOSCOW)
