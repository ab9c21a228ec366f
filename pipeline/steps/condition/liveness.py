"""Whether schedules live: from their pulses, what ran by itself, when it is due and since when it is late (M44).

Pure: it takes pulses and the instant. What nobody ever started is not late, and a fresh start has its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.model.pulse import MONITOR, Pulse, Way
from pipeline.model.schedules import Daily, Every, Schedule

EXCHANGE = "exchange"
_ITS_STEPS = ("collect", "check", "deliver")
"""Whoever runs these from cron runs the exchange."""
_PERIODS = 3  # of a schedule may pass before it is late
_GRACE = timedelta(minutes=30)  # for what runs once a day
_DAY = timedelta(days=1, hours=1)
_REGULAR, _REGULAR_DAYS = 10, 3  # commands so often in time one after another are no person's
_FORGOTTEN = timedelta(days=7)  # without a sign of schedule or watch, where commands do the work regularly


@dataclass(frozen=True, slots=True)
class Life:
    """How a schedule lives. ``last_at``: when it last ran, ``by`` which way (None: never); ``next_at``: when it is due.

    ``expected``: it should run by itself. ``late_since``: the instant since when it does not, None while it does;
    ``never``: it has not done so once since then.
    """

    name: str
    next_at: datetime
    last_at: datetime | None = None
    by: Way | None = None
    expected: bool = False
    late_since: datetime | None = None
    never: bool = False


def limit(schedule: Schedule, silent_after: timedelta) -> timedelta:
    """Return how long after its last run a schedule is late: ``silent_after``, or three of its periods if longer."""
    return max(silent_after, _PERIODS * schedule.period) if isinstance(schedule, Every) else _GRACE


def in_time(schedule: Schedule | None, silent_after: timedelta) -> timedelta:
    """Return after what time a run still comes in time after the one before; None is a step without a schedule."""
    if isinstance(schedule, Daily):
        return _DAY
    return limit(schedule, silent_after) if schedule is not None else silent_after


def lives(
    schedules: Mapping[str, Schedule], pulses: Sequence[Pulse], silent_after: timedelta, now: datetime
) -> list[Life]:
    """Return how each of ``schedules`` lives at ``now``.

    Runs by schedule and by ``watch`` count as by itself; commands do where neither was seen for a week and they come
    as regularly as cron sends them.
    """
    return [_life(name, schedule, pulses, silent_after, now) for name, schedule in schedules.items()]


def _life(name: str, schedule: Schedule, pulses: Sequence[Pulse], silent_after: timedelta, now: datetime) -> Life:
    due = schedule.due_after(now)
    # What shows that it should run by itself: any run by schedule; of «watch», which only exchanges, for the exchange.
    signs = [pulse for pulse in pulses if pulse.way is Way.SCHEDULE or (pulse.way is Way.WATCH and name == EXCHANGE)]
    own = [pulse for pulse in signs if pulse.name == name]
    commands = _commands(name, schedule, pulses)
    if commands is not None and all(now - sign.alive_at > _FORGOTTEN for sign in signs):
        signs = own = [commands]
    if not signs:
        last = max(_named(name, pulses), key=_began, default=None)
        return Life(name, due, last.began_at if last else None, last.way if last else None)
    last = max([*own, *(_named(name, pulses) if isinstance(schedule, Daily) else ())], key=_began, default=None)
    late = _late(schedule, signs, own, last, silent_after, now)
    return Life(
        name,
        due,
        last_at=last.began_at if last else None,
        by=last.way if last else None,
        expected=True,
        late_since=late,
        never=last is None,
    )


def _late(
    schedule: Schedule,
    signs: Sequence[Pulse],
    own: Sequence[Pulse],
    last: Pulse | None,
    silent_after: timedelta,
    now: datetime,
) -> datetime | None:
    """Return since when it is late, None when it is not. A start after a time off has the whole limit before it."""
    first = min(sign.first_at for sign in signs)
    started = max([sign.began_at for sign in signs if sign.name == MONITOR], default=first)
    if isinstance(schedule, Daily):
        missed = schedule.due_before(now)
        done = (last is not None and last.began_at >= missed) or missed < first
        return None if done or now - max(missed, started) <= _GRACE else missed
    alive = max([pulse.alive_at for pulse in own], default=None)
    since = started if alive is None else alive
    return None if now - max(since, started) <= limit(schedule, silent_after) else since


def _commands(name: str, schedule: Schedule, pulses: Iterable[Pulse]) -> Pulse | None:
    """Return the pulse of commands that come regularly; of an exchange, that of the step that is furthest behind."""
    steps = _ITS_STEPS if name == EXCHANGE else (name,)
    found = [pulse for pulse in pulses if pulse.way is Way.COMMAND and pulse.name in steps]
    regular = _REGULAR_DAYS if isinstance(schedule, Daily) else _REGULAR
    if len(found) < len(steps) or any(pulse.streak < regular for pulse in found):
        return None
    return min(found, key=_began)


def _named(name: str, pulses: Iterable[Pulse]) -> list[Pulse]:
    return [pulse for pulse in pulses if pulse.name == name]


def _began(pulse: Pulse) -> datetime:
    return pulse.began_at
