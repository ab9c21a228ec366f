"""The mailbox as the steps know it: the same for the fake, a real Dovecot and the embedded server."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal

import pytest

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mailbox import ImapMailbox, ImapSettings
from pipeline.steps.base.fakes.mailbox import FakeMailServer
from pipeline.steps.base.ports import MailboxSession
from tests.systems.dovecot import PASSWORD, Dovecot
from tests.systems.embedded import EmbeddedMail
from tests.systems.programs import Certificate, free_port
from tests.systems.smtp_sink import tcp_proxy

FOR_EVER = 10_000.0  # seconds: longer than any test may last
_numbers = count(1)


@dataclass(frozen=True)
class Rig:
    """One account, empty at first."""

    open: Callable[[], MailboxSession]
    deliver: Callable[[bytes], object]
    keeps_bytes: bool = True


def letter(recipient: str, word: str) -> bytes:
    lines = (f"From: org@org.test\r\nTo: {recipient}\r\nSubject: {word}\r\n", f"\r\nтекст {word}\r\n.\r\n..\r\n")
    return "".join(lines).encode()


def account() -> str:
    return f"box{next(_numbers)}@kabinet.test"


@pytest.fixture(
    params=[
        "fake",
        pytest.param("dovecot", marks=pytest.mark.system("dovecot")),
        pytest.param("older", marks=pytest.mark.system("dovecot")),
        "embedded",
    ]
)
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "fake":
        fake = FakeMailServer()
        return Rig(fake.open, fake.deliver)
    login = account()
    if request.param == "embedded":
        embedded: EmbeddedMail = request.getfixturevalue("embedded_mail")

        def by_smtp(data: bytes) -> None:
            header, _, rest = data.partition(b"\r\nSubject:")
            addressed = header.partition(b"\r\nTo:")[0] + f"\r\nTo: {login}\r\nSubject:".encode() + rest
            with smtplib.SMTP("127.0.0.1", embedded.smtp_port, local_hostname="localhost") as smtp:
                smtp.sendmail("org@org.test", [login], addressed)

        return Rig(lambda: ImapMailbox(embedded.imap(login)), by_smtp, keeps_bytes=False)
    server: Dovecot = request.getfixturevalue("dovecot" if request.param == "dovecot" else "dovecot_without_move")
    return Rig(lambda: ImapMailbox(server.settings(login)), lambda data: server.deliver(login, data))


def test_bytes_uid_and_receipt_time_are_what_the_server_has(rig: Rig) -> None:
    data = letter("box@kabinet.test", "один")
    rig.deliver(data)
    with rig.open() as mailbox:
        assert mailbox.select("INBOX") > 0
        (uid,) = mailbox.uids()
        (message,) = mailbox.fetch([uid])
    assert message.uid == uid
    assert message.received_at.tzinfo is UTC
    assert abs(message.received_at - datetime.now(UTC)) < timedelta(minutes=1)
    if rig.keeps_bytes:  # the embedded server writes messages anew; a real one only puts its own headers on top
        assert message.data.endswith(data)


def test_size_and_receipt_time_of_many_are_told_without_their_bytes_and_kept_by_a_move(rig: Rig) -> None:
    rig.deliver(letter("box@kabinet.test", "один"))
    rig.deliver(letter("box@kabinet.test", "два, подлиннее"))
    with rig.open() as mailbox:
        mailbox.select("INBOX")
        uids = mailbox.uids()
        marks = mailbox.marks([*uids, 999_999])
        assert {uid: received_at for uid, (_, received_at) in marks.items()} == {
            message.uid: message.received_at for message in mailbox.fetch(uids)
        }
        if rig.keeps_bytes:
            assert [size for size, _ in marks.values()] == [len(message.data) for message in mailbox.fetch(uids)]
        mailbox.move(uids, "Kabinet/Задержано")
        mailbox.select("Kabinet/Задержано")
        assert sorted(mailbox.marks(mailbox.uids()).values()) == sorted(marks.values())


def test_m01_uids_are_listed_once_and_moving_does_not_shift_them(rig: Rig) -> None:
    for number in range(6):
        rig.deliver(letter("box@kabinet.test", f"n{number}"))
    with rig.open() as mailbox:
        mailbox.select("INBOX")
        uids = mailbox.uids()
        assert uids == sorted(uids)
        assert len(uids) == 6
        mailbox.move(uids[::2], "Kabinet")
        assert mailbox.uids() == uids[1::2]
        assert [message.uid for message in mailbox.fetch(uids)] == uids[1::2]


def test_moved_messages_are_in_a_folder_with_a_russian_name(rig: Rig) -> None:
    rig.deliver(letter("box@kabinet.test", "перенос"))
    folder = "Обработано & «готово»"
    with rig.open() as mailbox:
        mailbox.select("INBOX")
        before = list(mailbox.fetch(mailbox.uids()))
        mailbox.move([message.uid for message in before], folder)
        assert mailbox.uids() == []
        mailbox.select(folder)
        after = list(mailbox.fetch(mailbox.uids()))
        mailbox.select("INBOX")
        mailbox.move([], folder)
    assert [message.data for message in after] == [message.data for message in before]
    assert [message.received_at for message in after] == [message.received_at for message in before]


def test_m04_vanished_messages_are_left_out_and_the_rest_still_come(rig: Rig) -> None:
    for number in range(4):
        rig.deliver(letter("box@kabinet.test", f"v{number}"))
    with rig.open() as mailbox, rig.open() as other:
        mailbox.select("INBOX")
        uids = mailbox.uids()
        other.select("INBOX")
        other.move(uids[:2], "Elsewhere")
        assert [message.uid for message in mailbox.fetch([*uids, uids[-1] + 1000])] == uids[2:]
        mailbox.move(uids, "Kabinet")  # what is gone is no error
        assert mailbox.uids() == []


def test_mail_that_comes_during_the_session_is_seen(rig: Rig) -> None:
    with rig.open() as mailbox:
        mailbox.select("INBOX")
        assert mailbox.uids() == []
        assert list(mailbox.fetch([])) == []
        rig.deliver(letter("box@kabinet.test", "новое"))
        assert len(mailbox.uids()) == 1


def test_a_folder_that_is_not_there_is_named(rig: Rig) -> None:
    with rig.open() as mailbox, pytest.raises(ConfigurationError, match="Нет такой"):
        mailbox.select("Нет такой")


def test_of_a_message_that_is_too_large_only_the_header_comes(rig: Rig) -> None:
    rig.deliver(letter("box@kabinet.test", "малое"))
    rig.deliver(letter("box@kabinet.test", "большое") + (b"x" * 70 + b"\r\n") * 800)
    with rig.open() as mailbox:
        mailbox.select("INBOX")
        small, large = sorted(mailbox.fetch(mailbox.uids(), 40_000), key=lambda message: message.uid)
        assert small.size is None
        assert large.size is not None
        assert large.size > 50_000
        assert b"Subject: " in large.data
        assert len(large.data) < 5_000
        assert [message.size for message in mailbox.fetch(mailbox.uids(), 40)] != [None, None]
        assert [message.size for message in mailbox.fetch(mailbox.uids())] == [None, None]


def test_a_folder_within_a_folder_is_named_with_a_slash_on_every_server(rig: Rig) -> None:
    rig.deliver(letter("box@kabinet.test", "уровни"))
    with rig.open() as mailbox:
        mailbox.select("INBOX")
        mailbox.move(mailbox.uids(), "Кабинет/Принято")
        assert mailbox.uids() == []
        mailbox.select("Кабинет/Принято")
        assert len(mailbox.uids()) == 1


def test_waiting_ends_in_time_and_when_told_to(rig: Rig) -> None:
    with rig.open() as mailbox:
        mailbox.select("INBOX")
        assert mailbox.wait(0.3, lambda: False) is False
        asked = count()
        assert mailbox.wait(FOR_EVER, lambda: next(asked) > 0) is False


# -- what only a real server can do to us ---------------------------------------------------------------------------

dovecot_only = pytest.mark.system("dovecot")


@dovecot_only
def test_m03_messages_opened_by_a_person_are_fetched_and_flags_stay_as_they_are(dovecot: Dovecot) -> None:
    login = account()
    for number in range(2):
        dovecot.deliver(login, letter(login, f"f{number}"))
    dovecot.set_seen(login, 1)
    before = dovecot.flags(login)
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        mailbox.select("INBOX")
        assert len(list(mailbox.fetch(mailbox.uids()))) == 2
    assert dovecot.flags(login) == before
    assert [b"\\Seen" in flags for flags in before] == [True, False]


@dovecot_only
def test_m04_a_flag_changed_by_somebody_else_does_not_disturb_fetching(dovecot: Dovecot) -> None:
    login = account()
    for number in range(20):
        dovecot.deliver(login, letter(login, f"g{number}"))
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        mailbox.select("INBOX")
        uids = mailbox.uids()
        for uid in uids[::3]:
            dovecot.set_seen(login, uid)
        dovecot.expunge(login, uids[4])
        messages = list(mailbox.fetch(uids))
    assert [message.uid for message in messages] == [uid for uid in uids if uid != uids[4]]
    assert all(message.data for message in messages)


@dovecot_only
def test_m05_uidvalidity_tells_that_the_mailbox_was_numbered_anew(dovecot: Dovecot) -> None:
    login = account()
    dovecot.deliver(login, letter(login, "before"))
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        first = mailbox.select("INBOX")
        assert mailbox.select("INBOX") == first
    dovecot.change_uidvalidity(login)
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        assert mailbox.select("INBOX") != first
        assert len(list(mailbox.fetch(mailbox.uids()))) == 1


@dovecot_only
def test_m05_uidvalidity_changed_within_a_session_stops_it(dovecot: Dovecot) -> None:
    login = account()
    dovecot.deliver(login, letter(login, "one"))
    mailbox = ImapMailbox(dovecot.settings(login))
    with mailbox:
        mailbox.select("INBOX")
        uids = mailbox.uids()
        dovecot.kick(login)
        dovecot.change_uidvalidity(login)
        with pytest.raises(UnreachableError, match="пересоздали"):
            list(mailbox.fetch(uids))


@dovecot_only
def test_m21_a_session_cut_by_the_server_goes_on(dovecot: Dovecot) -> None:
    login = account()
    for number in range(3):
        dovecot.deliver(login, letter(login, f"k{number}"))
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        mailbox.select("INBOX")
        uids = mailbox.uids()
        dovecot.kick(login)
        assert [message.uid for message in mailbox.fetch(uids)] == uids
        dovecot.kick(login)
        dovecot.restart()
        mailbox.move(uids, "Kabinet")
        assert mailbox.uids() == []
    assert len(dovecot.messages(login, "Kabinet")) == 3


@dovecot_only
def test_m21_a_cut_in_the_middle_of_a_download_starts_that_chunk_again(dovecot: Dovecot) -> None:
    login = account()
    for number in range(5):
        dovecot.deliver(login, letter(login, f"c{number}"))
    with tcp_proxy(dovecot.imap_port) as proxy:
        settings = dovecot.settings(login)
        through = ImapSettings("127.0.0.1", proxy.port, login, settings.password, "none", 5)
        with ImapMailbox(through) as mailbox:
            mailbox.select("INBOX")
            uids = mailbox.uids()
            proxy.cut_after = b"BODY.PEEK"
            assert [message.uid for message in mailbox.fetch(uids)] == uids
            assert proxy.cut_after == b""


@dovecot_only
def test_m21_a_server_that_falls_silent_is_given_up(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.mailbox.session._PAUSES", (0.01, 0.01))
    login = account()
    with tcp_proxy(dovecot.imap_port) as proxy:
        through = ImapSettings("127.0.0.1", proxy.port, login, dovecot.settings(login).password, "none", 0.5)
        with ImapMailbox(through) as mailbox:
            mailbox.select("INBOX")
            proxy.swallow = True
            with pytest.raises(UnreachableError, match="письма целы"):
                mailbox.uids()


@dovecot_only
def test_m21_mail_that_comes_ends_the_waiting(dovecot: Dovecot) -> None:
    login = account()
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        mailbox.select("INBOX")
        threading.Timer(0.5, dovecot.deliver, (login, letter(login, "одно"))).start()
        assert mailbox.wait(FOR_EVER, lambda: False) is True
        # What came while nobody waited is told as soon as somebody does, or is there to be listed.
        dovecot.deliver(login, letter(login, "второе"))
        assert mailbox.wait(2, lambda: False) is True
        assert len(mailbox.uids()) == 2


@dovecot_only
def test_m21_a_cut_while_waiting_is_mended_and_counts_as_news(dovecot: Dovecot) -> None:
    login = account()
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        mailbox.select("INBOX")
        threading.Timer(0.5, dovecot.kick, (login,)).start()
        assert mailbox.wait(60, lambda: False) is True
        assert mailbox.uids() == []


@dovecot_only
def test_m21_a_server_that_falls_silent_while_waiting_is_noticed(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.mailbox.session._PAUSES", (0.01,))
    login = account()
    with tcp_proxy(dovecot.imap_port) as proxy:
        through = ImapSettings("127.0.0.1", proxy.port, login, dovecot.settings(login).password, "none", 0.5)
        with ImapMailbox(through) as mailbox:
            mailbox.select("INBOX")
            assert mailbox.wait(0.2, lambda: False) is False
            proxy.swallow = True
            with pytest.raises(UnreachableError, match="письма целы"):
                mailbox.wait(1, lambda: False)


@dovecot_only
@pytest.mark.parametrize("tls", ["none", "tls"])
def test_m21_waiting_works_through_encryption_too(
    dovecot: Dovecot,
    dovecot_with_tls: Dovecot,
    certificate: Certificate,
    tls: Literal["none", "tls"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    server, login = (dovecot_with_tls if tls == "tls" else dovecot), account()
    port = server.imaps_port if tls == "tls" else server.imap_port
    with ImapMailbox(ImapSettings("localhost", port, login, PASSWORD, tls, 10)) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.wait(0.5, lambda: False) is False
        for number in range(3):
            threading.Timer(0.3, server.deliver, (login, letter(login, f"t{number}"))).start()
        assert mailbox.wait(30, lambda: False) is True
        time.sleep(0.5)
        assert len(mailbox.uids()) == 3


@dovecot_only
def test_m26_many_messages_come_in_bounded_chunks(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.mailbox.session._CHUNK_BYTES", 3000)
    monkeypatch.setattr("pipeline.mailbox.session._SIZES_AT_ONCE", 7)
    monkeypatch.setattr("pipeline.mailbox.replies._SET_LENGTH", 6)
    login = account()
    for number in range(20):
        dovecot.deliver(login, letter(login, f"b{number}") + b"x" * 100 * number)
    with ImapMailbox(dovecot.settings(login)) as mailbox:
        mailbox.select("INBOX")
        uids = mailbox.uids()
        mailbox.move(uids[1::3], "Aside")
        left = mailbox.uids()
        assert [message.uid for message in mailbox.fetch(uids)] == left
    assert len(dovecot.messages(login, "Aside")) == 7


@pytest.fixture
def without_move(dovecot_without_move: Dovecot) -> tuple[Dovecot, str]:
    login = account()
    for number in range(3):
        dovecot_without_move.deliver(login, letter(login, f"w{number}"))
    return dovecot_without_move, login


@dovecot_only
def test_m27_without_move_only_ours_is_expunged(without_move: tuple[Dovecot, str]) -> None:
    server, login = without_move
    # Somebody else has marked a message for removal and may still change their mind.
    server._ask("flags", "add", "-u", login, r"\Deleted", "mailbox", "INBOX", "uid", "3")
    with ImapMailbox(server.settings(login)) as mailbox:
        mailbox.select("INBOX")
        mailbox.move([1], "Kabinet")
        assert mailbox.uids() == [2, 3]
    assert len(server.messages(login, "Kabinet")) == 1


@dovecot_only
def test_m27_without_uidplus_everything_stays(dovecot_without_uidplus: Dovecot) -> None:
    server, login = dovecot_without_uidplus, account()
    server.deliver(login, letter(login, "stays"))
    with ImapMailbox(server.settings(login)) as mailbox:
        mailbox.select("INBOX")
        mailbox.move(mailbox.uids(), "Kabinet")
        assert len(mailbox.uids()) == 1


@dovecot_only
def test_a_wrong_password_is_one_sentence(dovecot: Dovecot) -> None:
    settings = ImapSettings("127.0.0.1", dovecot.imap_port, "someone@kabinet.test", "wrong", "none", 10)
    with pytest.raises(ConfigurationError, match="KABINET_IMAP_PASSWORD") as caught, ImapMailbox(settings):
        pass
    assert caught.value.exit_code == 2
    assert "wrong" not in str(caught.value)


@dovecot_only
def test_a_server_without_starttls_is_one_sentence(dovecot: Dovecot) -> None:
    settings = ImapSettings("127.0.0.1", dovecot.imap_port, "someone@kabinet.test", "word", "starttls", 10)
    with pytest.raises(ConfigurationError, match="STARTTLS"), ImapMailbox(settings):
        pass


@dovecot_only
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_the_connection_is_encrypted_and_the_certificate_checked(
    dovecot_with_tls: Dovecot,
    certificate: Certificate,
    tls: Literal["starttls", "tls"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    login = account()
    dovecot_with_tls.deliver(login, letter(login, "тайна"))
    port = dovecot_with_tls.imap_port if tls == "starttls" else dovecot_with_tls.imaps_port
    settings = ImapSettings("localhost", port, login, PASSWORD, tls, 10)
    with pytest.raises(ConfigurationError, match="Сертификат"), ImapMailbox(settings):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with ImapMailbox(settings) as mailbox:
        mailbox.select("INBOX")
        assert len(list(mailbox.fetch(mailbox.uids()))) == 1
    with pytest.raises(ConfigurationError, match="Сертификат"), ImapMailbox(replace(settings, host="127.0.0.1")):
        pass


@dovecot_only
def test_letters_beyond_ascii_in_a_password_are_sent_as_utf8(dovecot: Dovecot) -> None:
    settings = ImapSettings("127.0.0.1", dovecot.imap_port, "someone@kabinet.test", "пароль", "none", 10)
    with pytest.raises(ConfigurationError, match="KABINET_IMAP_PASSWORD"), ImapMailbox(settings):
        pass


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_an_unreachable_server_is_one_sentence(tls: Literal["none", "starttls", "tls"]) -> None:
    port = free_port()
    settings = ImapSettings("127.0.0.1", port, "someone@kabinet.test", "word", tls, 2)
    with pytest.raises(UnreachableError, match=f"127.0.0.1:{port} не отвечает") as caught, ImapMailbox(settings):
        pass
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)


def test_the_password_is_not_shown() -> None:
    assert "geheim" not in repr(ImapSettings("imap.kabinet.test", 993, "user", "geheim"))
