"""The time that a message may take beside others (M31)."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pipeline.steps.base.patience import (
    OutOfTimeError,
    Patience,
)

SHORT = timedelta(seconds=0.05)


@pytest.fixture(autouse=True)
def _quiet_alarm() -> Iterator[None]:
    """The timer of pytest-timeout is put off: these tests look at the alarm themselves."""
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    handler = signal.getsignal(signal.SIGALRM)
    yield
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, left)


def test_f5_m31_a_pattern_that_backtracks_is_interrupted_and_what_comes_after_it_is_not() -> None:
    with Patience(SHORT) as patience:
        with pytest.raises(OutOfTimeError), patience.turn():
            re.match(r"(?:a+)+b", "a" * 60)
        time.sleep(2 * SHORT.total_seconds())
        with patience.turn():
            done = True
    assert done


def _keeps_it() -> None:
    try:
        time.sleep(60)
    except BaseException:  # noqa: BLE001 - that is the fault
        return


def _turns_it_into_another() -> None:
    try:
        time.sleep(60)
    except BaseException as error:
        raise ValueError from error


@pytest.mark.parametrize("code", [_keeps_it, _turns_it_into_another])
def test_f5_m31_code_that_keeps_the_interruption_is_over_its_time_all_the_same(code: Any) -> None:
    with Patience(SHORT) as patience, pytest.raises(OutOfTimeError), patience.turn():
        code()


def test_f5_m31_each_slow_message_leaves_the_next_half_the_time_down_to_a_second() -> None:
    with Patience(timedelta(seconds=5)) as patience:
        seconds = [patience.seconds]
        for _ in range(4):
            with pytest.raises(OutOfTimeError), patience.turn():
                signal.raise_signal(signal.SIGALRM)
            seconds.append(patience.seconds)
    assert seconds == [5, 2.5, 1.25, 1, 1]


def test_f5_m31_the_alarm_of_somebody_else_goes_on_afterwards() -> None:
    rung: list[int] = []
    signal.signal(signal.SIGALRM, lambda number, _frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 30, 7)
    with Patience(SHORT) as patience, pytest.raises(OutOfTimeError), patience.turn():
        time.sleep(60)
    left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    assert 0 < left < 30 - SHORT.total_seconds()
    assert interval == 7
    signal.raise_signal(signal.SIGALRM)
    assert rung == [signal.SIGALRM]


def test_f5_m31_without_a_limit_and_outside_the_main_thread_nothing_is_touched() -> None:
    before = signal.getsignal(signal.SIGALRM)
    done: list[bool] = []

    def work(limit: timedelta | None) -> None:
        with Patience(limit) as patience, patience.turn():
            time.sleep(2 * SHORT.total_seconds())
        done.append(signal.getsignal(signal.SIGALRM) is before)

    work(None)
    thread = threading.Thread(target=work, args=(SHORT,))
    thread.start()
    thread.join()
    assert done == [True, True]


_ENDLESS = """
from datetime import timedelta
from pipeline.steps.base.patience import Patience
with Patience(timedelta(seconds=0.05)) as patience, patience.turn():
    sum(range(10**12))  # the interpreter is not asked in between
"""


def test_f5_m31_what_no_interruption_reaches_ends_with_its_process() -> None:
    done = subprocess.run([sys.executable, "-c", _ENDLESS], check=False, timeout=120)
    assert done.returncode == -signal.SIGPROF
