"""Instants that people type: two forms of Moscow's clock, and one sentence for everything else (E3, W43)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.cabinet.instants import read_instant, read_interval
from pipeline.catalogue import format_weekday
from pipeline.errors import ConfigurationError

NOW = datetime(2026, 9, 13, 20, 30, tzinfo=UTC)
AT = datetime(2021, 9, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20.09.2021 18:00", AT),
        ("2021-09-20 18:00", AT),
        ("2021-09-20T18:00", AT),
        ("  20.09.2021   18:00 ", AT),
        ("20.09.2021\u00a018:00", AT),  # as Word joins them
        ("20.09.2021 9:05", datetime(2021, 9, 20, 6, 5, tzinfo=UTC)),
        ("01.01.2026 00:00", datetime(2025, 12, 31, 21, tzinfo=UTC)),
        ("29.02.2028 23:59", datetime(2028, 2, 29, 20, 59, tzinfo=UTC)),
    ],
)
def test_e3_w43_what_is_typed_is_moscows(written: str, expected: datetime) -> None:
    assert read_instant(written, "Принимать до", NOW) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "2021-09-20T18:00:00Z",  # Prefect's date picker
        "2021-09-20T18:00:00.000Z",
        "2021-09-20T18:00:00+03:00",
        "2021-09-20 18:00+03:00",
        "2021-09-20 18:00 Z",
        "20.09.2021 18:00 мск",
        "20.09.2021 18:00 по Москве",
        "20.09.2021 18:00:30",
        "2021-09-20T18:00:00",
        "20.09.2021",
        "2021-09-20",
        "18:00",
        "20.09.21 18:00",
        "20.09.1921 18:00",
        "20.9.2021 18:00",
        "20/09/2021 18:00",
        "09/20/2021 6:00 PM",
        "31.09.2021 18:00",
        "29.02.2027 18:00",
        "00.09.2021 18:00",
        "20.13.2021 18:00",
        "20.09.2021 24:00",
        "20.09.2021 18:60",
        "20.09.2021 18-00",
        "20.09.202118:00",
        "20.09.2021T18:00",
        "завтра 18:00",
        "20 сентября 2021 18:00",
        "２０.09.2021 18:00",
        "1631977200",
    ],
)
def test_e3_w43_everything_else_is_refused_by_one_sentence_that_shows_the_form(written: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_instant(written, "Принимать до", NOW)
    said = str(caught.value)
    assert said.startswith("Принимать до: «")
    assert "ДД.ММ.ГГГГ ЧЧ:ММ, например 20.09.2026 18:00" in said  # ahead of the present, not of the seed's


def test_a_long_value_is_cut() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_instant("1" * 5000, "--until", NOW)
    assert len(str(caught.value)) < 300


def test_e3_an_interval_is_both_of_its_ends_in_their_order() -> None:
    fields = ("Открыть прием", "Закрыть прием")
    assert read_interval("", " ", fields, NOW) is None
    assert read_interval("19.09.2021 18:00", "20.09.2021 18:00", fields, NOW) == (AT.replace(day=19), AT)
    for opens, closes, code in (
        ("20.09.2021 18:00", "", "instant.half"),
        ("", "20.09.2021 18:00", "instant.half"),
        ("20.09.2021 18:00", "20.09.2021 18:00", "instant.reversed"),
        ("21.09.2021 18:00", "20.09.2021 18:00", "instant.reversed"),
        ("20.09.2021 18:00", "21.09.2021", "instant.wrong"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            read_interval(opens, closes, fields, NOW)
        assert caught.value.code == code


def test_e3_it_is_shown_back_with_its_weekday() -> None:
    assert format_weekday(AT) == "20 сентября 2021 г. (понедельник), 18:00 по Москве"
    assert format_weekday(datetime(2021, 9, 19, 21, tzinfo=UTC)) == "20 сентября 2021 г. (понедельник), 00:00 по Москве"
