"""At which hours letters leave (issue item E4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.catalogue import MOSCOW
from pipeline.model import Hours
from pipeline.steps.base.limits import Limits
from pipeline.steps.base.resting import (
    leaving,
    resting,
)
from tests.factories.limits import limited


def moscow(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("made", "waking", "working"),
    [
        ("2021-09-05 02:00", "2021-09-05 08:00", "2021-09-05 09:00"),
        ("2021-09-05 07:59", "2021-09-05 08:00", "2021-09-05 09:00"),
        ("2021-09-05 08:00", "2021-09-05 08:00", "2021-09-05 09:00"),
        ("2021-09-05 12:34", "2021-09-05 12:34", "2021-09-05 12:34"),
        ("2021-09-05 18:00", "2021-09-05 18:00", "2021-09-06 09:00"),
        ("2021-09-05 21:59", "2021-09-05 21:59", "2021-09-06 09:00"),
        ("2021-09-05 22:00", "2021-09-06 08:00", "2021-09-06 09:00"),
        ("2021-12-31 23:59", "2022-01-01 08:00", "2022-01-01 09:00"),
    ],
)
def test_e4_a_letter_leaves_at_once_or_when_its_hours_begin(made: str, waking: str, working: str) -> None:
    at = moscow(made)
    assert leaving(Limits(), at, Hours.ANY) == at
    assert leaving(Limits(), at) == leaving(Limits(), at, Hours.WAKING) == moscow(waking)
    assert leaving(Limits(), at, Hours.WORKING) == moscow(working)


def test_e4_what_rests_now_and_until_when() -> None:
    assert resting(Limits(), moscow("2021-09-05 12:00")) == {}
    assert resting(Limits(), moscow("2021-09-05 20:00")) == {Hours.WORKING: moscow("2021-09-06 09:00")}
    night = resting(Limits(), moscow("2021-09-05 23:00"))
    assert night == {Hours.WAKING: moscow("2021-09-06 08:00"), Hours.WORKING: moscow("2021-09-06 09:00")}


def test_e4_reminders_keep_to_working_hours_that_are_no_night() -> None:
    for waking, begins in (((10, 20), "10:00"), ((0, 24), "09:00"), ((19, 23), "19:00")):
        limits = limited(Limits(), hours={"waking": waking})
        assert leaving(limits, moscow("2021-09-05 05:00"), Hours.WORKING) == moscow(f"2021-09-05 {begins}")


def test_e4_hours_around_the_clock_know_no_night() -> None:
    limits = limited(Limits(), hours={"waking": (0, 24)})
    for hour in range(24):
        at = moscow("2021-09-05 00:00") + timedelta(hours=hour)
        assert leaving(limits, at) == at
