"""What the terminal says of what was done: sentences with letters, organisations and instants, no names of ours."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.cli import exchange, extensions, publishing, queries
from pipeline.embedded.organisations import FAULTY_ROWS
from pipeline.model import Summary
from pipeline.steps.base.summaries import in_words
from tests.functional.post import CLOSES, OPENS, Kabinet, Post, form_in, typed
from tests.functional.published import hand_in, published_post
from tests.functional.world import SCHEDULE

_OURS = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]{3,}:? \d|^[a-z]+:", re.MULTILINE)
"""A name of a count or a step: what machines read."""


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    made = published_post(tmp_path)
    for commands in (exchange, extensions, publishing, queries):
        monkeypatch.setattr(commands, "now", lambda: made.now)
    return made


def test_a_round_is_told_in_sentences(post: Post) -> None:
    hand_in(post)
    post.write("spo240066@school.test", post.received("spo240066@school.test")[0], "", _faulty(post))
    post.write("spo240067@school.test", post.received("spo240067@school.test")[0], "Форма")
    post.write("spo240072@school.test", post.received("spo240072@school.test")[0], "Как заполнять лист 3?")
    done = post.run("collect", "check", "export", "deliver", "file", "remind", "digest", "close")
    told = {name: in_words(summary) for name, summary in done.items()}
    assert told["collect"] == "Приём почты. Новых писем: 4."
    assert told["check"].startswith("Проверка почты. Проверено писем: 4, ")
    for figure in ("форм принято: 1", "форм не принято из-за замечаний: 1", "команд выполнено: 1", "вопросов"):
        assert figure in told["check"]
    assert told["deliver"].startswith("Отправка писем. Отправлено: ")
    assert told["export"] == "Отчёты. Запрошенных отчётов нет."
    assert told["digest"] == "Сводки координаторам. Писем в очереди: 1, отчётов к ним: 3."
    assert told["close"] == "Закрытие сборов. Закрывать нечего."
    assert [line for line in told.values() if _OURS.search(line)] == []
    again = post.run("collect", "check", "deliver", "file", "digest")
    assert in_words(again["collect"]) == "Приём почты. Новых писем нет."
    assert in_words(again["check"]) == "Проверка почты. Непроверенных писем нет."
    assert in_words(again["digest"]) == "Сводки координаторам. Новых сводок нет."


def _faulty(post: Post) -> tuple[str, bytes]:
    return typed(form_in(post.received("spo240066@school.test")[0]), FAULTY_ROWS)


def test_a_figure_without_words_is_counted_and_not_named() -> None:
    assert in_words(Summary("check", {"receipts": 2, "never_heard_of": 2})) == (
        "Проверка почты. Проверено писем: 2, прочего: 2."
    )
    assert in_words(Summary("collect", {}, ["сервер не отвечает"])) == "Приём почты. Ничего не сделано."


def test_every_command_that_does_something_says_it_in_russian(post: Post, kabinet: Kabinet) -> None:
    again = ("publish", SCHEDULE, "--opens", "30.08.2021 20:41", "--closes", "07.09.2021 18:00")
    for arguments, sentence in (
        (again, "Публикация. Новых писем нет."),
        ((*again, "--plan"), "Только план, ничего не отправлено. Новых писем не будет."),
        ((*again, "--dry-run"), "Проба, ничего не отправлено. Новых писем не будет."),
        (("fill",), "Досылка. Досылать нечего."),
        (("remind",), "Напоминания. "),
        (("digest", SCHEDULE), "Сводки координаторам. Писем в очереди: 1, отчётов к ним: 3."),
        (("pause", SCHEDULE, "--reason", "ошибка"), "Остановка рассылок. Остановлено: 1"),
        (("pause", SCHEDULE, "--resume"), "Остановка рассылок. Снято остановок: 1"),
        (("extend", SCHEDULE, "--all", "--until", "08.09.2021 18:00", "--reason", "просили"), "Срок сбора. "),
        (("check",), "Проверка почты. Непроверенных писем нет."),
        (("close",), "Закрытие сборов. Закрывать нечего."),
        (("export",), "Отчёты. "),
        (("withdraw", SCHEDULE, "--reason", "ошибка"), "Публикация отозвана. "),
    ):
        done = kabinet(*arguments)
        assert done.output.startswith(sentence), (arguments, done.output)
        assert not _OURS.search(done.output), (arguments, done.output)


def test_an_imported_roster_is_told_as_organisations_and_coordinators(post: Post, kabinet: Kabinet) -> None:
    done = kabinet("roster", "import", str(post.settings.home / "publications" / "roster.xlsx"))
    assert done.output.startswith("Список организаций и координаторов. Добавлено логинов: 9")
    assert "В списке 13 организаций и 1 координатор." in done.output


def test_the_plan_counts_letters_as_letters_and_organisations_as_organisations(
    post: Post, kabinet: Kabinet, tmp_path: Path
) -> None:
    listed = tmp_path / "roster.csv"
    listed.write_text(
        "Логин;Пользователь;Регион;Адреса;Роль\n"
        "spo240065;Школа;24;a@school.test b@school.test;организация\n"
        "spo_coord_24;Координатор;24;spo_coord_24@region.test;координатор\n",
        "utf-8",
    )
    kabinet("roster", "import", str(listed), "--allow-departures")
    done = kabinet("publish", "instruction", "--plan")
    assert "план: 3 письма (организаций: 1, координаторов: 1)" in done.output


def test_status_says_whether_the_collection_is_open_until_when_and_how_long(post: Post, kabinet: Kabinet) -> None:
    def said(at: datetime) -> tuple[str, dict[str, object]]:
        post.now = at
        line = json.loads(kabinet("status", SCHEDULE, "--json").output.splitlines()[-1])
        return kabinet("status", SCHEDULE).output, line

    text, line = said(OPENS - timedelta(hours=1))
    assert "Приём ещё не открыт: с 30 августа 2021 года, 20:41 мск до 7 сентября 2021 года, 18:00 мск." in text
    assert (line["state"], line["paused"]) == ("not_open", False)

    text, line = said(CLOSES - timedelta(days=2, hours=3, seconds=-0.5))
    assert "Приём открыт до 7 сентября 2021 года, 18:00 мск. Осталось: 2 дня 2 часа." in text
    assert line == {
        "publication": SCHEDULE,
        "region": None,
        "total": 4,
        "not_started": 4,
        "in_progress": 0,
        "submitted": 0,
        "state": "open",
        "opens_at": "2021-08-30T17:41:00+00:00",
        "closes_at": "2021-09-07T15:00:00+00:00",
        "seconds_left": 183_599,
        "paused": False,
    }

    kabinet("pause", SCHEDULE, "--reason", "ошибка")
    kabinet("extend", SCHEDULE, "--login", "spo240066", "--until", "10.09.2021 18:00", "--reason", "просили")
    text, line = said(CLOSES + timedelta(hours=1))
    assert "Приём закрыт 7 сентября 2021 года, 18:00 мск." in text
    assert "продлений: 1" in text
    assert "Рассылка остановлена" in text
    assert (line["state"], line["seconds_left"], line["paused"]) == ("closed", 0, True)

    kabinet("extend", SCHEDULE, "--region", "24", "--until", "12.09.2021 18:00", "--reason", "просили")
    post.now = CLOSES + timedelta(hours=1)
    (line,) = [json.loads(kabinet("status", "--region", "24", "--json").output)]
    assert (line["state"], line["closes_at"]) == ("open", "2021-09-12T15:00:00+00:00")


def test_no_cell_of_a_report_has_fractions_of_a_second(post: Post, kabinet: Kabinet, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    hand_in(post)
    post.now = post.now.replace(microsecond=123_456)
    post.run("collect", "check", "deliver")
    seen = 0
    for kind in ("export", "participants", "downloads"):
        path = tmp_path / f"{kind}.xlsx"
        kabinet("export", SCHEDULE, "--report", kind, "-o", str(path))
        for sheet in load_workbook(path):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if isinstance(cell.value, datetime) and cell.number_format != "dd.mm.yyyy":
                    assert (cell.value.microsecond, cell.number_format) == (0, "dd.mm.yyyy hh:mm")
                    seen += 1
    assert seen > 4


def test_letters_are_listed_with_words_for_what_they_are_and_what_became_of_them(post: Post, kabinet: Kabinet) -> None:
    post.now = datetime(2021, 9, 1, 20, 30, tzinfo=UTC)
    kabinet("extend", SCHEDULE, "--all", "--until", "08.09.2021 18:00", "--reason", "просили")
    post.run("digest", "deliver")
    assert "Сводка сбора" in kabinet("letters", "--login", "spo_coord_24").output
    done = kabinet("letters", "--login", "spo240066").output
    assert "Публикация" in done
    assert "отправлено" in done
    assert not re.search(r"T\d\d:\d\d|\+00:00|rests until|\bsent\b|publication", done)
