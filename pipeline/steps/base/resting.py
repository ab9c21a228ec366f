"""Night's rest: at which hours letters leave that nobody has asked for just now.

An answer leaves at once, whenever its question came, and so do letters to support and what an administrator publishes
or withdraws at that moment. Everything else waits for the morning, and so does what could not leave in the day
(``deliver``). A letter is dated when it is due, and what it says of time holds then.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pipeline.catalogue import MOSCOW
from pipeline.model import Hours
from pipeline.steps.base.limits import Limits


def leaving(limits: Limits, now: datetime, hours: Hours = Hours.WAKING) -> datetime:
    """Return when a letter of these ``hours`` made at ``now`` (aware) leaves: at once, or when they begin, in UTC."""
    span = _span(limits, hours)
    local = now.astimezone(MOSCOW)
    if span is None or span[0] <= local.hour < span[1]:
        return now
    day = local.date() if local.hour < span[0] else local.date() + timedelta(days=1)
    return datetime.combine(day, time(span[0]), MOSCOW).astimezone(now.tzinfo)


def resting(limits: Limits, now: datetime) -> dict[Hours, datetime]:
    """Return the hours outside which ``now`` lies, each with the instant at which they begin next."""
    begin = {hours: leaving(limits, now, hours) for hours in Hours}
    return {hours: at for hours, at in begin.items() if at > now}


def _span(limits: Limits, hours: Hours) -> tuple[int, int] | None:
    """The first hour and the one after the last; None where any will do."""
    match hours:
        case Hours.WAKING:
            return limits.hours.waking
        case Hours.WORKING:
            begin = max(limits.hours.waking[0], limits.hours.working[0])
            end = min(limits.hours.waking[1], limits.hours.working[1])
            return (begin, end) if begin < end else limits.hours.waking
    return None
