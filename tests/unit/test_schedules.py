"""The schedules that are shipped, as data (issue item E1), and what follows from them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from pipeline.catalogue import MOSCOW
from pipeline.model.schedules import SCHEDULES, Daily, Every, Schedule, owed, shortened, too_late


def test_e1_the_shipped_schedules() -> None:
    assert dict(SCHEDULES) == {
        "exchange": Every(timedelta(minutes=1)),
        "close": Every(timedelta(minutes=10)),
        "fill": Every(timedelta(minutes=15)),
        "remind": Daily(time(9)),
        "digest": Daily(time(18)),
    }


def test_e1_operations_names_the_shipped_schedules() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    for name, schedule in SCHEDULES.items():
        match schedule:
            case Every(interval):
                assert f"| `{name}` | every {interval.total_seconds():.0f} s |" in page
            case Daily(at):
                assert f"| `{name}` | daily at {at:%H:%M} |" in page


@pytest.mark.parametrize(
    ("now", "before", "after"),
    [
        ("2021-09-20 17:59", "2021-09-19 18:00", "2021-09-20 18:00"),
        ("2021-09-20 18:00", "2021-09-20 18:00", "2021-09-21 18:00"),
        ("2021-09-21 02:00", "2021-09-20 18:00", "2021-09-21 18:00"),
    ],
)
def test_e4_a_day_of_a_daily_schedule_lasts_to_the_next_run(now: str, before: str, after: str) -> None:
    digest = SCHEDULES["digest"]
    at, since, until = (datetime.fromisoformat(text).replace(tzinfo=MOSCOW) for text in (now, before, after))
    assert digest.due_before(at) == since
    assert digest.due_after(at) == until


def test_an_interval_is_a_grid() -> None:
    every = Every(timedelta(minutes=10))
    now = datetime(2021, 9, 20, 12, 34, 56, tzinfo=UTC)
    assert every.due_before(now) == datetime(2021, 9, 20, 12, 30, tzinfo=UTC)
    assert every.due_after(now) == datetime(2021, 9, 20, 12, 40, tzinfo=UTC)
    assert every.due_after(every.due_after(now)) - every.due_after(now) == every.period


def test_only_intervals_are_shortened() -> None:
    found = shortened({"exchange": 5, "digest": 5})
    assert found["exchange"] == Every(timedelta(seconds=5))
    assert found["digest"] == SCHEDULES["digest"]
    assert found.keys() == SCHEDULES.keys()


def test_e1_of_the_runs_missed_in_a_night_the_first_does_the_work_of_all() -> None:
    """Prefect begins every missed run at once: nine in four seconds."""
    every = Every(timedelta(minutes=1))
    morning = datetime(2021, 9, 20, 5, 0, tzinfo=UTC)
    missed = [morning - timedelta(minutes=minutes) for minutes in range(9, 0, -1)]
    last_began: datetime | None = morning - timedelta(hours=8)
    done = []
    for number, due in enumerate(missed):
        at = morning + timedelta(seconds=number / 2)
        if owed(every, last_began, due, at):
            done.append(due)
            last_began = at
    assert done == missed[:1]
    assert owed(every, last_began, morning + timedelta(minutes=1), morning + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("last", "due", "now", "expected"),
    [
        (None, "2021-09-20 18:00", "2021-09-20 18:00", True),
        ("2021-09-19 18:00", "2021-09-20 18:00", "2021-09-20 18:00", True),
        ("2021-09-20 18:00", "2021-09-20 18:00", "2021-09-20 18:05", False),  # a second run of the same turn
        ("2021-09-19 18:00", "2021-09-20 18:00", "2021-09-21 02:00", True),  # late, and still that day's
        ("2021-09-19 18:00", "2021-09-20 18:00", "2021-09-21 12:00", False),  # the next one is nearer
        (
            "2021-09-17 18:00",
            "2021-09-18 18:00",
            "2021-09-20 20:00",
            True,
        ),  # two days off: the last turn is made up for
        ("2021-09-20 20:00", "2021-09-19 18:00", "2021-09-20 20:01", False),  # … once
        ("2021-09-17 18:00", "2021-09-18 18:00", "2021-09-20 12:00", False),
        ("2021-09-19 18:00", "2021-09-20 18:00", "2021-09-20 17:59", True),  # a clock that lags behind Prefect's
    ],
)
def test_e1_m43_a_daily_turn_is_taken_once_and_made_up_for_while_it_is_the_nearest(
    last: str | None, due: str, now: str, *, expected: bool
) -> None:
    began, due_at, at = (
        datetime.fromisoformat(one).replace(tzinfo=MOSCOW) if one else None for one in (last, due, now)
    )
    assert due_at is not None
    assert at is not None
    assert owed(SCHEDULES["digest"], began, due_at, at) is expected


@pytest.mark.parametrize(
    ("schedule", "due", "now", "expected"),
    [
        (Daily(time(18)), "2021-09-20 18:00", "2021-09-20 18:00", False),
        (Daily(time(18)), "2021-09-20 18:00", "2021-09-21 02:00", False),  # that day's, late
        (Daily(time(18)), "2021-09-20 18:00", "2021-09-21 06:00", False),  # as near as the next one
        (Daily(time(18)), "2021-09-20 18:00", "2021-09-21 06:01", True),
        (Daily(time(18)), "2021-09-20 18:00", "2021-09-21 17:59", True),
        (Daily(time(18)), "2021-09-19 18:00", "2021-09-21 02:00", True),  # of two missed the last one alone
        (Daily(time(9)), "2021-09-20 09:00", "2021-09-20 20:00", False),
        (Daily(time(9)), "2021-09-20 09:00", "2021-09-21 02:00", True),
        (Daily(time(9)), "2021-09-19 09:00", "2021-09-20 09:30", True),
        (Every(timedelta(minutes=10)), "2021-09-20 12:00", "2021-09-20 12:05", False),
        (Every(timedelta(minutes=10)), "2021-09-20 12:00", "2021-09-20 12:06", True),
        (Every(timedelta(minutes=10)), "2021-09-20 12:00", "2021-09-21 12:00", True),
    ],
)
def test_e4_a_run_later_than_half_its_period_is_left_to_a_nearer_one(
    schedule: Schedule, due: str, now: str, expected: bool
) -> None:
    """E4, M43: the guard against Prefect's making up for every run that was missed."""
    at, at_last = (datetime.fromisoformat(text).replace(tzinfo=MOSCOW) for text in (due, now))
    assert too_late(schedule, at, at_last) is expected
    assert too_late(schedule, at.astimezone(UTC), at_last.astimezone(UTC)) is expected


def test_e4_after_any_time_without_the_machine_one_run_of_a_schedule_at_most_is_made_up_for() -> None:
    """E4: whatever the length of the outage, of all the runs missed no two are made."""
    back = datetime(2021, 9, 21, 12, 34, 56, tzinfo=UTC)
    for schedule in SCHEDULES.values():
        for minutes in (1, 7, 61, 600, 1441, 4000):
            missed, at = [], schedule.due_after(back - timedelta(minutes=minutes))
            while at <= back:
                missed.append(at)
                at = schedule.due_after(at)
            assert sum(not too_late(schedule, due, back) for due in missed) <= 1
