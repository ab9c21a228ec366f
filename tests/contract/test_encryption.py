"""Somebody between us and the mail server takes STARTTLS out of what it offers (F8): no password is sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.doctor import examine
from pipeline.errors import ConfigurationError, UnreachableError, UserError
from pipeline.mail.hosts import is_loopback
from pipeline.mailbox import ImapMailbox, ImapSettings, connection
from pipeline.outbox import SmtpSettings, SmtpTransport, connecting
from pipeline.settings import load_settings

SECRET = "5ecret"
FAR = "mail.example.org"
SERVERS = {"IMAP_HOST": FAR, "SMTP_HOST": FAR, "IMAP_2_HOST": FAR, "IMAP_2_USER": "another"}


@contextmanager
def stripped(greeting: bytes, answers: dict[bytes, bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the port of a server that answers lines by a word in them, and the lines that it is told."""
    told: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(greeting)
            stream.flush()
            for line in stream:
                told.append(line)
                tag = line.split()[0]
                answer = next((found for word, found in answers.items() if word in line.upper()), b"")
                stream.write(answer.replace(b"TAG", tag))
                stream.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], told
    finally:
        listener.close()
        thread.join(10)


@pytest.mark.parametrize(
    ("offered", "answer"),
    [(b"", b""), (b" STARTTLS", b"TAG NO not here\r\n"), (b" STARTTLS", b"TAG BAD what\r\n")],
    ids=["not offered", "no", "bad"],
)
def test_f8_imap_without_starttls_gets_no_password_and_is_no_reason_to_do_without(
    offered: bytes, answer: bytes
) -> None:
    capability = b"* CAPABILITY IMAP4rev1" + offered + b"\r\nTAG OK done\r\n"
    logout = b"* BYE bye\r\nTAG OK done\r\n"
    with stripped(b"* OK hello\r\n", {b"CAPABILITY": capability, b"STARTTLS": answer, b"LOGOUT": logout}) as (
        port,
        told,
    ):
        settings = ImapSettings("127.0.0.1", port, "user", SECRET, "starttls", 10)
        with pytest.raises(ConfigurationError) as refused, ImapMailbox(settings):
            pass
    _assert_warns(refused.value, told, "993")


@pytest.mark.parametrize(
    ("offered", "answer"),
    [(b"250 hello\r\n", b""), (b"250-hello\r\n250 STARTTLS\r\n", b"502 5.5.1 not here\r\n")],
    ids=["not offered", "refused"],
)
def test_f8_smtp_without_starttls_gets_no_password_and_is_no_reason_to_do_without(
    offered: bytes, answer: bytes
) -> None:
    with stripped(b"220 hello\r\n", {b"EHLO": offered, b"STARTTLS": answer, b"QUIT": b"221 bye\r\n"}) as (port, told):
        settings = SmtpSettings("127.0.0.1", port, "user", SECRET, "starttls", 10)
        with pytest.raises(ConfigurationError) as refused, SmtpTransport(settings):
            pass
    _assert_warns(refused.value, told, "465")


def test_f8_smtp_that_cannot_encrypt_just_now_is_asked_again_later() -> None:
    answers = {b"EHLO": b"250-hello\r\n250 STARTTLS\r\n", b"STARTTLS": b"454 4.7.0 TLS not available\r\n"}
    with stripped(b"220 hello\r\n", answers) as (port, told):
        settings = SmtpSettings("127.0.0.1", port, "user", SECRET, "starttls", 10)
        with pytest.raises(UnreachableError, match="454"), SmtpTransport(settings):
            pass
    assert not any(b"AUTH" in line for line in told)


def _assert_warns(error: UserError, told: list[bytes], port: str) -> None:
    assert not any(b"LOGIN" in line or b"AUTH" in line for line in told)
    said = str(error)
    assert "none" not in said
    for word in ("STARTTLS", "администратора", "прослушивать", "TLS=tls", port):
        assert word in said


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("mail.localhost", True),
        ("mail.example.org", False),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("fe80::1%lo", False),
        ("", False),
    ],
)
def test_f8_only_loopback_is_this_machine(host: str, near: bool) -> None:
    assert is_loopback(host) is near


@pytest.mark.parametrize("plain", [False, True])
def test_f8_none_is_for_loopback_unless_a_setting_names_the_host(monkeypatch: pytest.MonkeyPatch, plain: bool) -> None:
    """Seen at the connection, whatever name led there; nothing is told before."""
    for module in (connecting, connection):
        monkeypatch.setattr(module, "is_loopback", lambda _: False)
    smtp = {b"EHLO": b"250-hello\r\n250 AUTH PLAIN\r\n", b"AUTH": b"235 welcome\r\n", b"QUIT": b"221 bye\r\n"}
    with stripped(b"220 hello\r\n", smtp) as (port, told):
        allowed = SmtpSettings("127.0.0.1", port, "user", SECRET, "none", 10, plain=plain)
        _assert_spoken_to(SmtpTransport(allowed), told, "KABINET_SMTP_TLS", plain=plain)
    capability = b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"
    imap = {b"CAPABILITY": capability, b"LOGIN": b"TAG OK done\r\n", b"LOGOUT": b"* BYE bye\r\nTAG OK done\r\n"}
    with stripped(b"* OK hello\r\n", imap) as (port, told):
        mailbox = ImapMailbox(ImapSettings("127.0.0.1", port, "user", SECRET, "none", 10, plain=plain))
        _assert_spoken_to(mailbox, told, "KABINET_IMAP_TLS", plain=plain)


def _assert_spoken_to(session: Any, told: list[bytes], variable: str, *, plain: bool) -> None:
    """Enter the session: it is used where ``plain``, else refused before the login, with the settings to look at."""
    if plain:
        with session:
            pass
    else:
        with pytest.raises(ConfigurationError, match=f"{variable}.*KABINET_PLAIN_HOSTS"), session:
            pass
    assert any(b"LOGIN" in line or b"AUTH" in line for line in told) is plain


def test_f8_a_setting_names_hosts_for_all_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SERVERS.items():
        monkeypatch.setenv(f"KABINET_{name}", value)
    for hosts, plain in (("", False), ("other.example.org", False), ("10.0.0.1, Mail.example.org", True)):
        monkeypatch.setenv("KABINET_PLAIN_HOSTS", hosts)
        known = load_settings()
        assert {known.smtp().plain, known.imap().plain, *(imap.plain for imap, _ in known.other_imaps())} == {plain}


def test_f8_the_doctor_names_hosts_that_are_talked_to_openly(tmp_path: Path) -> None:
    known = load_settings(
        state=tmp_path / "state",
        outbox=tmp_path / "outbox",
        smtp_host="smtp.invalid",
        smtp_tls="none",
        imap_host="127.0.0.1",
        imap_port=1,
        imap_tls="none",
        plain_hosts=("smtp.invalid",),
        mail_timeout=1,
    )
    said: list[str] = []
    examine(known, said.append, letter=False, wait=1)
    assert [line for line in said if "не шифруется" in line and "smtp.invalid" in line]
    assert not [line for line in said if "не шифруется" in line and "127.0.0.1" in line]
