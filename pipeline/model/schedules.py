"""When the exchange runs by itself. Schedules are data: deployments, health and the tests read the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

_EPOCH = datetime(2021, 1, 1, tzinfo=UTC)
_MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again after ``interval``."""

    interval: timedelta

    def due_before(self, instant: datetime) -> datetime:
        """Return the last instant of this schedule that is not after ``instant`` (both aware)."""
        return instant - (instant - _EPOCH) % self.interval

    def due_after(self, instant: datetime) -> datetime:
        """Return the first instant of this schedule that is after ``instant`` (both aware)."""
        return self.due_before(instant) + self.interval

    @property
    def period(self) -> timedelta:
        """The time between two runs."""
        return self.interval


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at ``at``, Moscow time."""

    at: time

    def due_before(self, instant: datetime) -> datetime:
        """Return the last instant of this schedule that is not after ``instant`` (both aware; in UTC)."""
        local = instant.astimezone(_MOSCOW)
        day = local.date() if local.time() >= self.at else local.date() - timedelta(days=1)
        return datetime.combine(day, self.at, _MOSCOW).astimezone(UTC)

    def due_after(self, instant: datetime) -> datetime:
        """Return the first instant of this schedule that is after ``instant`` (both aware; in UTC)."""
        return datetime.combine(
            self.due_before(instant).astimezone(_MOSCOW).date() + timedelta(days=1), self.at, _MOSCOW
        ).astimezone(UTC)

    @property
    def period(self) -> timedelta:
        """The time between two runs; Moscow has no summer time."""
        return timedelta(days=1)


Schedule = Every | Daily

SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        "exchange": Every(timedelta(minutes=1)),
        "close": Every(timedelta(minutes=10)),
        "fill": Every(timedelta(minutes=15)),
        "remind": Daily(time(9)),
        "digest": Daily(time(18)),
    }
)
"""What runs by itself, by the name of its flow."""


def shortened(intervals: Mapping[str, float]) -> Mapping[str, Schedule]:
    """Return ``SCHEDULES`` with other intervals, in seconds by name, in the place of those that are intervals."""
    return {
        name: Every(timedelta(seconds=intervals[name]))
        if isinstance(schedule, Every) and name in intervals
        else schedule
        for name, schedule in SCHEDULES.items()
    }


def too_late(schedule: Schedule, scheduled_at: datetime, now: datetime) -> bool:
    """Whether a run that was due at ``scheduled_at`` and can begin only ``now`` (both aware) is not made up for.

    It is not when it is late by more than half its period and the next one is nearer than that: after a day without
    the machine only the last run of each schedule is made up for, and only while it is nearer than its successor. This
    is for runs that a schedule asks for; what a person asks for is always done.
    """
    late = now - scheduled_at
    return late > schedule.period / 2 and schedule.due_after(now) - now < late
