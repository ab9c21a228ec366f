"""The acts «Список организаций» and «Посмотреть публикацию»: what their pages say equals what the database has."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.console import whole
from pipeline.console.acts import BY_KEY
from pipeline.console.answers import Answers
from pipeline.console.desk import Desk
from pipeline.console.doing import preview, roster
from pipeline.console.outcome import Outcome, Table
from tests.functional.console import Console, unescaped
from tests.functional.outcomes import act, figures_of, keeper, rows, shown
from tests.functional.post import Post, make_post
from tests.functional.world import SCHEDULE

HEAD = "Логин;Пользователь;Регион;Адреса;Роль\n"
GOOD = "spo240065;Школа 65;24;ann@school.test;организация\nspo_coord_24;Координатор;24;coord@region.test;координатор\n"
BAD = "spo240066;;24;b@school.test;организация\nspo240067;Школа 67;24;нет-собаки;организация\n"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Nothing is in the roster yet."""
    return make_post(tmp_path)


def listed(folder: Path, lines: str) -> str:
    """The path of a list with these lines."""
    path = folder / "Список.csv"
    path.write_text(HEAD + lines, "utf-8")
    return str(path)


def test_f12_a_rehearsal_changes_nothing_and_an_import_does_what_it_said(post: Post, tmp_path: Path) -> None:
    path = listed(tmp_path, GOOD)
    would = act(post, "roster", roster.run, action="Проверить, ничего не меняя", path=path, who="Анна")
    assert would.line == "Проба, ничего не изменено. Добавится: 2, изменится: 0, выбудет: 0"
    assert post.logins() == {}
    done = act(post, "roster", roster.run, action="Загрузить", path=path, who="Анна")
    assert done.line == "Список загружен. Добавлено: 2, изменено: 0, выбыло: 0"
    assert figures_of(shown(done))["Добавлено логинов"] == len(post.logins()) == 2
    assert [row[0] for row in done.tables[0].rows] == sorted(post.logins())
    again = act(post, "roster", roster.run, action="import", path=path, who="Анна")
    assert again.line == "Ничего не изменилось (добавлено: 0, изменено: 0, выбыло: 0)"
    assert figures_of(shown(again))["Добавлено логинов"] == 0


def test_bad_lines_are_told_one_by_one_and_the_good_ones_are_taken(post: Post, tmp_path: Path) -> None:
    done = act(post, "roster", roster.run, action="import", path=listed(tmp_path, GOOD + BAD), who="Анна")
    assert len(post.logins()) == done.counts["added"] == figures_of(shown(done))["Добавлено логинов"]
    assert [item.about for item in done.troubles] == ["Строка 4", "Строка 5", "Строка 5"]
    assert done.line.endswith("В строках файла 3 замечания")
    assert "нет наименования организации" in done.troubles[0].why
    assert not any(item.why in line for item in done.troubles for line in done.remarks)


def test_the_list_is_written_out_and_can_be_taken_in_again(post: Post, tmp_path: Path) -> None:
    act(post, "roster", roster.run, action="import", path=listed(tmp_path, GOOD), who="Анна")
    kept: dict[str, bytes] = {}
    done = act(post, "roster", roster.run, kept, action="Сохранить список в файл", who="Анна")
    assert (done.line, done.counts) == ("Список сохранён: 2 логина", {"logins": len(post.logins())})
    path = tmp_path / "back.xlsx"
    path.write_bytes(kept["Список организаций.xlsx"])
    assert act(post, "roster", roster.run, action="import", path=str(path), who="Анна").line.startswith("Ничего не")


def test_f12_no_page_shows_an_address_in_full(post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Console(post, monkeypatch).run("roster", action="rehearse", path=listed(tmp_path, GOOD), who="Анна")
    assert left.line == "Проба, ничего не изменено. Добавится: 2, изменится: 0, выбудет: 0"
    assert "a…@school.test" in unescaped(left.page)
    assert "ann@" not in left.page


def test_a_list_is_found_among_what_was_handed_in(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Console(post, monkeypatch)
    uploads = post.settings.state / "uploads"
    uploads.mkdir(parents=True)
    listed(uploads, GOOD)
    assert runs.run("roster", action="import", path="Список.csv", who="Анна").counts["added"] == 2
    assert not runs.run("roster", action="export", who="Анна").failed
    assert (post.settings.state / "downloads" / "Список организаций.xlsx").is_file()


def test_a_preview_shows_letters_and_form_and_sends_nothing(post: Post, tmp_path: Path) -> None:
    act(post, "roster", roster.run, action="import", path=listed(tmp_path, GOOD), who="Анна")
    kept: dict[str, bytes] = {}
    interval = {"opens": "30.08.2021 20:41", "closes": "20.09.2021 18:00"}
    done = act(post, "preview", preview.run, kept, publication=SCHEDULE, **interval)
    assert done.line == "Ничего не отправлено. При рассылке уйдёт 2 письма"
    assert figures_of(shown(done))["Уйдёт писем"] == done.counts["letters"] == 2
    assert rows(post) == []
    assert "20 сентября 2021 года, 18:00 мск" in shown(done)
    assert [row[0] for row in done.tables[0].rows] == ["spo240065", "spo_coord_24"]
    assert {name.rpartition(".")[2] for name in kept} == {"html", "eml", "xlsx"}


def test_a_preview_without_a_roster_says_that_it_shows_samples(post: Post) -> None:
    done = act(post, "preview", preview.run, publication=SCHEDULE)
    assert done.line == "Ничего не отправлено, и при рассылке писем не будет: показаны образцы"
    assert done.counts["letters"] == 0 == len(post.logins())


def test_a_table_longer_than_a_page_is_kept_whole_as_a_workbook(post: Post) -> None:
    kept: dict[str, bytes] = {}
    table = Table("Кому", ("Логин", "Адрес"), [(f"spo{number:06}", "a@school.test") for number in range(1_500)])
    with post.context() as context:
        desk = Desk(
            context,
            Answers(BY_KEY["remind"], {}),
            lambda: post.now,
            lambda _: pytest.fail("no publication is read"),
            keep=keeper(kept),
        )
        found = whole.kept(desk, replace(Outcome("", ""), tables=[table]))
    (name,) = kept
    assert f"И ещё 500: все строки – в файле {name}" in shown(found)
    (sheet,) = load_workbook(io.BytesIO(kept[name])).worksheets
    assert sheet.max_row == 1_501
