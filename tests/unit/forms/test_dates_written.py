"""W37: a date that has one meaning in its column is read, two meanings and two dates are told apart."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.forms.workbooks.dates import date_in
from pipeline.forms.workbooks.values import Expected, Parsed, Problem, parser

LOW, HIGH = date(2021, 9, 15), date(2021, 10, 9)
DAY = date(2021, 9, 17)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "17.09.2021",
            "17.9.2021",
            "17.09.21",
            "17,09,2021",
            "17. 09. 2021",
            "17 09 2021",
            "17.09.2021.",
            "17.09,2021",
        ),
        *("17/09/2021", "17-09-2021", "17/9/21", "2021-09-17", "2021/9/17", "2021.09.17", "2021-09-17T00:00:00Z"),
        *("17.09.2021 г.", "17.09.2021г", "17 сентября 2021 года", "17 сентября 2021 г.", "«17» сентября 2021 г."),
        *("17 сент. 2021", "17-сен-21", "17 сентябрь 2021", "17-го сентября 2021", "17 Sep 2021", "17 СЕНТЯБРЯ 2021"),
        *("17 IX 2021", "17.IX.21", "17..09.2021", "17\\09\\2021", "17_09_2021", "17·09·2021", "2021 09 17"),
        *("сентябрь 17, 2021", "September 17, 2021", "17/сен/2021", "2021-09-17T00:00:00+03:00", "'17.09.2021"),
        *("пятница, 17.09.2021", "пт 17.09.2021", "17.09.2021 (пятница)", "17.09.2021 00:00", "17.09.2021 0:00:00"),
    ],
)
def test_w37_a_date_with_one_meaning_is_read(written: str) -> None:
    assert parser("date", expected=Expected(LOW, HIGH))(written) == Parsed(DAY, repair="date")


@pytest.mark.parametrize(
    "written",
    [
        "17.09.2021 9:00",
        "17.09.2021 в 09:00",
        "2021-09-17T09:00:00",
        "9:00, 17.09.2021",
        "17 сентября 2021 г. 9:00-10:30",
        "17.09.2021 с 9:00 до 10:30",
        "17.09.2021 9-00",
        "17.09.2021 в 9.00",
        "17.09.21 9.00-10.30",
        "2021-09-17T09:00:00+03:00",
    ],
)
def test_w37_a_time_of_day_is_passed_over_with_a_note(written: str) -> None:
    assert parser("date", expected=Expected(LOW, HIGH))(written) == Parsed(DAY, repair="time")


@pytest.mark.parametrize(
    "written",
    [
        *(
            "17.09.2021-20.09.2021",
            "17.09.2021\n20.09.2021",
            "17.09.2021, 20.09.2021",
            "17-20.09.2021",
            "17, 20.09.2021",
        ),
        *("17 и 20 сентября 2021", "с 17 по 20 сентября", "17.09 - 20.09.2021", "17.09.2021 и 2021-09-20"),
        *(
            "17 сентября 2021, 2021.09.20",
            "17.09.-20.09.2021",
            "17 сентября - 1 октября 2021",
            "17 сент, 20 сент 2021",
            "17.09 (резерв 20.09)",
        ),
    ],
)
def test_w37_several_dates_are_one_finding_that_says_so(written: str) -> None:
    assert date_in(written, LOW, HIGH).fault == "type.two_dates"


@pytest.mark.parametrize("written", ["до 17.09.2021", "17.09.2021?", "17.09.2021 (1 смена)", "17.09.2021, каб. 12"])
def test_w37_words_beside_a_date_are_called_so(written: str) -> None:
    assert date_in(written, LOW, HIGH).fault == "type.date_and_words"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("31.09.2021", "type.no_such_date"),
        ("17.09", "type.no_year"),
        ("17 сентября", "type.no_year"),
        ("17.09.22", "type.no_year"),
        ("сентябрь", "type.date"),
        ("9/17/2021", "type.month_first"),
        ("09-17-2021", "type.month_first"),
        ("17.13.2021", "type.no_such_date"),
        ("17.09.20211", "type.date"),
        ("17092021", "type.date"),
        ("потом", "type.date"),
        ("17.09.2021" * 50, "type.date"),
    ],
)
def test_w37_what_has_no_one_meaning_is_refused(written: str, fault: str) -> None:
    assert date_in(written, LOW, HIGH).fault == fault


@pytest.mark.parametrize(
    ("written", "bounds", "day"),
    [
        ("09/10/2021", (LOW, HIGH), date(2021, 10, 9)),
        ("10/09/2021", (LOW, date(2021, 12, 31)), None),
        ("10-09-2021", (LOW, date(2021, 12, 31)), None),
        ("09/09/2021", (date(2021, 9, 1), None), date(2021, 9, 9)),
        ("01/02/2021", (None, None), None),
        ("13/02/2021", (None, None), date(2021, 2, 13)),
        ("20-09-21", (LOW, HIGH), date(2021, 9, 20)),
        ("20-09-21", (date(2015, 1, 1), date(2025, 1, 1)), None),
    ],
)
def test_w37_slashes_and_dashes_are_read_where_one_order_fits(
    written: str, bounds: tuple[date | None, date | None], day: date | None
) -> None:
    found = date_in(written, *bounds)
    assert found.day == day
    assert day is not None or found.fault == "type.two_readings"


@pytest.mark.parametrize(
    ("bounds", "day"),
    [
        ((date(2000, 1, 1), None), date(2021, 9, 17)),
        ((None, date(1999, 12, 31)), date(1921, 9, 17)),
        ((date(1900, 1, 1), None), None),
        ((None, None), None),
    ],
)
def test_w37_a_short_year_needs_bounds_that_leave_one_century(
    bounds: tuple[date | None, date | None], day: date | None
) -> None:
    assert date_in("17.09.21", *bounds).day == day


def test_w37_a_day_that_only_one_century_has_is_no_bound() -> None:
    assert date_in("29.02.00").fault == "type.no_year"


def test_w37_both_readings_are_named() -> None:
    read = parser("date", expected=Expected(LOW, date(2021, 12, 31)))
    assert read("10/11/2021").problem == Problem("type.two_readings", "10.11.2021, 11.10.2021")


def test_a_full_date_outside_the_bounds_is_read_so_that_the_finding_names_the_bounds() -> None:
    assert date_in("17.9.2022", LOW, HIGH).day == date(2022, 9, 17)
