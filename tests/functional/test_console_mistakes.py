"""What a person fills in wrongly is one Russian sentence in the run's state and on its page, before anything runs."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow

from flows import acting, extend, preview, publish, remind, roster, running
from flows.deployments import FLOWS
from pipeline import sources
from pipeline.cabinet.publications import load_publication
from pipeline.console.acts import BY_KEY
from pipeline.store import audit, publications
from tests.functional.consoles import Watched, rows, watched
from tests.functional.post import CLOSES, Post
from tests.functional.published import HOUR, published_post
from tests.functional.world import SCHEDULE

WHO = {"who": "Анна"}
SENT = {"action": "Разослать", "publication": f"Расписание — {SCHEDULE}", **WHO}
ASKED = {"collection": f"Расписание — {SCHEDULE}", **WHO}
MOVED = {**ASKED, "reason": "сбой связи"}
ENDS = {"opens": "30.08.2021 20:41", "closes": "20.09.2021 18:00"}
CODE = re.escape(SCHEDULE)
PICKED = "2021-09-20T18:00:00.000Z"  # what a date picker of Prefect's sends

MISTAKES: Mapping[str, tuple[Flow[..., Any], dict[str, object], str]] = {
    "nobody signs": (publish.publish, {**SENT, "who": " "}, r"Заполните поле «Кто решил»\."),
    "no publication": (publish.publish, {**SENT, "publication": ""}, r"Заполните поле «Публикация»\."),
    "unknown publication": (publish.publish, {**SENT, "publication": "нет такой"}, r"Публикации «нет такой» нет: .*"),
    "not an option": (publish.publish, {**SENT, "action": "удалить"}, r"Выберите в поле «Действие» .*«удалить» .*"),
    "wrong login": (publish.publish, {**SENT, "logins": "spo999999"}, r".*spo999999.*"),
    "half an interval": (publish.publish, {**SENT, "opens": "30.08.2021 20:41"}, r"Нужны оба срока: .*"),
    "half an instant": (publish.publish, {**SENT, **ENDS, "closes": "20.09.2021"}, r"Закрыть приём: «20\.09\.2021» .*"),
    "an end that is over": (
        publish.publish,
        {**SENT, **ENDS, "closes": "30.08.2021 21:00"},
        r"Закрыть приём: .*уже прошло.*",
    ),
    "the end before the beginning": (
        publish.publish,
        {**SENT, **ENDS, "closes": "01.08.2021 18:00"},
        r"«Закрыть приём» должно.*",
    ),
    "a field too many": (
        publish.publish,
        {**SENT, "action": "fill", "logins": "spo240065"},
        r"Поле «Логины» не действует, когда выбрано «Дослать.*",
    ),
    "a stop without a reason": (publish.publish, {**SENT, "action": "stop"}, r"Заполните поле «Причина»\."),
    "preview of nothing": (preview.preview, {"publication": "нет такой"}, r"Публикации «нет такой» нет: .*"),
    "no file": (roster.roster, {"action": "import", "path": "нет.xlsx", **WHO}, r".*нет\.xlsx.*"),
    "no path": (roster.roster, {"action": "rehearse", **WHO}, r"Заполните поле «Файл списка»\."),
    "unknown collection": (remind.remind, {**ASKED, "collection": "нет такого"}, r"Публикации .*«нет такого» нет: .*"),
    "who takes no part": (remind.remind, {**ASKED, "logins": "spo250001"}, rf".*«{CODE}».*spo250001.*"),
    "a past instant": (
        extend.extend,
        {**MOVED, "until": "01.08.2021 18:00", "everybody": True},
        r"Принимать до: .*уже прошло.*",
    ),
    "a picker's instant": (
        extend.extend,
        {**MOVED, "until": PICKED, "everybody": True},
        r"Принимать до: «2021-09-20T.*",
    ),
    "earlier than it is": (extend.extend, {**MOVED, "until": "01.09.2021 18:00", "everybody": True}, r"Общий срок .*"),
    "nobody chosen": (extend.extend, {**MOVED, "until": "20.09.2021 18:00"}, r"Заполните что-то одно: .*"),
    "two chosen": (
        extend.extend,
        {**MOVED, "until": "20.09.2021 18:00", "everybody": True, "logins": "spo240065"},
        r"Заполните что-то одно: .*",
    ),
    "no such login": (extend.extend, {**MOVED, "until": "20.09.2021 18:00", "logins": "spo999999"}, r".*spo999999.*"),
    "nothing to take back": (extend.extend, {**MOVED, "everybody": True}, r".*продления нет.*"),
}


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule is out."""
    return published_post(tmp_path)


