"""What a person fills in wrongly is one Russian sentence in the run's state and on its page, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from flows import acting, running
from flows.deployments import FLOWS
from pipeline import sources
from pipeline.cabinet.publications import load_publication
from pipeline.console.acts import BY_KEY
from pipeline.store import audit, publications
from tests.functional.console import Console
from tests.functional.outcomes import rows
from tests.functional.post import CLOSES, Post
from tests.functional.published import HOUR, published_post
from tests.functional.world import SCHEDULE

WHO = {"who": "Анна"}
SENT = {"action": "Разослать", "publication": f"Расписание — {SCHEDULE}", **WHO}
ASKED = {"collection": f"Расписание — {SCHEDULE}", **WHO}
MOVED = {**ASKED, "reason": "сбой связи"}
ENDS = {"opens": "30.08.2021 20:41", "closes": "20.09.2021 18:00"}
CODE = re.escape(SCHEDULE)
OURS = ("roster", "preview", "publish", "remind", "extend")
PICKED = "2021-09-20T18:00:00.000Z"  # what a date picker of Prefect's sends

MISTAKES: Mapping[str, tuple[str, dict[str, object], str]] = {
    "nobody signs": ("publish", {**SENT, "who": " "}, r"Заполните поле «Кто решил»\."),
    "no publication": ("publish", {**SENT, "publication": ""}, r"Заполните поле «Публикация»\."),
    "unknown publication": ("publish", {**SENT, "publication": "нет такой"}, r"Публикации «нет такой» нет: .*"),
    "not an option": ("publish", {**SENT, "action": "удалить"}, r"Выберите в поле «Действие» .*«удалить» .*"),
    "wrong login": ("publish", {**SENT, "logins": "spo999999"}, r".*spo999999.*"),
    "half an interval": ("publish", {**SENT, "opens": "30.08.2021 20:41"}, r"Нужны оба срока: .*"),
    "half an instant": ("publish", {**SENT, **ENDS, "closes": "20.09.2021"}, r"Закрыть приём: «20\.09\.2021» .*"),
    "an end that is over": (
        "publish",
        {**SENT, **ENDS, "closes": "30.08.2021 21:00"},
        r"Закрыть приём: .*уже прошло.*",
    ),
    "the end before the beginning": (
        "publish",
        {**SENT, **ENDS, "closes": "01.08.2021 18:00"},
        r"«Закрыть приём» должно.*",
    ),
    "a field too many": (
        "publish",
        {**SENT, "action": "fill", "logins": "spo240065"},
        r"Поле «Логины» не действует, когда выбрано «Дослать.*",
    ),
    "a stop without a reason": ("publish", {**SENT, "action": "stop"}, r"Заполните поле «Причина»\."),
    "preview of nothing": ("preview", {"publication": "нет такой"}, r"Публикации «нет такой» нет: .*"),
    "no file": ("roster", {"action": "import", "path": "нет.xlsx", **WHO}, r".*нет\.xlsx.*"),
    "no path": ("roster", {"action": "rehearse", **WHO}, r"Заполните поле «Файл списка»\."),
    "unknown collection": ("remind", {**ASKED, "collection": "нет такого"}, r"Публикации .*«нет такого» нет: .*"),
    "who takes no part": ("remind", {**ASKED, "logins": "spo250001"}, rf".*«{CODE}».*spo250001.*"),
    "a past instant": (
        "extend",
        {**MOVED, "until": "01.08.2021 18:00", "everybody": True},
        r"Принимать до: .*уже прошло.*",
    ),
    "a picker's instant": (
        "extend",
        {**MOVED, "until": PICKED, "everybody": True},
        r"Принимать до: «2021-09-20T.*",
    ),
    "earlier than it is": ("extend", {**MOVED, "until": "01.09.2021 18:00", "everybody": True}, r"Общий срок .*"),
    "nobody chosen": ("extend", {**MOVED, "until": "20.09.2021 18:00"}, r"Заполните что-то одно: .*"),
    "two chosen": (
        "extend",
        {**MOVED, "until": "20.09.2021 18:00", "everybody": True, "logins": "spo240065"},
        r"Заполните что-то одно: .*",
    ),
    "no such login": ("extend", {**MOVED, "until": "20.09.2021 18:00", "logins": "spo999999"}, r".*spo999999.*"),
    "nothing to take back": ("extend", {**MOVED, "everybody": True}, r".*продления нет.*"),
}


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule is out."""
    return published_post(tmp_path)


@pytest.fixture
def console(post: Post, monkeypatch: pytest.MonkeyPatch) -> Console:
    """The console of that post office."""
    return Console(post, monkeypatch)


def on_record(post: Post) -> tuple[int, int, int]:
    """What a run could have changed."""
    with post.context() as context, context.store.reading() as session:
        return len(rows(post)), len(audit.listed(session)), len(publications.publications(session))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_in_state_and_page_and_nothing_was_done(
    post: Post, console: Console, mistake: str
) -> None:
    key, given, expected = MISTAKES[mistake]
    before = on_record(post)
    said = console.mistake(key, **given)
    assert re.fullmatch(expected, said), said
    assert on_record(post) == before


def test_a_collection_that_is_over_is_not_reminded_of(post: Post, console: Console) -> None:
    post.now = CLOSES + HOUR
    post.run("close")
    said = console.mistake("remind", **ASKED)
    assert re.fullmatch(rf"Сбор «.*» \({CODE}\) сейчас не принимает данных: напоминать не о чем\.", said)


def test_a_publication_whose_form_is_missing_names_the_file(
    post: Post, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = post.settings.home / "publications" / SCHEDULE
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "form.yaml"]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    monkeypatch.setattr(sources, "publication", lambda code: load_publication(code, files))
    said = console.mistake("publish", **SENT)
    assert "form.yaml" in said


def test_a_list_without_good_lines_names_what_is_wrong(post: Post, console: Console, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Пользователь;Регион\nШкола;24\n", "utf-8")
    said = console.mistake("roster", action="import", path=str(path), **WHO)
    assert "колонкой «Логин»" in said
    assert len(post.logins()) == 5


def test_a_fault_of_ours_says_what_to_hand_on_and_shows_no_traceback(
    post: Post, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words may hold values; they are in the log of the installation alone."""

    def broken(_: str) -> None:
        raise ValueError("spo240065@school.test")

    monkeypatch.setattr(acting, "opened", running.opened)
    monkeypatch.setattr(sources, "publication", broken)
    said = console.mistake("publish", **SENT)
    (left,) = console.pages
    assert said.startswith("Внутренняя ошибка (ValueError): подробности в файле kabinet.log")
    assert "Traceback" not in left + said
    assert "spo240065" not in left + said
    assert "ValueError: spo240065" in (post.settings.state / "kabinet.log").read_text(encoding="utf-8")


def test_every_form_of_a_run_has_the_fields_of_its_act_as_plain_text_or_a_box() -> None:
    """E3, W43: no date picker, and nothing that Prefect itself refuses with an English sentence."""
    for key in OURS:
        flow = FLOWS[key]
        found = flow.parameters.properties
        assert set(found) == {field.name for field in BY_KEY[key].fields}, key
        assert {shape["type"] for shape in found.values()} <= {"string", "boolean"}, key
        assert not [name for name, shape in found.items() if "format" in shape], key
