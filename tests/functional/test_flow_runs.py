"""What Prefect's runs do around their steps: the guard against missed runs, the pulse, faults that stop little (E1)."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State
from sqlalchemy import text

from flows import acting, choosing, exchange, running, scheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.console.desk import at_once
from pipeline.console.doing import rounds
from pipeline.console.outcome import Outcome
from pipeline.errors import ConfigurationError, KabinetError, UnreachableError, UserError
from pipeline.model import LetterState, Login, Role, Summary
from pipeline.model.pulse import Pulse, Way
from pipeline.steps import check, close, deliver, export, file, roster
from pipeline.steps.base.context import Context
from pipeline.store import letters
from pipeline.store.operations import pulses
from tests.functional.post import Post, make_post
from tests.systems.programs import free_port

NOW = datetime(2021, 8, 30, 18, tzinfo=UTC)
SECRET = "5ecret"


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A post office whose settings the flows read; its mail servers are closed ports."""
    made = make_post(tmp_path, address="exchange@kabinet.test")
    monkeypatch.setenv("KABINET_STATE", str(made.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(made.settings.outbox))
    monkeypatch.setenv("KABINET_EMBEDDED_SMTP_PORT", str(free_port()))
    monkeypatch.setenv("KABINET_EMBEDDED_IMAP_PORT", str(free_port()))
    monkeypatch.setattr(running, "now", lambda: made.now)
    return made


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """What the runs leave as pages; no Prefect is there."""
    found: list[Outcome] = []
    monkeypatch.setattr(acting, "leave", found.append)
    monkeypatch.setattr(acting, "stage", at_once)
    monkeypatch.setattr(choosing, "renew", lambda *_: None)
    return found


def _due(monkeypatch: pytest.MonkeyPatch, at: datetime | None) -> None:
    """The next run was begun by a schedule that was due ``at``, or by a person."""
    monkeypatch.setattr(scheduled, "_begun", lambda: (Way.SCHEDULE if at else Way.PERSON, at))


def _pulse(post: Post, name: str, way: Way) -> Pulse | None:
    with post.context() as context, context.store.reading() as session:
        return next((seen for seen in pulses.listed(session) if (seen.name, seen.way) == (name, way)), None)


@pytest.mark.usefixtures("pages")
def test_e1_m44_of_the_runs_missed_in_a_night_one_works_and_the_rest_say_that_it_did(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[datetime] = []

    def step(_context: Any, now: datetime) -> Any:
        ran.append(now)
        return Summary("close", {"closed": 0})

    monkeypatch.setattr(close, "run", step)
    for minutes in range(9):
        _due(monkeypatch, post.now - timedelta(minutes=10 * (9 - minutes)))
        done = scheduled.scheduled("close")
        assert done.is_completed()
        assert (done.name == "Skipped") is (minutes > 0)
        assert ("Пропущено" in (done.message or "")) is (minutes > 0)
    assert ran == [post.now]
    post.later(timedelta(minutes=10))
    _due(monkeypatch, post.now)
    assert scheduled.scheduled("close").name == "Completed"
    seen = _pulse(post, "close", Way.SCHEDULE)
    assert seen is not None
    assert seen.ended_at == post.now


def test_e1_what_a_person_asks_for_is_never_skipped_and_counts_for_no_schedule(
    post: Post, monkeypatch: pytest.MonkeyPatch, pages: list[Outcome]
) -> None:
    monkeypatch.setattr(close, "run", lambda _context, _now: Summary("close", {"closed": 0}))
    _due(monkeypatch, None)
    for _ in range(2):
        done = scheduled.scheduled("close")
        assert (done.name, done.data) == ("Completed", {"closed": 0})
    assert _pulse(post, "close", Way.SCHEDULE) is None
    assert _pulse(post, "close", Way.PERSON) is not None
    assert [page.line for page in pages] == ["Закрытие сборов. Закрывать нечего."] * 2


def test_e6_m19_a_mailbox_that_does_not_answer_keeps_no_other_step_of_the_exchange_from_running(
    post: Post, monkeypatch: pytest.MonkeyPatch, pages: list[Outcome]
) -> None:
    """Letters were not sent while the mailbox was away: collect raised, and the run was over."""
    ran: list[str] = []

    def noted(name: str) -> Callable[[Context, datetime], Summary]:
        def run(_context: Context, _now: datetime) -> Summary:
            ran.append(name)
            return Summary(name, {"sent": 2} if name == "deliver" else {})

        return run

    for step in (check, export, deliver, file):
        monkeypatch.setattr(step, "run", noted(step.__name__.rpartition(".")[2]))
    _due(monkeypatch, post.now)
    done = exchange.exchange.fn()
    assert ran == ["check", "export", "deliver", "file"]
    seen = _pulse(post, "exchange", Way.SCHEDULE)
    assert seen is not None
    assert seen.failed_at == post.now
    assert (seen.code or "").startswith("imap")
    assert not _states(post)
    (page,) = pages
    assert done.is_failed()
    assert done.message == page.line == seen.reason
    assert page.figures == {"Отправить: отправлено": 2}
    assert [(trouble.about, trouble.why) for trouble in page.troubles] == [("Забрать почту", page.line)]


def test_what_runs_each_minute_leaves_a_page_when_something_was_done_or_first_fails(
    post: Post, monkeypatch: pytest.MonkeyPatch, pages: list[Outcome]
) -> None:
    """A page a minute would be half a million a year; what a person starts always leaves one."""
    stages: list[str] = []

    def stage(name: str, run: Callable[[], Any]) -> Any:
        stages.append(name)
        return run()

    monkeypatch.setattr(acting, "stage", stage)
    found: dict[str, dict[str, int] | Exception] = {
        key: {} for key in ("collect", "check", "export", "deliver", "file")
    }

    def stands_for(name: str) -> Callable[[Context, datetime], Summary]:
        def run(_context: Context, _now: datetime) -> Summary:
            done = found[name]
            if isinstance(done, Exception):
                raise done
            return Summary(name, done)

        return run

    for step in rounds.ROUNDS["exchange"]:
        monkeypatch.setattr(step, "run", stands_for(step.__name__.rpartition(".")[2]))

    def ran(**steps: dict[str, int] | Exception) -> tuple[str | None, int, list[str]]:
        post.later(timedelta(minutes=1))
        stages.clear()
        before = len(pages)
        found.update({key: {} for key in found} | steps)
        message = exchange.exchange.fn().message
        return message, len(pages) - before, list(stages)

    away = UnreachableError("imap.unreachable", host="mail.test", port=993, reason="нет ответа")
    monkeypatch.setattr(scheduled, "_begun", lambda: (Way.SCHEDULE, post.now))
    assert ran(collect={"seen": 7}) == ("Ничего нового.", 0, [])
    assert ran(collect={"recorded": 3}) == (
        "Новых писем: 3.",
        1,
        ["Забрать почту", "Проверить", "Отчёты", "Отправить", "Убрать из ящика"],
    )
    assert [ran(collect=away)[:2] for _ in range(3)] == [(str(away), 1), (str(away), 0), (str(away), 0)]
    assert ran(collect=away, deliver={"sent": 1})[:2] == (str(away), 1)
    assert ran()[:2] == ("Ничего нового.", 0)
    _due(monkeypatch, None)
    assert ran() == (
        "Ничего нового.",
        1,
        ["Забрать почту", "Проверить", "Отчёты", "Отправить", "Убрать из ящика"],
    )


def _roster(context: Context) -> Summary:
    with context.store.transaction() as session:
        session.execute(
            text("CREATE TRIGGER fault BEFORE INSERT ON login_addresses BEGIN SELECT RAISE(ABORT, 'fault'); END")
        )
    login = Login("spo240065", "Школа", Role.ORGANISATION, "24", (f"{SECRET}@school.test",))
    return roster.run(context, RosterReport((login,), ()), NOW)


def _words(_context: Context) -> Summary:
    raise ValueError(f"{SECRET} is not in the list")


def _looked_up(_context: Context) -> Summary:
    known: dict[str, Summary] = {}
    try:
        return known[SECRET]
    except KeyError as error:
        raise ConfigurationError("cli.one_of_three") from error


@pytest.mark.parametrize(
    ("settings", "step"),
    [
        ({}, _roster),
        ({}, _words),
        ({}, _looked_up),
        ({"DATABASE_URL": f"postgresql://kabinet:{SECRET}@127.0.0.1:1/base"}, _words),
        ({"DATABASE_URL": f"postgresql://kabinet:{SECRET}@127.0.0.1:port/base"}, _words),
        ({"DATABASE_URL": f"oracle://kabinet:{SECRET}@127.0.0.1/base"}, _words),
        ({"TAG_KEYS": f"1:{SECRET}"}, _words),
        ({"SMTP_PORT": SECRET}, _words),
    ],
)
def test_f12_what_a_run_raises_shows_prefect_neither_values_nor_secrets(
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    settings: dict[str, str],
    step: Callable[[Context], Summary],
) -> None:
    """Prefect keeps the words of an error and of its causes; a log that nobody had set up printed every local."""
    keys, signing = post.settings.signing_keys()
    key = keys[signing].decode()
    for name, value in settings.items():
        monkeypatch.setenv(f"KABINET_{name}", value)
    with pytest.raises(KabinetError) as raised:
        running.run_step(step)
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    printed = capfd.readouterr()
    assert not {found for found in (SECRET, key) if found in printed.out + printed.err}
    if not isinstance(raised.value, UserError):
        assert "kabinet.log" in str(raised.value)
        log = post.settings.state / "kabinet.log"
        assert "Traceback" in log.read_text(encoding="utf-8")
        assert log.stat().st_mode & 0o077 == 0


def test_f12_prefect_gets_the_sentence_of_a_stage_that_fails_and_the_act_what_was_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stage is a task, and Prefect keeps the words of what a task raises: an error of the database holds values."""
    shown: list[str] = []

    def task(**_: object) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
        def made(run: Callable[[], Any]) -> Callable[[], Any]:
            def called() -> Any:
                done = run()
                if isinstance(done, State):
                    shown.append(f"{done.message} {done.data}")
                return done

            return called

        return made

    monkeypatch.setattr(acting, "task", task)

    def fails(error: Exception) -> Callable[[], None]:
        def run() -> None:
            raise error

        return run

    with pytest.raises(ValueError, match=SECRET):
        acting.stage("Проверить", fails(ValueError(f"{SECRET} is not in the list")))
    with pytest.raises(KabinetError, match=r"ann@school\.test"):
        acting.stage("Проверить", fails(KabinetError("ann@school.test: нет такого адреса")))
    assert acting.stage("Проверить", lambda: 5) == 5
    assert "kabinet.log" in shown[0]
    assert "a…@school.test: нет такого адреса" in shown[1]
    assert not [words for words in shown if SECRET in words or "ann@" in words]


def _states(post: Post) -> set[LetterState]:
    with post.context() as context, context.store.reading() as session:
        return {found.state for found in letters.listed(session)}
