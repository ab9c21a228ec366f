"""It never falls silent (item 6, M44, M46): what does not work is in ``health``, in a letter and in a webhook."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from typer.testing import CliRunner

from pipeline import monitoring, wiring
from pipeline.cli import app
from pipeline.cli import health as health_commands
from pipeline.errors import Incident, LoginRefusedError, UnreachableError
from pipeline.mail.letters.kinds.probe import ProbeLetter
from pipeline.model import LetterState, Receipt, ReceiptState, Summary
from pipeline.model.delivery import LetterEvent, Pause, Wait
from pipeline.model.incoming import Verdict
from pipeline.model.pulse import Way
from pipeline.monitoring import Monitor
from pipeline.steps import (
    alert,
    check,
    collect,
    deliver,
    export,
)
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.limits import Limits
from pipeline.steps.base.servers import Access
from pipeline.steps.condition import pulse
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.steps.reports import forming as reporting
from pipeline.steps.sending.pacing import CAMPAIGNS
from pipeline.store import (
    letters,
    pauses,
    receipts,
    sending,
)
from pipeline.store.operations import (
    alerts,
    pulses,
    servers,
)
from pipeline.watching import Watch
from tests.factories.limits import limited
from tests.functional.post import OPENS, Post, make_post
from tests.functional.world import World, letter, make_world, text_of
from tests.systems.dovecot import PASSWORD, Dovecot
from tests.systems.programs import wait_until
from tests.systems.smtp_sink import smtp_sink, tcp_proxy
from tests.systems.submission import submission
from tests.systems.webhook import WebhookSink, webhook_sink

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SUPPORT = "support@kabinet.test"
Health = Callable[[], tuple[int, dict[str, Any]]]


@pytest.fixture
def hook() -> Iterator[WebhookSink]:
    with webhook_sink() as sink:
        yield sink


@pytest.fixture
def post(tmp_path: Path, hook: WebhookSink) -> Post:
    """An installation in which everything has just run by schedule."""
    post = make_post(tmp_path, alert_webhook=hook.url, alert_webhook_token="geheim")
    exchanged(post)
    others_ran(post)
    return post


def others_ran(world: World) -> None:
    """Whatever else has a schedule runs by it."""
    with world.context() as context:
        for name in ("close", "fill", "remind", "digest"):
            with pulse.beat(context, name, Way.SCHEDULE, lambda: world.now):
                pass


def exchanged(post: Post) -> None:
    """A round by schedule."""
    with post.context() as context, pulse.beat(context, "exchange", Way.SCHEDULE, lambda: post.now) as run:
        for step in (collect, check, deliver):
            try:
                step.run(context, post.now)
            except (Incident, UnreachableError, LoginRefusedError) as error:
                run.failed(error)


def alerted(post: Post) -> dict[str, int]:
    with post.context() as context:
        return dict(alert.run(context, post.now).counts)


@contextmanager
def command(monkeypatch: pytest.MonkeyPatch, settings: wiring.Settings, now: datetime) -> Iterator[Callable[..., Any]]:
    """The command line with these settings at this instant."""
    monkeypatch.setattr(wiring, "load_settings", lambda **_: settings)
    monkeypatch.setattr(health_commands, "now", lambda: now)
    yield lambda *arguments: CliRunner().invoke(app, list(arguments))
    structlog.reset_defaults()


@pytest.fixture
def health(post: Post, monkeypatch: pytest.MonkeyPatch) -> Health:
    def ask() -> tuple[int, dict[str, Any]]:
        with command(monkeypatch, post.settings, post.now) as kabinet:
            done = kabinet("health", "--json")
            line = kabinet("health")
        assert len(line.output.strip().splitlines()) == 1
        assert line.exit_code == done.exit_code
        return done.exit_code, json.loads(done.output)

    return ask


def codes(found: tuple[int, dict[str, Any]]) -> list[str]:
    code, said = found
    assert said["healthy"] is (code == 0) is (not said["problems"])
    return [problem["code"] for problem in said["problems"]]


def test_e6_m44_nothing_run_for_ten_minutes_is_told_once_again_a_day_later_and_when_it_is_over(
    post: Post, hook: WebhookSink, health: Health
) -> None:
    """Item 6: silence of ten minutes; the letter leaves by ``deliver`` like any other."""
    assert codes(health()) == []
    post.later(10 * MINUTE)
    assert alerted(post)["open"] == 0
    post.later(MINUTE)
    code, said = health()
    assert (code, codes((code, said))) == (1, ["silent.exchange"])
    assert said["schedules"]["exchange"] == {
        "last_ran_at": (post.now - 11 * MINUTE).isoformat(),
        "next_due_at": post.now.replace(second=0).isoformat() if post.now.second else (post.now + MINUTE).isoformat(),
        "by": "schedule",
    }
    for _ in range(3):
        alerted(post)
        post.later(MINUTE)
    assert hook.told() == [("silent.exchange", "begun")]
    (news,) = hook.news
    assert set(news) == {"code", "text", "since", "state", "host", "product"}
    assert datetime.fromisoformat(news["since"]) == post.now - 14 * MINUTE
    assert "kabinet up" in news["text"]
    assert hook.headers[0]["authorization"] == "Bearer geheim"
    post.later(timedelta(days=1))
    others_ran(post)
    alerted(post)
    assert hook.told()[1:] == [("silent.exchange", "lasting")]
    exchanged(post)
    assert codes(health()) == []
    post.later(MINUTE)
    assert alerted(post)["over"] == 1
    assert hook.told()[2:] == [("silent.exchange", "over")]
    exchanged(post)
    subjects = [str(message["Subject"]) for message in post.received(SUPPORT)]
    assert subjects == ["Неполадка всё ещё не устранена", "Неполадка устранена, всё снова работает"]
    with post.context() as context, context.store.reading() as session:
        (first, *_) = [found for found in letters.listed(session) if found.kind == "alert"][::-1]
    assert first.state is LetterState.EXPIRED  # a day later it said nothing that the next one does not say


def test_e6_m46_a_webhook_that_is_down_loses_nothing(post: Post, hook: WebhookSink) -> None:
    """Item 6: each channel is on record apart; news is posted again every minute, and what was over meanwhile too."""
    hook.status = 503
    post.later(20 * MINUTE)
    assert alerted(post) == {"open": 1, "begun": 1, "over": 0, "letters": 1, "posted": 0, "unposted": 1}
    post.later(MINUTE)
    assert alerted(post)["letters"] == 0
    assert hook.tried == 2
    exchanged(post)
    post.later(MINUTE)
    assert alerted(post)["over"] == 1
    hook.status = 204
    post.later(MINUTE)
    alerted(post)
    alerted(post)
    assert hook.told() == [("silent.exchange", "over")]
    # A redirect is no answer: the token is for the address that was set.
    hook.status = 302
    post.later(120 * MINUTE)
    others_ran(post)
    assert alerted(post)["unposted"] == 1
    assert hook.tried < 1000
    hook.status = 200
    post.later(MINUTE)
    alerted(post)
    assert hook.told()[1:] == [("silent.exchange", "begun")]


def test_e6_an_alert_needs_no_webhook(post: Post) -> None:
    """Item 6: without a webhook the letter is the way, and nobody complains."""
    post.settings = post.settings.model_copy(update={"alert_webhook": None})
    post.later(20 * MINUTE)
    assert alerted(post) == {"open": 1, "begun": 1, "over": 0, "letters": 1, "posted": 0, "unposted": 0}
    exchanged(post)
    said = text_of(post.last(SUPPORT))
    assert "Обмен письмами сам не идёт с" in said
    assert "kabinet doctor" in said


def test_e6_m19_a_queue_that_stands_is_told_when_it_has_lasted(
    post: Post, hook: WebhookSink, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 6: messages nobody judges, and letters that do not leave; the figures of ``waiting``."""
    post.publish()
    post.write("spo240065@school.test", post.last("spo240065@school.test"), "Добрый день!")
    monkeypatch.setattr(check, "run", lambda *_: None)
    exchanged(post)
    for _ in range(7):
        post.later(10 * MINUTE)
        exchanged(post)
    others_ran(post)
    assert codes(health()) == ["queue.unjudged"]
    assert health()[1]["queues"]["unjudged"]["count"] == 1
    assert alerted(post)["begun"] == 1
    assert hook.told() == []  # it may pass by itself within minutes
    post.later(5 * MINUTE)
    alerted(post)
    assert hook.told() == [("queue.unjudged", "begun")]
    monkeypatch.undo()
    with post.context() as context:
        check.run(context, post.now)
    post.later(MINUTE)
    alerted(post)
    assert hook.told()[1:] == [("queue.unjudged", "over")]


