"""The campaign that the demonstration shows lives in one time: days of today are taken, and nothing is of 2021."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import structlog
from openpyxl import load_workbook
from typer.testing import CliRunner

from pipeline import sources, wiring
from pipeline.catalogue import MOSCOW
from pipeline.cli import app
from pipeline.embedded import acting
from pipeline.embedded.campaign import CAMPAIGN, Calendar, lay_out
from pipeline.embedded.organisations import filled, type_rows
from tests.functional.world import SCHEDULE

ROOT = Path(__file__).parents[2]
DAYS = [date(2026, 11, 30), date(2027, 1, 1), date(2028, 2, 29), date(2031, 8, 31), date(2021, 9, 1)]


@pytest.fixture(params=DAYS, ids=str)
def today(request: pytest.FixtureRequest) -> date:
    """A day on which somebody looks at the demonstration."""
    day: date = request.param
    return day


@pytest.fixture
def home(tmp_path: Path, today: date) -> Path:
    """The home that the demonstration works in."""
    lay_out(ROOT, tmp_path / "home", Calendar(today))
    return tmp_path / "home"


def test_its_collections_opened_yesterday_and_close_in_a_week(home: Path, today: date) -> None:
    settings = wiring.load_settings(home=home)
    assert tuple(sources.publication_codes(settings)) == CAMPAIGN
    noon = datetime.combine(today, time(12), tzinfo=MOSCOW).astimezone(UTC)
    for code in CAMPAIGN:
        publication = sources.publication(code, settings).publication
        assert publication.published_at < noon
        if publication.collection:
            assert publication.collection.opens_at.astimezone(MOSCOW).date() == today - timedelta(days=1)
            closes = publication.collection.closes_at.astimezone(MOSCOW)
            assert closes == datetime.combine(today + timedelta(days=7), time(18), tzinfo=MOSCOW)


def test_days_of_these_weeks_are_taken_and_examples_hold(
    home: Path, today: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KABINET_HOME", str(home))

    def kabinet(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, list(arguments))
        structlog.reset_defaults()
        return done.exit_code, done.output

    for code in CAMPAIGN[2:]:
        assert kabinet("form", "test", code)[0] == 0
    book = tmp_path / "form.xlsx"
    kabinet("form", "build", SCHEDULE, "-o", str(book))
    with filled(book.read_bytes()) as (opened, save):
        rows = [("Физика", today, 1, 12, today + timedelta(days=10), 1, 12)]
        type_rows(opened[acting.COLLECTION_SHEET], rows)
        for title in acting.OTHER_SHEETS:
            type_rows(opened[title], [(acting.OPT_OUT,)])
        book.write_bytes(save())
    assert kabinet("form", "check", SCHEDULE, str(book)) == (0, f"{book}: принято\n")


def test_no_text_file_or_workbook_of_it_names_the_seeds_year(home: Path, today: date) -> None:
    named = []
    for path in (path for path in (home / "publications").rglob("*") if path.is_file()):
        if path.suffix == ".xlsx":
            cells = (row for sheet in load_workbook(path) for row in sheet.iter_rows(values_only=True))
            said = "\n".join(str(value) for row in cells for value in row)
        else:
            said = path.read_text("utf-8")
        named += [path.name] if re.search(r"(?<!vpr-spo-)2021", f"{path.name}\n{said}") else []
    assert bool(named) is (today.year == 2021)


def test_what_is_written_in_words_and_numbers_moves_alike() -> None:
    calendar = Calendar(date(2026, 12, 27))
    for said, moved in (
        ("30 августа – 7 сентября 2021 года, до 18:00 мск", "26 декабря 2026 – 3 января 2027 года, до 18:00 мск"),
        ("с 15 сентября по 9 октября 2021 года", "с 23 декабря 2026 по 16 января 2027 года"),
        ("range: [2021-09-15, 2021-10-09]", "range: [2026-12-23, 2027-01-16]"),
        ("15.09.2021", "23.12.2026"),
        ("в 2021/2022 учебном году", "в 2026/2027 учебном году"),
        ("form: vpr-spo-2021-schedule", "form: vpr-spo-2021-schedule"),
        ("32.09.2021", "32.12.2026"),
        ("9 классов, 09.02.07, 1–9 2021", "9 классов, 09.02.07, 1–9 2026"),
    ):
        assert calendar.text(said) == moved
    wednesday = date(2021, 9, 15)
    assert calendar.moved(wednesday).weekday() == wednesday.weekday()
