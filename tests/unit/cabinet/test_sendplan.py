"""How long a mailing takes, by hand-made sums."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.cabinet.sendplan import USUAL_PER_MINUTE, Pace, duration, finish, sent_by

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("letters", "pace", "before", "takes"),
    [
        ({}, Pace(per_minute=1, per_day=1), 0, timedelta()),
        ({"a.test": 120}, Pace(per_minute=60), 0, timedelta(minutes=2)),
        ({"a.test": USUAL_PER_MINUTE * 60}, Pace(), 0, HOUR),
        ({"a.test": 1}, Pace(per_minute=60), 0, timedelta(minutes=1)),
        # what a domain takes is the slowest part
        ({"a.test": 120, "b.test": 5}, Pace(per_minute=60, domain_per_minute={"a.test": 1}), 0, 2 * HOUR),
        # 40,000 letters at 2,000 a day of which a tenth is kept for answers: 23 days at once, a part on the last
        (
            {"a.test": 40_000},
            Pace(per_minute=60, per_day=2_000, kept_for_answers=0.1),
            0,
            22 * DAY + timedelta(minutes=7),
        ),
        # all of today's letters are gone: everything begins tomorrow
        ({"a.test": 100}, Pace(per_minute=60, per_day=100), 100, DAY + timedelta(minutes=2)),
        ({"a.test": 100}, Pace(per_minute=60, per_day=100), 0, timedelta(minutes=2)),
    ],
)
def test_duration(letters: dict[str, int], pace: Pace, before: int, takes: timedelta) -> None:
    assert duration(letters, pace, before) == takes
    assert finish(START, letters, pace, before) == START + takes


def test_sent_by_an_instant_is_what_will_have_left() -> None:
    pace, letters = Pace(per_minute=10), Counter({"a.test": 500, "b.test": 500})
    assert sent_by(START, START, letters, pace) == 0
    assert sent_by(START + timedelta(minutes=50), START, letters, pace) == 500
    assert sent_by(START + DAY, START, letters, pace) == 1000
    assert sent_by(START + DAY + HOUR, START, letters, Pace(per_minute=10, per_day=400)) == 800
