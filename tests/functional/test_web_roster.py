"""The page's roster: dropped in, checked line by line, handed over to the act that imports it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import PROJECT
from pipeline.store import roster
from tests.functional.browsing import Browser, browser, read

ROSTER = (PROJECT / "publications" / "roster.xlsx").read_bytes()
BAD_LINES = (
    "Логин;Наименование;Регион;Адреса\n"
    "spo240065;Колледж;24;director@school.test\n"
    "spo 240066;Техникум;24;a@school.test\n"
    "spo240067;Лицей;24;не адрес\n"
    "spo240065;Колледж ещё раз;24;b@school.test\n"
).encode()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    with browser(tmp_path, None, "instruction") as found:
        yield found


def drop(page: Browser, name: str, data: bytes) -> str:
    """Drop a file in; return the page that follows."""
    return read(page.send("/roster", files=[("file", (name, data))]))


def test_a_list_is_shown_before_anything_changes_and_handed_over_to_prefect(page: Browser) -> None:
    shown = page.send("/roster", files=[("file", ("Мой список.xlsx", ROSTER))])
    assert "Список проверен" in read(shown)
    assert "добавится spo240065" in read(shown)
    with page.post.context() as context, context.store.reading() as session:
        assert roster.logins(session) == []
    sent = page.send(shown.url.path, who="Иванова")
    assert sent.headers["location"] == "http://127.0.0.1:4200/v2/runs/flow-run/1"
    ((act, given),) = page.runs.begun
    assert (act, given["action"], given["who"], given["departures"]) == ("roster", "Загрузить", "Иванова", False)
    kept = page.post.settings.state / "uploads" / str(given["path"])
    assert kept.read_bytes() == ROSTER
    assert kept.stat().st_mode & 0o077 == 0


def test_each_bad_line_is_named_with_its_number_and_what_to_do(page: Browser) -> None:
    said = drop(page, "список.csv", BAD_LINES)
    for line in ("3", "4", "5"):
        assert f" {line} " in said.partition("Строки с ошибками")[2]
    assert "Ошибок 5" in said
    assert "Добавится 2" in said


def test_a_list_without_one_good_line_is_not_offered_for_loading(page: Browser) -> None:
    said = drop(page, "список.csv", "Логин;Пользователь\nшкола1;Школа\n;Лицей\n".encode())
    assert "загружать нечего" in said
    assert "Загрузить этот список" not in said
    assert "Остальные" not in said


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("список.csv", b"", "Не получилось"),
        ("список.csv", "Фамилия;Имя\nИванов;Иван\n".encode(), "Логин"),
        ("список.xlsx", b"PK\x03\x04 broken", "Не получилось"),
        ("картинка.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "Не получилось"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence_and_not_kept(
    page: Browser, name: str, data: bytes, said: str
) -> None:
    shown = page.send("/roster", files=[("file", (name, data))])
    assert shown.status_code == 422
    assert said in read(shown)
    assert not list((page.post.settings.state / "uploads").glob("*"))


def test_without_a_file_or_a_name_the_page_asks_for_them(page: Browser) -> None:
    assert "Выберите файл" in drop(page, "", b"")
    shown = page.send("/roster", files=[("file", ("r.xlsx", ROSTER))])
    again = page.send(shown.url.path, who="  ")
    assert "Кто вы" in read(again).partition("Не получилось")[2]
    assert page.runs.begun == []


def test_when_prefect_is_away_the_list_stays_and_the_page_says_what_to_do(page: Browser) -> None:
    shown = page.send("/roster", files=[("file", ("r.xlsx", ROSTER))])
    page.runs.away = True
    said = read(page.send(shown.url.path, who="Иванова"))
    assert "не отвечает" in said
    assert "Загрузить этот список" in said


def test_a_cut_list_makes_nobody_depart_unless_that_is_said(page: Browser) -> None:
    drop(page, "r.xlsx", ROSTER)
    page.post.publish("instruction")
    short = "Логин;Наименование;Регион;Адреса\nspo240065;Колледж;24;director@school.test\n".encode()
    shown = page.send("/roster", files=[("file", ("short.csv", short))])
    assert "Это много, поэтому они останутся" in read(shown)
    assert "--" not in read(shown).partition("Что изменится")[2]
    page.send(shown.url.path, who="Иванова", departures="yes")
    assert page.runs.begun[0][1]["departures"] is True


@pytest.mark.parametrize("name", ["../tag.key", "..%2Ftag.key", "%2e%2e%2ftag.key", ".hidden", "нет.xlsx"])
def test_only_what_was_handed_in_is_opened(page: Browser, name: str) -> None:
    answer = page.get(f"/roster/{name}")
    assert answer.status_code in (404, 422)
    assert "больше нет" in read(answer) or "нет" in read(answer)
