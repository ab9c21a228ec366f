"""Instants typed into the forms of the console and on the command line: one reading, and it is shown back (E3, W43)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.cli import _run, extensions
from pipeline.cli import publishing as commands
from pipeline.store import extensions as moved
from pipeline.store import publications, roster
from tests.functional.console import Console, unescaped
from tests.functional.post import Post, make_post
from tests.functional.published import published_post
from tests.functional.world import SCHEDULE

ROSTER = Path(__file__).parents[2] / "publications" / "roster.xlsx"
PICKED = "2021-09-20T18:00:00.000Z"  # what Prefect's date picker made of 18:00
AT = datetime(2021, 9, 20, 15, tzinfo=UTC)
SHOWN = "20 сентября 2021 г. (понедельник), 18:00 по Москве"
WHO = {"reason": "болезнь ответственного", "who": "Анна"}
PUBLISHED = {"action": "Разослать", "publication": SCHEDULE, "who": "Анна"}


def closing(post: Post) -> datetime | None:
    """When the extension of ``spo240065`` ends, by the record."""
    with post.context() as context, context.store.reading() as session:
        return {item.login: item.until for item in moved.by_login(session, SCHEDULE).in_force()}.get("spo240065")


@pytest.mark.parametrize("typed", [PICKED, "2021-09-20T18:00:00+03:00", "20.09.2021", "31.09.2021 18:00"])
def test_e3_w43_what_a_picker_sends_and_what_is_no_instant_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    post = published_post(tmp_path)
    console = Console(post, monkeypatch)
    asked = {"collection": SCHEDULE, "logins": "spo240065", **WHO}
    said = console.mistake("extend", until=typed, **asked)
    assert closing(post) is None
    assert said.startswith("Принимать до: «")
    assert "ДД.ММ.ГГГГ ЧЧ:ММ" in said
    monkeypatch.setattr(sources, "publication", lambda _: pytest.fail("it ran"))
    said = console.mistake("publish", opens="30.08.2021 20:41", closes=typed, **PUBLISHED)
    assert said.startswith("Закрыть приём: «")


def test_e3_w43_the_interval_of_a_publication_is_moscows_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """E3, W43: the form and the command line read alike, and both show back what they read."""
    opens, closes = "30.08.2021 20:41", "20.09.2021 18:00"
    for name in ("form", "command"):
        post = make_post(tmp_path / name)
        with post.context() as context, context.store.transaction() as session:
            roster.save_logins(session, sources.roster(ROSTER).logins, post.now)
        if name == "form":
            with monkeypatch.context() as patched:
                typed = {"logins": "spo240065", "opens": opens, "closes": closes}
                said = unescaped(Console(post, patched).run("publish", **typed, **PUBLISHED).page)
        else:
            words = ("publish", SCHEDULE, "--opens", opens, "--closes", closes)
            said = command(post, monkeypatch, capsys, *words)[1]
        assert f"Приём с 30 августа 2021 г. (понедельник), 20:41 по Москве до {SHOWN}" in said
        with post.context() as context, context.store.reading() as session:
            found = publications.publication(session, SCHEDULE)
        assert found is not None
        assert found.collection is not None
        assert (found.collection.opens_at, found.collection.closes_at) == (
            datetime(2021, 8, 30, 17, 41, tzinfo=UTC),
            AT,
        )


def test_e3_one_end_of_an_interval_alone_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(published_post(tmp_path), monkeypatch)
    for typed in ({"closes": "20.09.2021 18:00"}, {"opens": "20.09.2021 18:00", "closes": ""}):
        said = console.mistake("publish", **typed, **PUBLISHED)
        assert said.startswith("Нужны оба срока: «Открыть приём» и «Закрыть приём»")


def command(
    post: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str]:
    """Run the command line on the post's state and clock; return its exit code and what it printed."""
    monkeypatch.setenv("KABINET_STATE", str(post.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(post.settings.outbox))
    for module in (extensions, commands):
        monkeypatch.setattr(module, "now", lambda: post.now)
    monkeypatch.setattr("sys.argv", ["kabinet", *words])
    code = _run()
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_e3_w43_the_command_line_reads_strictly_and_shows_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    post = published_post(tmp_path)
    extend = ("extend", SCHEDULE, "--login", "spo240065", "--reason", "так надо", "--until")
    for typed in (PICKED, "2021-09-20 18:00+03:00", "2021-09-20", ""):
        code, said = command(post, monkeypatch, capsys, *extend, typed)
        assert (code, said.startswith("--until: «"), closing(post)) == (2, True, None), said
    assert command(post, monkeypatch, capsys, "publish", SCHEDULE, "--opens", "20.09.2021 18:00")[0] == 2
    code, said = command(post, monkeypatch, capsys, *extend, "20.09.2021 18:00")
    assert (code, f"Принимаем до {SHOWN}" in said, closing(post)) == (0, True, AT)
