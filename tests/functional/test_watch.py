"""``kabinet watch``: an answer leaves within seconds, whatever breaks meanwhile (M21)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.errors import UnreachableError
from pipeline.mailbox import ImapMailbox
from pipeline.watching import Watch, watch_for
from tests.factories.replies import Reply, organisations, publish_to, replies
from tests.functional.world import World, make_world
from tests.systems.dovecot import Dovecot, run_dovecot
from tests.systems.programs import wait_until
from tests.systems.smtp_sink import SmtpSink, smtp_sink

pytestmark = pytest.mark.system("dovecot")
POLL = 600.0  # seconds: what is answered sooner was announced, or asked for
_numbers = count(1)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as sink:
        yield sink


def made(tmp_path: Path, sink: SmtpSink, dovecot: Dovecot, organisations_count: int = 4) -> tuple[World, list[Reply]]:
    """A world that is open, with its publication sent, and replies to it that nobody has sent yet."""
    world = make_world(tmp_path, sink.settings(), dovecot.settings(f"exchange.watch{next(_numbers)}@kabinet.test"))
    with world.context() as context:
        logins = organisations(organisations_count)
        publication = publish_to(context, logins, world.now)
        found = list(replies(context, publication, logins, world.now))
    world.run("deliver", "collect", "check")
    sink.taken.clear()
    return world, found


@contextmanager
def watching(world: World, poll: float) -> Iterator[None]:
    with world.context() as context:
        watch = Watch(context, poll)
        thread = threading.Thread(target=watch.run)
        thread.start()
        try:
            yield
        finally:
            watch.stop()
            thread.join(POLL / 5)
            assert not thread.is_alive()


def answered(sink: SmtpSink, number: int) -> None:
    """Wait for so many answers in all: on a busy machine for long, yet not for as long as ``POLL``."""
    wait_until(lambda: len(sink.taken) >= number, f"{number} answers", POLL / 5)


def test_m21_an_answer_leaves_by_idle_long_before_the_next_round(
    tmp_path: Path, sink: SmtpSink, dovecot: Dovecot
) -> None:
    world, found = made(tmp_path, sink, dovecot)
    address = world.settings.address
    with watching(world, poll=POLL):
        dovecot.deliver(address, found[0].content)
        answered(sink, 1)  # the first round may have taken it; it also warms what is loaded once
        time.sleep(1.5)
        dovecot.deliver(address, found[1].content)
        answered(sink, 2)
        # The connection that listens is cut: it comes back, and what came meanwhile is not lost.
        dovecot.kick(address)
        dovecot.deliver(address, found[2].content)
        answered(sink, 3)
        dovecot.restart()
        dovecot.deliver(address, found[3].content)
        answered(sink, 4)
    assert sorted(recipient for _, recipient, _ in sink.taken) == sorted(reply.login.addresses[0] for reply in found)


def test_m21_without_idle_the_server_is_asked(tmp_path: Path, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.mailbox.session._ASK_EVERY", 1.0)
    for server in run_dovecot("IMAP4rev1 LITERAL+ UIDPLUS MOVE NAMESPACE"):
        world, found = made(tmp_path, sink, server)
        with watching(world, poll=POLL):
            time.sleep(1.5)
            server.deliver(world.settings.address, found[0].content)
            answered(sink, 1)


def test_m21_when_idle_never_fires_a_round_comes_anyway(
    tmp_path: Path, sink: SmtpSink, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(box: object, seconds: float, stopped: object) -> bool:
        time.sleep(0.2)
        return False

    monkeypatch.setattr("pipeline.mailbox.session.idle", deaf)
    world, found = made(tmp_path, sink, dovecot)
    with watching(world, poll=1):
        dovecot.deliver(world.settings.address, found[0].content)
        answered(sink, 1)


def test_m21_faults_are_waited_out_and_never_end_the_watch(tmp_path: Path, sink: SmtpSink, dovecot: Dovecot) -> None:
    world, found = made(tmp_path, sink, dovecot)
    fails = [UnreachableError("imap.busy", host="h", port=1, reason="r"), RuntimeError("ours"), OSError("theirs")] * 2
    with world.context() as context:

        def opening() -> ImapMailbox:
            if fails:
                raise fails.pop()
            opened = context.open_mailbox()
            assert isinstance(opened, ImapMailbox)
            return opened

        dovecot.deliver(world.settings.address, found[0].content)
        watch = Watch(replace(context, open_mailbox=opening), poll=POLL)
        thread = threading.Thread(target=watch.run)
        thread.start()
        answered(sink, 1)
        watch.stop()
        thread.join(30)


def test_a_flow_watches_for_its_time_only(
    tmp_path: Path, sink: SmtpSink, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its three seconds are over when the answer has left, however long that takes on a busy machine."""
    world, found = made(tmp_path, sink, dovecot)
    dovecot.deliver(world.settings.address, found[0].content)
    asked_for: list[float] = []

    def timer(seconds: float, stop: Callable[[], None]) -> threading.Timer:
        def over() -> None:
            answered(sink, 1)
            stop()

        asked_for.append(seconds)
        return threading.Timer(0.1, over)

    monkeypatch.setattr("pipeline.watching.threading", SimpleNamespace(**vars(threading) | {"Timer": timer}))
    with world.context() as context:
        watch_for(context, 3, poll=POLL)
    assert (len(sink.taken), asked_for) == (1, [3])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_cleanly(
    tmp_path: Path, sink: SmtpSink, dovecot: Dovecot, number: signal.Signals
) -> None:
    world, found = made(tmp_path, sink, dovecot)
    settings = world.settings
    environment = os.environ | {
        "KABINET_STATE": str(settings.state),
        "KABINET_OUTBOX": str(settings.outbox),
        "KABINET_ADDRESS": settings.address,
        "KABINET_SMTP_HOST": "127.0.0.1",
        "KABINET_SMTP_PORT": str(sink.port),
        "KABINET_SMTP_TLS": "none",
        "KABINET_IMAP_HOST": "127.0.0.1",
        "KABINET_IMAP_PORT": str(dovecot.imap_port),
        "KABINET_IMAP_PASSWORD": str(world.servers.imap.password),
        "KABINET_IMAP_TLS": "none",
    }
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "watch"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        dovecot.deliver(settings.address, found[0].content)
        answered(sink, 1)
        time.sleep(1)
        child.send_signal(number)
        said, complaint = child.communicate(timeout=POLL / 5)
    assert child.returncode == 0, complaint
    assert "Остановлено" in said
    assert complaint == ""
    assert "Новых писем: 1" in said