@pytest.fixture
def runs(post: Post, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Flows on that post office."""
    return watched(post, monkeypatch)


def on_record(post: Post) -> tuple[int, int, int]:
    """What a run could have changed."""
    with post.context() as context, context.store.reading() as session:
        return len(rows(post)), len(audit.listed(session)), len(publications.publications(session))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_in_state_and_page_and_nothing_was_done(
    post: Post, runs: Watched, mistake: str
) -> None:
    flow, given, expected = MISTAKES[mistake]
    before = on_record(post)
    said, completed, _ = runs.run(flow, **given)
    assert not completed
    assert re.fullmatch(expected, said), said
    assert not re.search(r"--\w|kabinet [a-z]|Traceback|Error", said), "it speaks of the command line or of Python"
    (left,) = runs.pages
    assert said in left.replace("\\", "")
    assert on_record(post) == before


def test_a_collection_that_is_over_is_not_reminded_of(post: Post, runs: Watched) -> None:
    post.now = CLOSES + HOUR
    post.run("close")
    said, completed, _ = runs.run(remind.remind, **ASKED)
    assert not completed
    assert re.fullmatch(rf"Сбор «.*» \({CODE}\) сейчас не принимает данных: напоминать не о чем\.", said)


def test_a_publication_whose_form_is_missing_names_the_file(
    post: Post, runs: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = post.settings.home / "publications" / SCHEDULE
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "form.yaml"]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    monkeypatch.setattr(sources, "publication", lambda code: load_publication(code, files))
    said, completed, _ = runs.run(publish.publish, **SENT)
    assert not completed
    assert "form.yaml" in said


def test_a_list_without_good_lines_names_what_is_wrong(post: Post, runs: Watched, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Пользователь;Регион\nШкола;24\n", "utf-8")
    said, completed, _ = runs.run(roster.roster, action="import", path=str(path), **WHO)
    assert not completed
    assert "колонкой «Логин»" in said
    assert len(post.logins()) == 5


def test_a_fault_of_ours_says_what_to_hand_on_and_shows_no_traceback(
    post: Post, runs: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words may hold values; they are in the log of the installation alone."""

    def broken(_: str) -> None:
        raise ValueError("spo240065@school.test")

    monkeypatch.setattr(acting, "opened", running.opened)
    monkeypatch.setattr(sources, "publication", broken)
    said, completed, _ = runs.run(publish.publish, **SENT)
    (left,) = runs.pages
    assert not completed
    assert said.startswith("Внутренняя ошибка (ValueError): подробности в файле kabinet.log")
    assert "Traceback" not in left + said
    assert "spo240065" not in left + said
    assert "ValueError: spo240065" in (post.settings.state / "kabinet.log").read_text(encoding="utf-8")


def test_a_runs_log_keeps_no_traceback_and_none_of_the_engines_sentences() -> None:
    quiet = acting.OneSentence()
    told = logging.LogRecord("prefect.flow_runs", logging.INFO, "", 1, "Отправлено 10 из 100", None, None)
    fault = logging.LogRecord(
        "prefect.flow_runs", logging.ERROR, "", 1, "Encountered exception during execution", None, None
    )
    told.exc_text = "Traceback (most recent call last)"
    assert quiet.filter(told)
    assert not vars(told)["exc_text"]
    assert not quiet.filter(fault)


def test_every_form_of_a_run_has_the_fields_of_its_act_as_plain_text_or_a_box() -> None:
    """E3, W43: no date picker, and nothing that Prefect itself refuses with an English sentence."""
    for key, flow in FLOWS.items():
        found = flow.parameters.properties
        assert set(found) == {field.name for field in BY_KEY[key].fields}, key
        assert {shape["type"] for shape in found.values()} <= {"string", "boolean"}, key
        assert not [name for name, shape in found.items() if "format" in shape], key
