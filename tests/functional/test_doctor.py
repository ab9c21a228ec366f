"""``kabinet doctor`` against real servers (item 6): logins, certificates, relay, a letter to itself, schedules."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline import wiring
from pipeline.doctor import examine
from pipeline.errors import LoginRefusedError, UnreachableError
from pipeline.model import ReceiptState
from pipeline.model.pulse import Way
from pipeline.settings import Settings
from pipeline.steps import check, collect, file
from pipeline.store import receipts
from pipeline.store.operations import (
    pulses,
    servers,
)
from tests.systems.dovecot import PASSWORD, Dovecot, run_dovecot
from tests.systems.programs import Certificate, free_port
from tests.systems.submission import PASSWORD as SMTP_PASSWORD
from tests.systems.submission import RELAY_DENIED, USER, Submission, submission

pytestmark = pytest.mark.system("dovecot")
WAIT = (
    8.0  # seconds: how long a letter that comes may take on a busy machine; one that does not come is waited for less
)
_numbers = count(1)


@pytest.fixture
def server(dovecot: Dovecot) -> Iterator[Submission]:
    with submission(dovecot) as server:
        yield server


def settings(tmp_path: Path, server: Submission, **parts: Any) -> Settings:
    """What somebody sets who has one mailbox at a provider."""
    address = f"exchange.doctor{next(_numbers)}@kabinet.test"
    return wiring.load_settings(
        **{
            "state": tmp_path / "state",
            "outbox": tmp_path / "outbox",
            "address": address,
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_user": USER,
            "smtp_password": SMTP_PASSWORD,
            "smtp_tls": "none",
            "imap_host": "127.0.0.1",
            "imap_port": server.dovecot.imap_port,
            "imap_password": PASSWORD,
            "imap_tls": "none",
            "mail_timeout": 10,
            **parts,
        }
    )


def asked(known: Settings, *, letter: bool = False, wait: float = WAIT) -> tuple[bool, str]:
    said: list[str] = []
    good = examine(known, said.append, letter=letter, wait=wait)
    return good, "\n".join(said)


def test_e6_a_letter_to_itself_proves_sending_reading_and_plus_addressing(tmp_path: Path, server: Submission) -> None:
    """Item 6: one letter, found by its Message-ID among others, which stay; no letter ever goes outside."""
    server.header = b"Authentication-Results: mx.kabinet.test; spf=pass smtp.mailfrom=kabinet.test\r\n"
    known = settings(tmp_path, server, imap_filing={"service": "Ours"})
    server.companion = b"Subject: somebody's\r\nMessage-ID: <1@org.test>\r\n\r\n.\r\n"
    server.dovecot.deliver(known.address, server.companion)
    good, said = asked(known, letter=True)
    assert good, said
    assert "плюс-адресация тоже" in said
    assert "KABINET_AUTHSERV_ID=mx.kabinet.test" in said
    assert "подтверждаются кодом" in said
    assert "отправляет письма" in said
    assert len(server.dovecot.messages(known.address)) == 2
    (ours,) = server.dovecot.messages(known.address, "Kabinet.Ours")
    assert b"k.doctor.plus." in ours
    (recipient,) = server.data
    assert recipient.startswith(known.address.partition("@")[0] + "+doctor-")


def test_f3_m29_the_doctor_says_what_a_missing_or_unreadable_verdict_costs(tmp_path: Path, server: Submission) -> None:
    server.header = b"Authentication-Results: mx.kabinet.test; spf=pass smtp.mailfrom=<>\r\n"
    _, said = asked(settings(tmp_path, server, authserv_id="mx.kabinet.test"), letter=True)
    assert "не по RFC 8601" in said
    assert "подтверждаются кодом" not in said
    _, said = asked(settings(tmp_path, server))
    assert "подтверждаются кодом" in said


@pytest.mark.parametrize("refused", [False, True])
def test_e6_without_plus_addressing_it_says_so_and_what_that_costs(tmp_path: Path, refused: bool) -> None:
    """Item 6: the letter to the plus-address does not come, or is refused; the one to the plain address does."""
    for dovecot in run_dovecot(delimiter=""):
        with submission(dovecot) as server:
            if refused:
                server.no_details = True
            good, said = asked(settings(tmp_path, server), letter=True, wait=1.5)
            assert not good
            assert "плюс-адресация не работает" in said
            assert "возвраты" in said
            assert ("не принял" in said) is refused


def test_e6_a_letter_that_comes_nowhere_is_told_with_what_to_look_at(tmp_path: Path, server: Submission) -> None:
    """Item 6: taken by the server, and read by nobody."""
    known = settings(tmp_path, server, imap_user="another.mailbox@kabinet.test")
    good, said = asked(known, letter=True, wait=0.5)
    assert not good
    assert "не пришло" in said
    assert "KABINET_IMAP_USER" in said


def test_e6_what_collect_meets_first_is_recorded_as_our_own_and_found_all_the_same(
    tmp_path: Path, server: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 6: a running exchange is quicker; it ignores the letter, and the doctor finds it where it was filed."""
    known = settings(tmp_path, server)
    from pipeline.doctor import _Letter

    found = _Letter._found

    def late(letter: _Letter, places: Any, mark: str) -> bytes | None:
        with wiring.context(known) as context:
            for step in (collect, check, file):
                step.run(context, datetime.now(UTC))
        return found(letter, places, mark)

    monkeypatch.setattr(_Letter, "_found", late)
    good, said = asked(known, letter=True)
    assert good, said
    with wiring.context(known) as context, context.store.reading() as session:
        (receipt,) = receipts.listed(session)
    assert (receipt.rule, receipt.state) == ("our-own", ReceiptState.DONE)


