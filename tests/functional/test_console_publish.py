"""The act «Разослать публикацию»: what its page says equals what the database has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.console.doing import publish as console
from pipeline.model import SendOutcome, SendResult
from pipeline.model.delivery import Pause
from pipeline.model.outgoing import CAMPAIGN
from pipeline.steps import roster
from pipeline.store import pauses
from tests.functional.console import Console
from tests.functional.outcomes import SECOND, act, figures_of, shown, states
from tests.functional.post import Post, make_post
from tests.functional.published import PEOPLE, published_post
from tests.functional.world import SCHEDULE

KINDS = frozenset({"publication", "coordinator_publication"})
INTERVAL = {"opens": "30.08.2021 20:41", "closes": "20.09.2021 18:00"}
NO_SUCH = SendResult(SendOutcome.REFUSED, "550 5.1.1 no such user")
SPAM = SendResult(SendOutcome.REFUSED, "554 5.7.1 rejected by policy")


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Five logins, one of them without an address; nothing is published."""
    made = make_post(tmp_path)
    report = sources.roster(made.settings.home / "publications" / "roster.xlsx")
    people = [login for login in report.logins if login.code in PEOPLE]
    people = [replace(login, addresses=()) if login.code == "spo240072" else login for login in people]
    with made.context() as context:
        roster.run(context, replace(report, logins=tuple(people)), made.now)
    return made


def test_what_was_sent_and_to_whom_it_was_not_is_as_the_database_has_it(post: Post) -> None:
    post.mail.answers["spo240066@school.test"] = NO_SUCH
    done = act(
        post, "publish", console.run, action="Разослать", publication=f"Расписание — {SCHEDULE}", who="Анна", **INTERVAL
    )
    found = states(post, KINDS)
    assert done.line == "Разослано 3 письма, 1 адрес не работает, 1 логин без адреса"
    assert (done.counts["letters"], done.counts["sent"], done.counts["refused"]) == (4, found["sent"], found["failed"])
    shown_figures = figures_of(shown(done))
    assert shown_figures["Отправлено писем"] == found["sent"] == len(post.mail.sent) == 3
    assert shown_figures["Не принято почтовым сервером писем"] == found["failed"] == 1
    assert shown_figures["Ждёт отправки писем"] == 0
    assert {(item.about, item.why) for item in done.troubles} == {
        ("spo240072", "в списке нет адреса"),
        ("spo240066, spo240066@school.test", "такого ящика нет"),
    }
    assert len(done.tables[0].rows) == 4
    assert not done.failed


def test_a_second_run_says_that_nobody_was_written_to_and_why(tmp_path: Path) -> None:
    post = published_post(tmp_path)
    before = len(post.mail.sent)
    done = act(post, "publish", console.run, action="fill", publication=SCHEDULE, who="Анна")
    assert done.line == "Никому не отправлено: публикация уже есть у всех, кому её можно отправить"
    assert figures_of(shown(done))["Отправлено писем"] == 0 == len(post.mail.sent) - before
    assert not done.failed


def test_letters_that_the_night_or_a_rate_holds_are_said_with_when(post: Post) -> None:
    post.limits = replace(post.limits, sending=replace(post.limits.sending, per_minute=2))
    done = act(post, "publish", console.run, action="publish", publication=SCHEDULE, who="Анна", **INTERVAL)
    assert done.counts["sent"] == 2
    assert done.counts["waiting"] == states(post, KINDS)["queued"] == 2
    assert "ждёт отправки: 2 письма" in done.line
    assert any("Последнее уйдёт примерно 30 августа" in line for line in done.remarks)


def test_a_mailing_is_stopped_goes_on_and_is_withdrawn(post: Post) -> None:
    post.limits = replace(post.limits, sending=replace(post.limits.sending, per_minute=2))
    chosen = {"publication": SCHEDULE, "who": "Анна"}
    act(post, "publish", console.run, action="publish", **chosen, **INTERVAL)
    stopped = act(post, "publish", console.run, action="Остановить рассылку", reason="проверяем", **chosen)
    assert stopped.line == "Рассылка остановлена, ждёт 2 письма"
    assert stopped.counts == {"stopped": 1, "waiting": states(post, KINDS)["queued"]}
    post.later(timedelta(minutes=5))
    assert act(post, "publish", console.run, action="stop", reason="ещё раз", **chosen).line.startswith(
        "Рассылка уже была остановлена"
    )
    gone_on = act(post, "publish", console.run, action="resume", **chosen)
    assert gone_on.line == "Разослано 2 письма"
    assert gone_on.counts["sent"] == 2
    assert states(post, KINDS)["sent"] == 4
    assert act(post, "publish", console.run, action="resume", **chosen).line == "Эта рассылка не была остановлена"
    post.later(timedelta(hours=1))
    withdrawn = act(post, "publish", console.run, action="withdraw", reason="ошибка в форме", **chosen)
    assert withdrawn.line == "Публикация отозвана, получившим её сообщают об этом, ждёт отправки: 2 письма"
    assert withdrawn.counts["sent"] + withdrawn.counts["waiting"] == sum(
        states(post, frozenset({"withdrawn"})).values()
    )


def test_what_was_stopped_because_much_was_refused_goes_on_from_the_browser(post: Post) -> None:
    with post.context() as context, context.store.transaction() as session:
        pauses.pause(session, Pause(None, CAMPAIGN, post.now, "deliver", "отклонено 30 из последних 100 писем"))
    done = act(post, "publish", console.run, action="publish", publication=SCHEDULE, who="Анна", **INTERVAL)
    assert done.line.startswith("Никому не отправлено: рассылка остановлена, ждут писем: 4")
    assert "отклонено 30 из последних 100 писем" in done.line
    post.later(SECOND)
    done = act(post, "publish", console.run, action="resume", publication=SCHEDULE, who="Анна")
    assert done.line == "Разослано 4 письма"


@pytest.mark.parametrize("kind", ["away", "refuses"])
def test_a_mail_server_that_takes_nothing_makes_a_failed_run_with_figures(
    post: Post, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    runs = Console(post, monkeypatch)
    if kind == "away":
        post.mail.down = True
    else:
        people = (login for login in post.logins().values() if login.addresses)
        post.mail.answers = {login.addresses[0]: SPAM for login in people}
    left = runs.run("publish", action="Разослать", publication=SCHEDULE, who="Анна", **INTERVAL)
    assert left.failed
    assert left.line.startswith("Никому не отправлено: ")
    found = states(post, KINDS)
    assert left.figures["Ждёт отправки писем"] == found["queued"]
    assert left.figures.get("Не принято почтовым сервером писем", 0) == found["failed"]
    assert (found["queued"], found["failed"]) == ((4, 0) if kind == "away" else (0, 4))
    if kind == "away":  # what waited leaves with the next run
        post.mail.down = False
        post.later(timedelta(minutes=20))
        left = runs.run("publish", action="fill", publication=SCHEDULE, who="Анна")
        assert (left.line, left.failed, left.counts["sent"]) == ("Разослано 4 письма, 1 логин без адреса", False, 4)


def test_a_trial_goes_to_the_named_logins_only(post: Post) -> None:
    done = act(
        post, "publish", console.run, action="publish", publication=SCHEDULE, logins="SPO240065", who="Анна", **INTERVAL
    )
    assert done.line == "Разослано 1 письмо"
    assert {sent.recipient for sent in post.mail.sent} == {"spo240065@school.test"}
