"""Whether schedules live, from their pulses (item 6, M44): silent ones, fresh starts, cron, and what nobody began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.model.pulse import MONITOR, Pulse, Way
from pipeline.model.schedules import SCHEDULES
from pipeline.steps.condition.liveness import (
    EXCHANGE,
    Life,
    in_time,
    lives,
)

NOW = datetime(2021, 9, 1, 9, 0, tzinfo=UTC)  # noon in Moscow: «remind» was due at nine, «digest» yesterday at 18:00
TEN = timedelta(minutes=10)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def ran(name: str, minutes: float, way: Way = Way.SCHEDULE, first: float = 100_000, **parts: Any) -> Pulse:
    """A run that began and ended so many minutes ago; the first one came long before."""
    return Pulse(name, way, ago(first), ago(minutes), parts.pop("alive_at", ago(minutes)), **parts)


def up(minutes: float, first: float = 100_000, way: Way = Way.SCHEDULE) -> Pulse:
    """The monitor, begun so many minutes ago and alive now."""
    return Pulse(MONITOR, way, ago(max(first, minutes)), ago(minutes), NOW)


def life(name: str, *pulses: Pulse, silent_after: timedelta = TEN) -> Life:
    return next(found for found in lives(SCHEDULES, pulses, silent_after, NOW) if found.name == name)


def test_e6_m44_what_nobody_ever_began_is_not_late() -> None:
    by_hand = (ran("collect", 5, Way.COMMAND), ran(EXCHANGE, 500, Way.PERSON))
    for pulses in ((), by_hand):
        assert [found.late_since for found in lives(SCHEDULES, pulses, TEN, NOW)] == [None] * 5
        assert not any(found.expected for found in lives(SCHEDULES, pulses, TEN, NOW))


@pytest.mark.parametrize("way", [Way.SCHEDULE, Way.WATCH])
def test_e6_m44_the_exchange_is_late_ten_minutes_after_its_last_sign_of_life(way: Way) -> None:
    assert life(EXCHANGE, ran(EXCHANGE, 10, way)).late_since is None
    late = life(EXCHANGE, ran(EXCHANGE, 11, way))
    assert (late.late_since, late.by, late.last_at, late.never) == (ago(11), way, ago(11), False)
    # A long delivery began an hour ago and lives.
    assert life(EXCHANGE, ran(EXCHANGE, 60, way, alive_at=ago(1))).late_since is None


def test_e6_m44_a_command_does_not_hide_a_schedule_that_is_dead() -> None:
    typed = [ran(name, 1, Way.COMMAND, streak=50) for name in ("collect", "check", "deliver")]
    assert life(EXCHANGE, ran(EXCHANGE, 30), ran(EXCHANGE, 1, Way.PERSON), *typed).late_since == ago(30)


def test_e6_m44_declared_and_never_fired_is_late_once_the_start_has_had_its_time() -> None:
    assert life(EXCHANGE, up(10)).late_since is None
    never = life(EXCHANGE, up(11))
    assert (never.late_since, never.never, never.by) == (ago(11), True, None)
    assert life("close", up(29)).late_since is None
    assert life("close", up(31)).never
    # «watch» does exchanges and nothing else.
    assert life("close", up(5000, way=Way.WATCH)).late_since is None
    assert life(EXCHANGE, up(11, way=Way.WATCH)).never


def test_e6_m44_after_a_night_off_the_schedule_has_its_time_again() -> None:
    assert life(EXCHANGE, ran(EXCHANGE, 700), up(9)).late_since is None
    assert life(EXCHANGE, ran(EXCHANGE, 700), up(11)).late_since == ago(700)


@pytest.mark.parametrize(("name", "limit"), [("close", 30), ("fill", 45)])
def test_e6_m44_others_are_late_after_three_of_their_periods(name: str, limit: int) -> None:
    assert life(name, ran(name, limit)).late_since is None
    assert life(name, ran(name, limit + 1)).late_since == ago(limit + 1)


def test_e6_m44_a_longer_silence_may_be_set() -> None:
    assert life(EXCHANGE, ran(EXCHANGE, 59), silent_after=timedelta(hours=1)).late_since is None
    assert life(EXCHANGE, ran(EXCHANGE, 2), silent_after=timedelta(seconds=1)).late_since is None
    assert life(EXCHANGE, ran(EXCHANGE, 4), silent_after=timedelta(seconds=1)).late_since == ago(4)


def test_e6_m44_a_daily_run_that_was_missed_is_late_after_half_an_hour_until_it_is_made_up_for() -> None:
    due = datetime(2021, 9, 1, 6, 0, tzinfo=UTC)  # nine in Moscow, three hours ago
    yesterday = ran("remind", 27 * 60)
    assert life("remind", yesterday, up(60_000)).late_since == due
    assert life("remind", ran("remind", 179), up(60_000)).late_since is None
    # Whoever did it by hand has done it; and a machine that was off till now has its half hour.
    assert life("remind", yesterday, ran("remind", 5, Way.COMMAND)).late_since is None
    assert life("remind", yesterday, up(20)).late_since is None
    assert life("remind", yesterday, up(40)).late_since == due
    # Installed this morning: nothing was missed.
    assert life("remind", up(100, first=100), ran(EXCHANGE, 1, first=100)).late_since is None


def test_e6_m44_commands_count_where_cron_sends_them_and_nothing_else_ran_for_a_week() -> None:
    def cron(minutes: float, streak: int = 50) -> list[Pulse]:
        return [ran(name, minutes, Way.COMMAND, streak=streak) for name in ("collect", "check", "deliver")]

    assert life(EXCHANGE, *cron(5)) == Life(EXCHANGE, NOW + timedelta(minutes=1), ago(5), Way.COMMAND, expected=True)
    assert life(EXCHANGE, *cron(11)).late_since == ago(11)
    assert not life(EXCHANGE, *cron(11, streak=9)).expected  # somebody tries things out
    assert not life(EXCHANGE, *cron(11)[:2]).expected  # no whole exchange
    old = ran(EXCHANGE, 8 * 24 * 60), up(9 * 24 * 60)
    assert life(EXCHANGE, old[0], *cron(5)).late_since is None
    assert life(EXCHANGE, old[0]).late_since == old[0].alive_at
    assert life("remind", ran("remind", 5 * 24 * 60, Way.COMMAND, streak=4)).late_since is not None


def test_a_step_without_a_schedule_comes_in_time_within_the_silence() -> None:
    assert in_time(None, TEN) == TEN
    assert in_time(SCHEDULES["close"], TEN) == timedelta(minutes=30)
    assert in_time(SCHEDULES["digest"], TEN) == timedelta(hours=25)