@pytest.mark.parametrize(
    ("relay", "good", "word"),
    [
        ("250 OK", True, "отправляет письма"),
        (RELAY_DENIED, False, "не отправляет письма"),
        ("550 relay not permitted", False, "не отправляет письма"),
        ("553 5.7.1 Sender address rejected: not owned by auth user", False, "не принимает писем от"),
        ("556 5.1.10 recipient domain has null MX", True, "не проверено"),
        ("450 4.2.0 greylisted", True, "не проверено"),
    ],
)
def test_e6_relay_is_tried_without_a_letter(
    tmp_path: Path, server: Submission, relay: str, good: bool, word: str
) -> None:
    """Item 6: MAIL, RCPT to a reserved domain, RSET; never DATA."""
    server.relay = relay
    found, said = asked(settings(tmp_path, server))
    assert (found, word in said) == (good, True), said
    assert server.data == []


def test_e6_without_a_login_the_server_says_that_it_wants_one(tmp_path: Path, server: Submission) -> None:
    """Item 6: MAIL FROM is refused where relay would be tried."""
    good, said = asked(settings(tmp_path, server, smtp_user=None, smtp_password=None))
    assert not good
    assert "530 5.7.0 Authentication required" in said


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        ("535 5.7.8 Error: authentication failed", "имя «exchange» или пароль"),
        ("535 5.7.8 bad password", "пароль не подошёл"),
        ("535 5.7.8 user unknown", "не знает имени"),
        ("534 5.7.9 Application-specific password required", "пароль приложения"),
    ],
)
def test_e6_a_refused_login_is_told_as_far_as_the_server_tells(
    tmp_path: Path, server: Submission, reply: str, word: str
) -> None:
    """Item 6: a wrong password and an unknown user are told apart where the reply lets one, else it says «или»."""
    server.refused_login = reply
    good, said = asked(settings(tmp_path, server, smtp_password="wrong", imap_password="wrong"))
    assert not good
    assert word in said
    assert "KABINET_IMAP_PASSWORD" in said
    assert "wrong" not in said


def test_e6_no_connection_no_host_and_no_tls_are_told_apart(tmp_path: Path, server: Submission) -> None:
    """Item 6: each with the setting to look at."""
    nobody = free_port()
    said = asked(settings(tmp_path, server, smtp_port=nobody, imap_host="no-such-host.invalid"))[1]
    assert f"127.0.0.1:{nobody} не отвечает, соединение отклонено" in said
    assert "Сервера входящей почты no-such-host.invalid нет" in said
    said = asked(settings(tmp_path, server, smtp_tls="tls", imap_tls="tls"))[1]
    assert "KABINET_SMTP_TLS" in said
    assert "KABINET_IMAP_TLS" in said


def test_e6_an_own_certificate_authority_is_named_by_ssl_cert_file(
    tmp_path: Path, dovecot_with_tls: Dovecot, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 6: the remedy that is named is one that works."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate.certificate, certificate.key)
    with submission(dovecot_with_tls, tls) as server:
        known = settings(
            tmp_path,
            server,
            smtp_host="localhost",
            smtp_tls="tls",
            imap_host="localhost",
            imap_port=dovecot_with_tls.imaps_port,
            imap_tls="tls",
        )
        good, said = asked(known)
        assert not good
        assert said.count("SSL_CERT_FILE") == 2
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
        assert asked(known)[0]


def test_e6_the_doctor_always_tries_and_its_success_ends_a_pause(tmp_path: Path, server: Submission) -> None:
    """Item 6: after a refused password the steps wait; a person who has put it right need not."""
    known = settings(tmp_path, server, imap_password="wrong")
    now = datetime.now(UTC)
    with wiring.context(known) as context:
        with pytest.raises(LoginRefusedError):
            collect.run(context, now)
        with pytest.raises(UnreachableError, match="kabinet doctor"):
            collect.run(context, now)
    assert "KABINET_IMAP_PASSWORD" in asked(known)[1]
    good = known.model_copy(update={"imap_password": SecretStr(PASSWORD)})
    assert asked(good)[0]
    with wiring.context(good) as context, context.store.reading() as session:
        assert servers.faults(session) == {}


@pytest.mark.parametrize(("minutes", "good"), [(5, True), (30, False)])
def test_e6_m44_it_says_when_each_schedule_last_ran_and_whether_that_is_late(
    tmp_path: Path, server: Submission, minutes: int, good: bool
) -> None:
    """Item 6: exit code 1 once a schedule that ran by itself is dead; nothing was ever started: neutral."""
    known = settings(tmp_path, server)
    found, said = asked(known)
    assert found
    assert "Обмен ещё не запускался сам" in said
    now = datetime.now(UTC)
    with wiring.context(known) as context, context.store.transaction() as session:
        for name in context.schedules:
            at = now - timedelta(minutes=minutes if name == "exchange" else 1)
            pulses.began(session, name, Way.SCHEDULE, at, timedelta(minutes=10))
            pulses.ended(session, name, Way.SCHEDULE, at)
    found, said = asked(known)
    assert found is good
    assert ("Обмен письмами сам не идёт с" in said) is not good
    assert ("Обмен письмами: последний запуск" in said) is good
    assert "Закрытие сборов: последний запуск" in said