def test_e6_m19_letters_that_wait_as_they_should_are_no_queue_that_stands(post: Post, health: Health) -> None:
    """Item 6: a rate of ours, a stop of ours; but not a server that takes nothing."""
    post.publish()
    post.limits = limited(Limits(), sending={"per_day": 1})
    post.write("spo240065@school.test", post.last("spo240065@school.test"), "СТАТУС")
    exchanged(post)
    for _ in range(8):
        post.later(10 * MINUTE)
        exchanged(post)
    others_ran(post)
    assert health()[1]["queues"]["unsent"]["count"] == 1
    with post.context() as context:
        assert alert.run(context, post.now).counts["open"] == 0
    post.limits = Limits()
    with post.context() as context:
        assert alert.run(context, post.now).counts["open"] == 1


def test_e6_a_fault_of_the_smtp_server_goes_by_webhook_and_by_letter_afterwards(
    post: Post, hook: WebhookSink, health: Health
) -> None:
    """Item 6, M46: a letter that could only leave once all is well again is not queued; one that says so is."""
    post.mail.down = True
    exchanged(post)
    assert codes(health()) == []  # a connection that failed once is nobody's business
    for _ in range(4):
        post.later(MINUTE)
        exchanged(post)
        alerted(post)
    assert codes(health()) == ["smtp.unreachable"]
    assert hook.told() == [("smtp.unreachable", "begun")]
    post.mail.down = False
    exchanged(post)
    post.later(MINUTE)
    alerted(post)
    exchanged(post)
    assert hook.told()[1:] == [("smtp.unreachable", "over")]
    (told,) = post.received(SUPPORT)
    assert str(told["Subject"]) == "Неполадка устранена, всё снова работает"
    assert "Так было с" in text_of(told)


