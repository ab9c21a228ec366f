"""Instants typed into the run forms of the console: what Prefect hands to a flow, and what the letter says (E3)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.utilities.schema_tools import validate

from flows import extend as extending
from flows import publish as publishing
from flows import running
from pipeline import sources
from pipeline.cli import _run, extensions
from pipeline.cli import publishing as commands
from pipeline.errors import ConfigurationError
from pipeline.store import extensions as moved
from pipeline.store import publications, roster
from tests.functional.post import Post, make_post
from tests.functional.published import published_post
from tests.functional.world import SCHEDULE, text_of

ROSTER = Path(__file__).parents[2] / "publications" / "roster.xlsx"
WRITER = "spo240065@school.test"
PICKED = "2021-09-20T18:00:00.000Z"  # what Prefect's date picker made of 18:00
AT = datetime(2021, 9, 20, 15, tzinfo=UTC)
SHOWN = "20 сентября 2021 г. (понедельник), 18:00 по Москве"
WHO = {"reason": "болезнь ответственного", "who": "Анна"}


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the runs leave under «Artifacts»."""
    left: list[str] = []
    monkeypatch.setattr(running, "create_markdown_artifact", lambda page, **_: left.append(page))
    return left


def run(flow: Flow[..., Any], post: Post, monkeypatch: pytest.MonkeyPatch, **options: Any) -> dict[str, int]:
    """Hand ``options`` to a flow as the console does: JSON that its schema allows, made into the form's model."""
    monkeypatch.setenv("KABINET_STATE", str(post.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(post.settings.outbox))
    for module in (extending, publishing):
        monkeypatch.setattr(module, "now", lambda: post.now)
    validate(
        {"options": options},
        flow.parameters.model_dump_for_openapi(),
        raise_on_error=True,
        allow_none_with_default=True,
    )
    return dict(flow.fn(**flow.validate_parameters({"options": options})))


def closing(post: Post) -> datetime | None:
    """When the extension of ``WRITER``'s login ends, by the record."""
    with post.context() as context, context.store.reading() as session:
        return {item.login: item.until for item in moved.by_login(session, SCHEDULE).in_force()}.get("spo240065")


@pytest.mark.parametrize("typed", ["20.09.2021 18:00", "2021-09-20 18:00"])
def test_e3_w43_18_00_in_the_form_is_18_00_in_the_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: list[str], typed: str
) -> None:
    """E3, W43: Moscow's 18:00 is 15:00 UTC on record, 18:00 in the letter, and the run shows it back."""
    post = published_post(tmp_path)
    counts = run(extending.extend, post, monkeypatch, code=SCHEDULE, until=typed, logins=["spo240065"], **WHO)
    assert counts["letters"] == 1
    assert closing(post) == AT
    post.run("deliver")
    assert "20 сентября 2021 года, 18:00 мск" in text_of(post.last(WRITER))
    (page,) = pages
    assert SHOWN in page
    assert run(extending.extend, post, monkeypatch, code=SCHEDULE, until="", logins=["spo240065"], **WHO)["logins"] == 1
    assert closing(post) is None  # an empty field withdraws, as before


@pytest.mark.parametrize("typed", [PICKED, "2021-09-20T18:00:00+03:00", "20.09.2021", "31.09.2021 18:00"])
def test_e3_w43_what_a_picker_sends_and_what_is_no_instant_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: list[str], typed: str
) -> None:
    post = published_post(tmp_path)
    with pytest.raises(ConfigurationError, match=r"^Принимать до: «.*ДД.ММ.ГГГГ ЧЧ:ММ"):
        run(extending.extend, post, monkeypatch, code=SCHEDULE, until=typed, logins=["spo240065"], **WHO)
    assert closing(post) is None
    monkeypatch.setattr(sources, "publication", lambda _: pytest.fail("it ran"))
    with pytest.raises(ConfigurationError, match=r"^Закрыть прием: «.*ДД.ММ.ГГГГ ЧЧ:ММ"):
        run(publishing.publish, post, monkeypatch, code=SCHEDULE, opens_at="30.08.2021 20:41", closes_at=typed)
    assert pages == []


def test_e3_w43_the_interval_of_a_publication_is_moscows_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """E3, W43: the form and the command line read alike, and both show back what they read."""
    typed = {"opens_at": "30.08.2021 20:41", "closes_at": "20.09.2021 18:00"}
    for name in ("form", "command"):
        post = make_post(tmp_path / name)
        with post.context() as context, context.store.transaction() as session:
            roster.save_logins(session, sources.roster(ROSTER).logins, post.now)
        if name == "form":
            run(publishing.publish, post, monkeypatch, code=SCHEDULE, only=["spo240065"], **typed)
            said = pages[0]
        else:
            said = command(
                post,
                monkeypatch,
                capsys,
                "publish",
                SCHEDULE,
                "--opens",
                typed["opens_at"],
                "--closes",
                typed["closes_at"],
            )[1]
        assert f"Приём с 30 августа 2021 г. (понедельник), 20:41 по Москве до {SHOWN}" in said
        with post.context() as context, context.store.reading() as session:
            found = publications.publication(session, SCHEDULE)
        assert found is not None
        assert found.collection is not None
        assert (found.collection.opens_at, found.collection.closes_at) == (
            datetime(2021, 8, 30, 17, 41, tzinfo=UTC),
            AT,
        )


def test_e3_one_end_of_an_interval_alone_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: list[str]
) -> None:
    post = published_post(tmp_path)
    for typed in ({"closes_at": "20.09.2021 18:00"}, {"opens_at": "20.09.2021 18:00", "closes_at": None}):
        with pytest.raises(ConfigurationError, match="Нужны оба срока: «Открыть прием» и «Закрыть прием»"):
            run(publishing.publish, post, monkeypatch, code=SCHEDULE, **typed)


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
