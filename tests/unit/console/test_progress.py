"""Long work says how far it is and when it ends, at a human pace: at least every ten seconds."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.console.progress import Meter, Standing, line
from pipeline.steps.base.progress import Parts, Work, told

AT = datetime(2021, 9, 7, 11, 5, tzinfo=UTC)  # 14:05 in Moscow


class Watch:
    """A clock that work moves, and what a meter let through: seconds and line."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.lines: list[tuple[float, str]] = []
        self.meter = Meter(self._take, lambda: self.seconds, lambda: AT + timedelta(seconds=self.seconds - 1000))

    def _take(self, standing: Standing) -> None:
        self.lines.append((self.seconds - 1000, line(standing)))

    def work(self, what: Work, pace: Iterable[float], total: int) -> None:
        """One item after another, each as long as ``pace`` says."""
        for done, seconds in enumerate(pace, 1):
            self.seconds += seconds
            self.meter(what, done, total)


@pytest.mark.parametrize("each", [0.004, 0.05, 1, 4.9])
def test_a_run_over_5000_letters_says_how_far_it_is_and_when_it_ends_at_least_every_ten_seconds(each: float) -> None:
    watch = Watch()
    watch.work(Work.SENT, [each] * 5000, 5000)
    at = [0.0, *(seconds for seconds, _ in watch.lines)]
    assert max(later - earlier for earlier, later in itertools.pairwise(at)) <= 10
    assert len(watch.lines) <= 5000 * each / 5 + 2  # nobody reads more
    *under_way, last = (words for _, words in watch.lines)
    so_far, left = (
        r"Отправлено писем: [\d ]+ из 5 000 \(\d+ %\), \d+ в (секунду|минуту)",
        "Осталось около .+, закончим в .+",
    )
    told_of = rf"{so_far}\. {left} мск\."
    assert under_way
    assert all(re.fullmatch(told_of, words) for words in under_way)
    assert last == "Отправлено писем: 5 000 из 5 000 (100 %)."


def test_the_end_that_is_said_is_the_end_that_comes() -> None:
    watch = Watch()
    watch.work(Work.CHECKED, [0.01] * 5000, 5000)
    ends = {match[1] for _, words in watch.lines if (match := re.search(r"закончим в (\S+) мск", words))}
    assert ends <= {"14:05:49", "14:05:50", "14:05:51"}


def test_the_pace_is_that_of_the_last_minute() -> None:
    """A server that has become slow shows at once, and not after half of the letters."""
    watch = Watch()
    watch.work(Work.SENT, [*[0.01] * 4000, *[1.0] * 200], 5000)
    assert ", 1 в секунду. Осталось около 13 мин, закончим в 14:22 мск." in watch.lines[-1][1]


def test_short_work_says_nothing_and_one_kind_of_work_does_not_silence_another() -> None:
    watch = Watch()
    watch.work(Work.COLLECTED, [0.01] * 100, 100)
    assert watch.lines == []
    for _ in range(20):
        watch.work(Work.ROWS, [0.01] * 70, 70)  # a report
        watch.meter(Work.FORMED, 20, 85)
    assert watch.lines
    for what in (Work.COPIED, Work.QUEUED):
        watch.work(what, [0.5] * 40, 40)
    assert {words.partition(":")[0] for _, words in watch.lines} >= {"Записано копий в outbox", "Поставлено в очередь"}


@pytest.mark.parametrize(
    ("done", "rate", "left"),
    [
        (10, 100.0, "100 в секунду. Осталось около 50 с, закончим в 14:05:49 мск."),
        (10, 2.0, "2 в секунду. Осталось около 42 мин, закончим в 14:46 мск."),
        (10, 0.5, "30 в минуту. Осталось около 2 ч 46 мин, закончим в 16:51 мск."),
        (10, 0.1, "6 в минуту. Осталось около 13 ч 52 мин, закончим в 08.09 03:56 мск."),
    ],
)
def test_what_is_left_is_said_as_people_say_it(done: int, rate: float, left: str) -> None:
    assert line(Standing(Work.SENT, done, 5000, rate, AT)) == f"Отправлено писем: {done} из 5 000 (0 %), {left}"


def test_what_stands_still_has_no_end() -> None:
    said = line(Standing(Work.SENT, 10, 5000, 0.0, AT))
    assert said == "Отправлено писем: 10 из 5 000 (0 %). Пока не движется: когда закончим, неизвестно."


def test_parts_count_on_and_work_inside_work_is_not_told() -> None:
    seen: list[tuple[str, int, int]] = []
    parts = Parts(lambda what, done, total: seen.append((what, done, total)), Work.CHECKED, 5)
    for _ in told(parts, Work.CHECKED, range(3), 3):
        parts(Work.COPIED, 1, 1)
    parts.before = 3
    list(told(parts, Work.CHECKED, range(3), 3))  # one more has come since
    assert [done for _, done, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert [total for _, _, total in seen] == [5, 5, 5, 5, 5, 6]