def test_e6_what_comes_and_goes_is_told_when_it_has_lasted(post: Post, hook: WebhookSink) -> None:
    """Item 6: a problem that is back within the hour waits ten minutes; if it goes before, nobody is woken."""
    for _ in range(2):
        post.later(11 * MINUTE)
        alerted(post)
        exchanged(post)
        others_ran(post)
        post.later(MINUTE)
        alerted(post)
    assert hook.told() == [("silent.exchange", "begun"), ("silent.exchange", "over")]
    post.later(11 * MINUTE)
    alerted(post)
    post.later(10 * MINUTE)
    alerted(post)
    assert hook.told()[2:] == [("silent.exchange", "begun")]


def test_e6_an_export_that_raises_is_tried_again_and_told_to_who_asked(
    post: Post, hook: WebhookSink, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 6: the operator hears of the first failure, the coordinator when it is given up, and not of what passes."""
    post.publish()
    broken = True

    def form(context: Context, *arguments: Any) -> Any:
        if broken:
            raise OSError("No space left on device")
        return formed(context, *arguments)

    formed = reporting.form_report
    monkeypatch.setattr("pipeline.steps.export.form_report", form)
    with post.context() as context, context.store.reading() as session:
        coordinator = next(
            found.address for found in letters.listed(session, limit=1000) if found.kind == "coordinator_publication"
        )
    for number in range(2):
        broken = True
        post.write(coordinator, post.last(coordinator), "ЭКСПОРТ")
        counts = [dict(post.exchange()["export"].counts)]
        assert codes(health()) == ["report.failed"]
        for _ in range(2):
            post.later(10 * MINUTE)
            exchanged(post)
            broken = number == 0
            counts.append(dict(post.run("export", "deliver")["export"].counts))
        told = post.last(coordinator)
        if number == 0:
            assert [count["retried"] for count in counts] == [1, 1, 0]
            assert counts[-1] == {"formed": 0, "retried": 0, "failed": 1, "letters": 1}
            assert "сформировать не удалось" in str(told["Subject"])
            assert codes(health()) == ["report.failed"]
            alerted(post)
            assert hook.told() == [("report.failed", "begun")]
            post.later(timedelta(days=1))
            exchanged(post)
            others_ran(post)
            assert codes(health()) == []  # known for a day; the log has it
        else:
            assert [count["formed"] for count in counts] == [0, 1, 0]
            assert "готов" in str(told["Subject"])


def test_e6_an_export_that_kills_its_worker_is_given_up(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 6: a try is counted before it is made."""
    post.publish()

    def killed(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.steps.export.form_report", killed)
    with post.context() as context:
        export.request(context, "vpr-spo-2021-schedule", "24", "spo_coord_24", post.now)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            post.run("export")
    assert post.run("export")["export"].counts["failed"] == 1


def test_e6_whatever_is_on_record_as_wrong_is_a_problem_until_it_is_over(post: Post, health: Health) -> None:
    """Item 6: campaigns that stopped, support out of reach, runs that fail or never end, messages given up."""
    now = post.now
    assert codes(health()) == []
    with post.context() as context, context.store.transaction() as session:
        pauses.pause(session, Pause(None, 5, now, "deliver", "отклонено 30 из последних 100 писем"))
        pauses.pause(session, Pause(None, 0, now, "operator", "обед"))  # a person knows what they stopped
        sending.wait_for(session, CAMPAIGNS, Wait(now + HOUR, 1, "451 4.3.0 later"))
        probe = new_letter(context, "p", ProbeLetter(failed_at=now), SUPPORT, Subject(), now, Terms())
        number = letters.enqueue(session, probe)
        assert number is not None
        letters.mark_bounced(session, number, now, "5.1.1", "no such user")
        for at in range(4):
            pulses.began(session, "fill", Way.SCHEDULE, now + at * SECOND, HOUR)
            pulses.failed(session, "close", Way.SCHEDULE, now + at * SECOND, "archive.unwritable", "Место.")
        pulses.failed(session, "remind", Way.SCHEDULE, now, "KeyError", None)
        pulses.failed(session, "exchange", Way.SCHEDULE, now, "imap.closed", "told of the server")
        receipts.add(session, Receipt("a", "INBOX", 1, 1, "ab" * 32, 10, now))
        (claimed,) = receipts.claim_unread(session, "w", now, HOUR, 1)
        receipts.finish(session, claimed.id, "w", now, Verdict(state=ReceiptState.FAILED))
    found = health()
    assert sorted(codes(found)) == [
        "campaigns.stopped",
        "campaigns.wait",
        "failing.close",
        "failing.remind",
        "receipts.given_up",
        "support.unreachable",
        "unfinished.fill",
    ]
    said = {problem["code"]: problem["text"] for problem in found[1]["problems"]}
    assert said["failing.close"].endswith("Место.")
    assert "KeyError" in said["failing.remind"]
    assert "1 письмо" in said["receipts.given_up"]
    assert found[1]["notes"]["receipts_failed"] == 1
    post.later(MINUTE)
    with post.context() as context, context.store.transaction() as session:
        pauses.resume(session, None, "operator", post.now)
        sending.wait_no_more(session, [CAMPAIGNS])
        letters.note(session, number, LetterEvent.DELIVERED, post.now)
        receipts.reopen(session, claimed.id)
        for name in ("fill", "close", "remind"):  # whoever runs it well has it over
            pulses.began(session, name, Way.COMMAND, post.now, HOUR)
            pulses.ended(session, name, Way.COMMAND, post.now)
    assert codes(health()) == []


@pytest.mark.parametrize("what", ["gone", "garbage", "older"])
def test_e6_health_says_that_the_database_cannot_be_read_and_changes_nothing(
    post: Post, health: Health, what: str
) -> None:
    """Item 6: one line, JSON and exit code 1 also then; nothing is made."""
    database = post.settings.state / "kabinet.db"
    if what == "older":
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0012'")
        connection.close()
    else:
        for path in post.settings.state.glob("kabinet.db*"):
            path.unlink()
        if what == "garbage":
            database.write_bytes(b"garbage" * 1000)
    before = sorted(path.name for path in post.settings.state.iterdir())
    (code,) = codes(health())
    assert code == {"gone": "store.not_made", "older": "store.other_version", "garbage": "store.unreachable"}[what]
    assert sorted(path.name for path in post.settings.state.iterdir()) == before


def test_e6_a_fresh_installation_is_well_and_says_that_nothing_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 6: neutral until something was ever begun."""
    fresh = make_post(tmp_path)
    with fresh.context():
        pass
    with command(monkeypatch, fresh.settings, OPENS) as kabinet:
        done = kabinet("health")
    assert (done.exit_code, done.output.partition(":")[0]) == (0, "Обмен ещё не запускался сам")


def test_e6_m44_commands_and_the_watch_leave_their_pulse(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 6: the way is on record; a step that fails is too, with its code and without its values."""
    with post.context() as context:
        Watch(context, 60).round()
        post.inbox.down = True
        assert not Watch(context, 60).round()
    monkeypatch.setattr("pipeline.steps.export.run", _raising)
    with command(monkeypatch, post.settings, post.now) as kabinet:
        assert kabinet("check").exit_code == 0
        assert kabinet("export").exit_code == 1
    with post.context() as context, context.store.reading() as session:
        found = {(seen.name, seen.way): seen for seen in pulses.listed(session)}
    watched = found["exchange", Way.WATCH]
    assert (watched.failures, watched.code, watched.unfinished) == (1, "imap.unreachable", 0)
    assert watched.ended_at is not None
    assert found["check", Way.COMMAND].ended_at is not None
    assert found["export", Way.COMMAND].code == "ZeroDivisionError"
    assert found["export", Way.COMMAND].reason is None


def _raising(*_: object) -> None:
    raise ZeroDivisionError("secret@school.test")


def test_e6_m44_a_busy_store_neither_stops_a_step_nor_loses_its_next_pulse(post: Post) -> None:
    """Item 6: a record beside the work is never its end."""
    with post.context() as context:
        context.store._brief = context.store._brief.execution_options(kabinet_patience=0.05)
        with context.store.transaction(), pulse.beat(context, "check", Way.SCHEDULE):
            pass
        with context.store.reading() as session:
            assert "check" not in [seen.name for seen in pulses.listed(session)]
        with pulse.beat(context, "check", Way.SCHEDULE), context.store.transaction():
            pass
        with context.store.reading() as session:
            assert "check" in [seen.name for seen in pulses.listed(session)]


# -- a wrong password -----------------------------------------------------------------------------------------------


@pytest.mark.system("dovecot")
def test_e6_a_wrong_mailbox_password_is_told_and_not_tried_every_minute(
    tmp_path: Path, dovecot: Dovecot, hook: WebhookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 6: pauses of 1, 2, 5, 10, 30 minutes, kept from one process to the next; back to good when it is changed."""
    address = "exchange.password@kabinet.test"
    with smtp_sink() as sink, tcp_proxy(dovecot.imap_port) as proxy:
        world = make_world(
            tmp_path, sink.settings(), replace(dovecot.settings(address), port=proxy.port, password="wrong")
        )
        world.settings = world.settings.model_copy(update={"alert_webhook": hook.url})
        tried, began = [], world.now
        for minute in (*range(10), 17, 18, 19, 47, 48, 49, 77, 78):
            world.now = began + minute * MINUTE
            before = len(proxy.connections)
            with world.context() as context, pulse.beat(context, "exchange", Way.SCHEDULE, lambda: world.now) as run:
                with pytest.raises((LoginRefusedError, UnreachableError)) as caught:
                    collect.run(context, world.now)
                run.failed(caught.value)
            if len(proxy.connections) > before:
                tried.append(minute)
                assert isinstance(caught.value, LoginRefusedError)
            else:
                assert "новых попыток не будет" in str(caught.value)
        others_ran(world)
        assert tried == [0, 1, 3, 8, 18, 48, 78]
        with world.context() as context:
            alert.run(context, world.now)
        assert hook.told() == [("imap.login_refused", "begun")]
        assert "wrong" not in json.dumps(hook.news)
        world.run("deliver")
        (told,) = [letter(content) for _, recipient, content in sink.taken if recipient == SUPPORT]
        assert "KABINET_IMAP_PASSWORD" in text_of(told)
        with command(monkeypatch, world.settings, world.now) as kabinet:
            asked = kabinet("health", "--json")
        assert asked.exit_code == 1
        assert [problem["code"] for problem in json.loads(asked.output)["problems"]] == ["imap.login_refused"]
        monkeypatch.undo()
        # Well again as soon as the password is another, though the pause is not over.
        world.settings = world.settings.model_copy(update={"imap_password": SecretStr(PASSWORD)})
        with world.context() as context, pulse.beat(context, "exchange", Way.SCHEDULE, lambda: world.now):
            collect.run(context, world.now)
        world.later(MINUTE)
        with world.context() as context:
            alert.run(context, world.now)
        assert hook.told()[1:] == [("imap.login_refused", "over")]
        with command(monkeypatch, world.settings, world.now) as kabinet:
            assert kabinet("health").exit_code == 0


@pytest.mark.system("dovecot")
def test_e6_a_wrong_smtp_password_is_not_tried_every_minute_either(
    tmp_path: Path, dovecot: Dovecot, hook: WebhookSink
) -> None:
    """Item 6: the same for outgoing mail; the mailbox is read all the while."""
    with submission(dovecot) as server:
        smtp = replace(server.settings(), password="wrong")
        world = make_world(tmp_path, smtp, dovecot.settings("exchange.smtp@kabinet.test"))
        login = {"smtp_user": smtp.user, "smtp_password": SecretStr("wrong"), "alert_webhook": hook.url}
        world.settings = world.settings.model_copy(update=login)
        tried = []
        for _ in range(4):
            with pytest.raises((LoginRefusedError, UnreachableError)):
                world.run("collect", "deliver")
            tried.append(server.logins)
            world.later(MINUTE * 1.5)  # pauses are counted from the refusal, a moment after the step begins
        assert tried == [1, 2, 2, 3]
        with world.context() as context:
            alert.run(context, world.now)
        assert hook.told() == [("smtp.login_refused", "begun")]


@pytest.mark.system("dovecot")
def test_e6_the_watch_leaves_a_mailbox_alone_that_refused_it(tmp_path: Path, dovecot: Dovecot) -> None:
    """Item 6: the threads that listen keep the same pause as the rounds."""
    with tcp_proxy(dovecot.imap_port) as proxy, smtp_sink() as sink:
        imap = replace(dovecot.settings("exchange.alone@kabinet.test"), port=proxy.port, password="wrong")
        world = make_world(tmp_path, sink.settings(), imap)
        rounds: list[Summary] = []
        with world.context() as context:
            watch = Watch(context, 0.1, rounds.append)
            thread = threading.Thread(target=watch.run)
            thread.start()
            wait_until(lambda: len(rounds) > 12, "rounds", 60)
            watch.stop()
            thread.join(30)
        assert 1 <= len(proxy.connections) / 2 <= 2  # the thread and the first round at once, then nobody


def test_e6_what_comes_between_two_refusals_does_not_shorten_the_pause(post: Post) -> None:
    """Item 6: refused, refused, not reached, refused: the third refusal is the third."""
    place = {"host": "h", "port": 1, "reason": "r"}
    refused = LoginRefusedError("imap.login_refused", user="u", **place)
    cut = UnreachableError("imap.unreachable", **place)
    for minute, error in ((0, refused), (1, refused), (3, cut), (4, refused)):
        now = post.now + minute * MINUTE
        with post.context() as context:
            inbox = context.inboxes[0]
            with pytest.raises(type(error)), Access(context, inbox.server, now).through(inbox.open):
                raise error
            with context.store.reading() as session:
                (fault,) = servers.faults(session).values()
    assert (fault.refusals, fault.next_try_at) == (3, now + 5 * MINUTE)


def test_e6_a_folder_that_is_not_there_is_told_apart_from_its_mailbox(post: Post, health: Health) -> None:
    """Item 6: one folder of two; the other is read, and the fault has its instant from the first time on."""
    post.settings = post.settings.model_copy(update={"imap_folders": ("INBOX", "Junk")})
    first = post.now
    for _ in range(3):
        exchanged(post)
        post.later(MINUTE)
    found = health()
    assert codes(found) == ["imap.no_folder"]
    assert datetime.fromisoformat(found[1]["problems"][0]["since"]) == first
    post.settings = post.settings.model_copy(update={"imap_folders": ("INBOX",)})
    assert codes(health()) == []
    with post.context() as context, context.store.reading() as session:
        assert len(servers.faults(session)) == 1


# -- the monitor ----------------------------------------------------------------------------------------------------


def test_e6_the_monitor_says_what_begins_and_what_is_over_and_sends_the_letter_itself(
    post: Post, hook: WebhookSink
) -> None:
    """Item 6: it runs where the schedule does not, so the letter that the schedule is dead leaves all the same."""
    said: list[str] = []
    monitor = Monitor(post.context, 60, said.append, clock=lambda: post.now)
    monitor.look()
    for minutes in (5, 5, 1, 1):
        post.later(minutes * MINUTE)
        monitor.look()
    assert len(said) == 1
    assert "Обмен письмами сам не идёт" in said[0]
    assert "Неполадка" in str(post.last(SUPPORT)["Subject"])
    exchanged(post)
    monitor.look()
    assert said[1].startswith("Снова в порядке")
    assert hook.told() == [("silent.exchange", "begun"), ("silent.exchange", "over")]


def test_e6_m44_the_monitor_sees_that_what_was_declared_never_fires(tmp_path: Path) -> None:
    """Item 6: ``kabinet up`` runs, everything looks ready, and no schedule ever fires."""
    fresh = make_post(tmp_path)
    said: list[str] = []
    monitor = Monitor(fresh.context, 60, said.append, clock=lambda: fresh.now)
    for _ in range(9):
        monitor.look()
        fresh.later(5 * MINUTE)
    assert ["не было ни разу" in line for line in said] == [True] * len(said)
    assert len(said) == 2  # the exchange after ten minutes, the closing after thirty
    with fresh.context() as context, context.store.reading() as session:
        assert {found.problem.code for found in alerts.recent(session, fresh.now)} == {
            "silent.exchange",
            "silent.close",
        }


def test_e6_m46_the_monitor_tells_of_a_database_that_is_shut_by_webhook(
    post: Post, hook: WebhookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 6: without a database nothing can be put on record; the webhook hears of it once, and when it is back."""
    said: list[str] = []
    shut = False

    @contextmanager
    def opening() -> Iterator[Context]:
        if shut:
            raise UnreachableError("store.unreachable", url="postgresql://host/base", reason="refused")
        with post.context() as context:
            yield context

    monitor = Monitor(opening, 60, said.append, clock=lambda: post.now)
    monitor.look()
    shut = True
    hook.status = 500
    monitor.look()
    hook.status = 200
    monitor.look()
    monitor.look()
    shut = False
    monitor.look()
    assert hook.told() == [("store.unreachable", "begun"), ("store.unreachable", "over")]
    assert len(said) == 2


def test_e6_the_monitors_thread_outlives_whatever_is_raised(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 6: it never dies, and a closed terminal is nothing to it."""
    looks = []

    def broken(*_: object) -> None:
        looks.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(monitoring, "problems", broken)
    with Monitor(post.context, 0.01, lambda _: None) as monitor:
        wait_until(lambda: len(looks) > 3, "looks")
    assert monitor._thread is not None
    assert not monitor._thread.is_alive()
