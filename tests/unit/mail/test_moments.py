"""Moments in people's own words."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from pipeline.catalogue import MOSCOW
from pipeline.mail.commands.moments import read_moment

NOW = datetime(2021, 9, 7, 9, 0, tzinfo=UTC)  # a Tuesday, noon in Moscow
USUAL = time(18, 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10 сентября", "2021-09-10 18:00"),
        ("до 10 сентября", "2021-09-10 18:00"),
        ("10-го сентября 2021 года", "2021-09-10 18:00"),
        ("10 сент. 2021 г.", "2021-09-10 18:00"),
        ("9 мая", "2022-05-09 18:00"),
        ("10.09", "2021-09-10 18:00"),
        ("10.09.21", "2021-09-10 18:00"),
        ("10.09.2021 12:30", "2021-09-10 12:30"),
        ("10.09.2021, 12.30", "2021-09-10 12:30"),
        ("10.09.2021 до 12:30 мск", "2021-09-10 12:30"),
        ("10 сентября в 9 утра", "2021-09-10 09:00"),
        ("10 сентября, 6 вечера", "2021-09-10 18:00"),
        ("10 сентября 12 часов по москве", "2021-09-10 12:00"),
        ("2021-09-10 12:30", "2021-09-10 12:30"),
        ("2021-09-10t12:30", "2021-09-10 12:30"),
        ("сегодня 20:00", "2021-09-07 20:00"),
        ("сегодня до конца дня", "2021-09-07 23:59"),
        ("завтра", "2021-09-08 18:00"),
        ("послезавтра до 12 ч", "2021-09-09 12:00"),
        ("пятницы", "2021-09-10 18:00"),
        ("вторника", "2021-09-14 18:00"),
        ("20:00", "2021-09-07 20:00"),
        ("18.00", "2021-09-07 18:00"),
        ("7 января", "2022-01-07 18:00"),
        ("завтра 15-00", "2021-09-08 15:00"),
        ("10.09.2021 в 9-30", "2021-09-10 09:30"),
        ("до 20-00", "2021-09-07 20:00"),
        ("по 10.09.2021", "2021-09-10 23:59"),
        ("по 10/09/21", "2021-09-10 23:59"),
        ("по 10 сентября 12:00", "2021-09-10 12:00"),
        ("по пятницу", "2021-09-10 23:59"),
        ("до 10 сентября включительно", "2021-09-10 23:59"),
        ("10/09", "2021-09-10 18:00"),
        ("10/10/2021", "2021-10-10 18:00"),
        ("15/09", "2021-09-15 18:00"),
        ("08/10/21", "2021-10-08 18:00"),
    ],
)
def test_a_moment_is_understood(words: str, expected: str) -> None:
    found = read_moment(words, NOW, USUAL)
    assert found is not None
    assert found[0] == datetime.fromisoformat(expected).replace(tzinfo=MOSCOW)
    assert found[1] == ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("10.09.2021 18:00, болезнь ответственного", "болезнь ответственного"),
        ("10 сентября – не было интернета", "не было интернета"),
        ("завтра, отключили свет", "отключили свет"),
        ("пятницы по просьбе директора", "по просьбе директора"),
    ],
)
def test_what_follows_is_the_reason(words: str, reason: str) -> None:
    found = read_moment(words, NOW, USUAL)
    assert found is not None
    assert found[1] == reason


@pytest.mark.parametrize(
    "words",
    ["31 сентября", "32.09", "10.13.2021", "скорого времени", "25:00", "10 сентября 31:00", "", "10", "среднего"],
)
def test_what_names_no_moment_is_not_guessed(words: str) -> None:
    assert read_moment(words, NOW, USUAL) is None


@pytest.mark.parametrize("words", ["09/10", "09/10/21", "по 09/10/2021", "9/11 18:00", "до 10-10", "завтра 10-12"])
def test_what_has_two_readings_is_not_guessed(words: str) -> None:
    assert read_moment(words, NOW, USUAL) is None
