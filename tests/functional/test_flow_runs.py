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

from flows import exchange, running
from flows import roster as rosters
from flows.running import Step
from pipeline.cabinet.roster import RosterReport
from pipeline.errors import ConfigurationError, KabinetError, UnreachableError, UserError
from pipeline.model import LetterState, Login, Role, Summary
from pipeline.model.pulse import Pulse, Way
from pipeline.steps import roster
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


def _due(monkeypatch: pytest.MonkeyPatch, at: datetime | None) -> None:
    """The next run was begun by a schedule that was due ``at``, or by a person."""
    monkeypatch.setattr(running, "_begun", lambda: (Way.SCHEDULE if at else Way.PERSON, at))


def _pulse(post: Post, name: str, way: Way) -> Pulse | None:
    with post.context() as context, context.store.reading() as session:
        return next((seen for seen in pulses.listed(session) if (seen.name, seen.way) == (name, way)), None)


def test_e1_m44_of_the_runs_missed_in_a_night_one_works_and_the_rest_say_that_it_did(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[datetime] = []

    def step(context: Any, now: datetime) -> Any:
        ran.append(now)
        return Summary("close", {"closed": 0})

    for minutes in range(9):
        _due(monkeypatch, post.now - timedelta(minutes=10 * (9 - minutes)))
        done = running.run_schedule("close", close=step)
        assert isinstance(done, State) is (minutes > 0)
        if isinstance(done, State):
            assert (done.name, done.is_completed()) == ("Skipped", True)
            assert "Пропущено" in (done.message or "")
    assert ran == [post.now]
    post.later(timedelta(minutes=10))
    _due(monkeypatch, post.now)
    assert not isinstance(running.run_schedule("close", close=step), State)
    seen = _pulse(post, "close", Way.SCHEDULE)
    assert seen is not None
    assert seen.ended_at == post.now


def test_e1_what_a_person_asks_for_is_never_skipped_and_counts_for_no_schedule(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    _due(monkeypatch, None)
    for _ in range(2):
        done = running.run_schedule("close", close=lambda _context, _now: Summary("close", {"closed": 0}))
        assert done == {"close": {"closed": 0}}
    assert _pulse(post, "close", Way.SCHEDULE) is None
    assert _pulse(post, "close", Way.PERSON) is not None


def test_e6_m19_a_mailbox_that_does_not_answer_keeps_no_other_step_of_the_exchange_from_running(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters were not sent while the mailbox was away: collect raised, and the run was over."""
    ran: list[str] = []

    def noted(name: str) -> Step:
        def run(_context: Context, _now: datetime) -> Summary:
            ran.append(name)
            return Summary(name, {})

        return run

    for name in ("check", "export", "deliver", "file"):
        monkeypatch.setattr(getattr(exchange, name), "run", noted(name))
    _due(monkeypatch, post.now)
    with pytest.raises(UnreachableError):
        exchange.exchange.fn()
    assert ran == ["check", "export", "deliver", "file"]
    seen = _pulse(post, "exchange", Way.SCHEDULE)
    assert seen is not None
    assert seen.failed_at == post.now
    assert (seen.code or "").startswith("imap")
    assert not _states(post)


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


def test_f12_the_rehearsal_of_a_roster_shows_no_address_in_full(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    monkeypatch.setattr(rosters, "create_markdown_artifact", lambda page, **_: pages.append(page))
    listed = tmp_path / "roster.csv"
    listed.write_text(
        "Логин;Пользователь;Регион;Адреса;Роль\nspo240065;Школа;24;ann@school.test;организация\n", "utf-8"
    )
    rosters.import_roster.fn(rosters.RosterImport(path=str(listed)))
    assert "a…@school.test" in pages[0]
    assert "ann@" not in pages[0]
    assert "kabinet roster import" in pages[0]


def _states(post: Post) -> set[LetterState]:
    with post.context() as context, context.store.reading() as session:
        return {found.state for found in letters.listed(session)}
