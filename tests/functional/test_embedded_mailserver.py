"""The embedded mail server as a process: it carries the demonstration, and it never outlives us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.embedded.mailserver import EmbeddedMailServer
from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mailbox import ImapMailbox, ImapSettings
from pipeline.model import SendOutcome
from pipeline.outbox import SmtpSettings, SmtpTransport
from tests.systems.embedded import EmbeddedMail
from tests.systems.programs import free_port, wait_until

EXCHANGE = "exchange@kabinet.test"
_STARTER = """
import sys, time
from pipeline.embedded.mailserver import EmbeddedMailServer
server = EmbeddedMailServer("exchange@kabinet.test", *map(int, sys.argv[1:]), "embedded")
server.start()
print("child", server.pid, flush=True)
time.sleep(600)
"""


def server(**ports: int) -> EmbeddedMailServer:
    smtp, imap, web = (ports.get(name) or free_port() for name in ("smtp_port", "imap_port", "web_port"))
    return EmbeddedMailServer(EXCHANGE, smtp, imap, web, "embedded")


def runs(pid: int) -> bool:
    """Whether a process is there and not merely unburied."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text(encoding="ascii", errors="replace").rpartition(")")[2][1] == "Z")


def test_fifty_letters_reach_fifty_mailboxes_and_their_answers_the_exchange(embedded_mail: EmbeddedMail) -> None:
    logins = [f"spo{number:06d}@org.test" for number in range(50)]
    body = b"\r\n" + (b"x" * 70 + b"\r\n") * 400
    with SmtpTransport(embedded_mail.smtp()) as transport:
        for number, login in enumerate(logins):
            out = f"From: {EXCHANGE}\r\nTo: =?utf-8?b?0KjQutC+0LvQsA==?= <{login}>\r\nSubject: {number}\r\n".encode()
            assert transport.send(f"exchange+b{number}@kabinet.test", login, out + body).outcome is SendOutcome.SENT
            reply = f"exchange+t{number}.abc@kabinet.test"
            answer = f"From: {login}\r\nTo: {reply}\r\nSubject: Re: {number}\r\n".encode()
            assert transport.send(login, reply, answer + body).outcome is SendOutcome.SENT
    for number, login in enumerate(logins):
        with ImapMailbox(embedded_mail.imap(login)) as mailbox:
            mailbox.select("INBOX")
            (message,) = mailbox.fetch(mailbox.uids())
        assert f"Subject: {number}\n".encode() in message.data.replace(b"\r", b"")
    with ImapMailbox(embedded_mail.imap(EXCHANGE)) as mailbox:
        mailbox.select("INBOX")
        assert len(list(mailbox.fetch(mailbox.uids()))) == 50
    with urllib.request.urlopen(embedded_mail.server.web_url, timeout=10) as page:
        assert page.status == 200


def test_receipt_times_are_right_in_any_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kamchatka")
    with server() as running:
        smtp, imap, _ = running._ports.values()
        with SmtpTransport(SmtpSettings("127.0.0.1", smtp, tls="none")) as transport:
            transport.send("a@org.test", EXCHANGE, f"To: {EXCHANGE}\r\n\r\nx\r\n".encode())
        with ImapMailbox(ImapSettings("127.0.0.1", imap, EXCHANGE, "embedded", "none")) as mailbox:
            mailbox.select("INBOX")
            (message,) = mailbox.fetch(mailbox.uids())
    assert abs(message.received_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("argument", "variable"),
    [
        ("smtp_port", "KABINET_EMBEDDED_SMTP_PORT"),
        ("imap_port", "KABINET_EMBEDDED_IMAP_PORT"),
        ("web_port", "KABINET_EMBEDDED_WEB_PORT"),
    ],
)
def test_a_taken_port_is_one_sentence_naming_the_setting(argument: str, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Порт {port} занят.*{variable}") as caught:
            server(**{argument: port}).start()
    assert caught.value.exit_code == 2


def test_stopping_leaves_nothing_and_the_same_ports_serve_again() -> None:
    ports = {"smtp_port": free_port(), "imap_port": free_port(), "web_port": free_port()}
    for _ in range(2):
        running = server(**ports)
        running.start()
        pid = running.pid
        assert pid is not None
        running.stop()
        running.stop()
        assert not runs(pid)
        assert running.pid is None


def test_a_server_that_ends_at_once_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mail_devel.py").write_text("raise SystemExit(7)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # found before the packaged one
    running = server()
    with pytest.raises(UnreachableError, match="программа завершилась с кодом 7"):
        running.start()
    assert running.pid is None


def test_a_server_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mail_devel", None)
    with pytest.raises(ConfigurationError, match=r"kabinet\[demo\]"):
        server().start()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_when_we_are_killed(number: signal.Signals) -> None:
    ports = [str(free_port()) for _ in range(3)]
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER, *ports], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as starter:
        assert starter.stdout is not None
        lines = iter(starter.stdout.readline, "")
        child = next(int(line.split()[1]) for line in lines if line.startswith("child"))
        assert runs(child)
        starter.send_signal(number)
        starter.wait(10)
    wait_until(lambda: not runs(child), "the end of the embedded server", 10)
