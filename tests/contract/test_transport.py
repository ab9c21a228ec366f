"""The transport as the steps know it: the same for the fake, a real Postfix before Dovecot, and the embedded server."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

import pytest

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mailbox import ImapMailbox
from pipeline.model import Parcel, SendOutcome, SendResult
from pipeline.outbox import SmtpSettings, SmtpTransport
from pipeline.steps.base.fakes.transport import FakeTransport
from pipeline.steps.base.ports import Transport
from tests.systems.embedded import EmbeddedMail
from tests.systems.postfix import DEFERRED, REFUSED, Postfix
from tests.systems.programs import Certificate, free_port
from tests.systems.smtp_sink import CUT, SmtpSink, scripted_server, smtp_sink, tcp_proxy

SENDER = "exchange+b17@kabinet.test"
_numbers = count(1)


@dataclass(frozen=True)
class Rig:
    """A server and a way to see what it has taken for an address."""

    open: Callable[[], Transport]
    received: Callable[[str], list[bytes]]
    refuses: bool = True


def letter(recipient: str, body: str = "текст\r\n.\r\n..две точки\r\n") -> bytes:
    head = (
        f"From: exchange@kabinet.test\r\nTo: {recipient}\r\nSubject: x\r\nMessage-ID: <{next(_numbers)}@kabinet.test>"
    )
    mime = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
    return f"{head}\r\n{mime}\r\n\r\n{body}".encode()


def address() -> str:
    return f"org{next(_numbers)}@org.test"


@pytest.fixture(params=["fake", pytest.param("postfix", marks=pytest.mark.system("postfix")), "embedded"])
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "fake":
        fake = FakeTransport(
            answers={
                REFUSED: SendResult(SendOutcome.REFUSED, "550 no such user"),
                DEFERRED: SendResult(SendOutcome.DEFERRED, "450 later"),
            }
        )
        return Rig(lambda: fake, fake.received)
    if request.param == "postfix":
        postfix: Postfix = request.getfixturevalue("postfix")
        return Rig(lambda: SmtpTransport(postfix.settings()), lambda login: postfix.wait_for(login, 1))
    embedded: EmbeddedMail = request.getfixturevalue("embedded_mail")

    def received(login: str) -> list[bytes]:
        with ImapMailbox(embedded.imap(login)) as mailbox:
            mailbox.select("INBOX")
            return [message.data for message in mailbox.fetch(mailbox.uids())]

    return Rig(lambda: SmtpTransport(embedded.smtp()), received, refuses=False)


def test_a_letter_is_taken_and_arrives_with_the_servers_words_on_record(rig: Rig) -> None:
    recipient = address()
    with rig.open() as transport:
        result = transport.send(SENDER, recipient, letter(recipient))
    assert result.outcome is SendOutcome.SENT
    assert result.reply.startswith("250")
    (arrived,) = rig.received(recipient)
    assert b"Subject: x" in arrived


def test_bytes_arrive_as_they_were_sent(rig: Rig) -> None:
    recipient = address()
    content = letter(recipient)
    with rig.open() as transport:
        transport.send(SENDER, recipient, content)
    (arrived,) = rig.received(recipient)
    if rig.refuses:  # 8-bit text, lines of dots, line ends; the embedded server writes messages anew
        assert arrived.endswith(content.partition(b"\r\n\r\n")[2])


def test_many_letters_go_over_one_connection_each_to_its_own_mailbox(rig: Rig) -> None:
    recipients = [address() for _ in range(10)]
    with rig.open() as transport:
        results = [transport.send(SENDER, recipient, letter(recipient)) for recipient in recipients]
    assert {result.outcome for result in results} == {SendOutcome.SENT}
    assert [len(rig.received(recipient)) for recipient in recipients] == [1] * 10


def test_m19_a_refused_recipient_does_not_stop_the_next(rig: Rig) -> None:
    recipient = address()
    with rig.open() as transport:
        refused = transport.send(SENDER, REFUSED, letter(REFUSED))
        deferred = transport.send(SENDER, DEFERRED, letter(DEFERRED))
        sent = transport.send(SENDER, recipient, letter(recipient))
    if rig.refuses:  # the embedded server takes everything
        assert (refused.outcome, refused.reply[:3]) == (SendOutcome.REFUSED, "550")
        assert (deferred.outcome, deferred.reply[:3]) == (SendOutcome.DEFERRED, "450")
    assert sent.outcome is SendOutcome.SENT
    assert len(rig.received(recipient)) == 1


# -- what servers do wrong -------------------------------------------------------------------------------------------


@pytest.fixture(params=[False, True], ids=["one-by-one", "in-groups"])
def sink(request: pytest.FixtureRequest) -> Iterator[SmtpSink]:
    with smtp_sink(pipelining=request.param) as running:
        yield running


def send(sink: SmtpSink, *recipients: str) -> list[SendResult]:
    with SmtpTransport(sink.settings()) as transport:
        return [transport.send(SENDER, recipient, letter(recipient)) for recipient in recipients]


def parcels(count: int, size: int = 100) -> list[Parcel]:
    return [
        Parcel(number, SENDER, f"{number}@org.test", letter(f"{number}@org.test", "строка\r\n" * (size // 14)))
        for number in range(count)
    ]


def all_sent(transport: SmtpTransport, letters: list[Parcel]) -> dict[int, SendResult]:
    return {parcel.letter_id: result for parcel, result in transport.send_all(letters)}


def outcomes(results: list[SendResult]) -> list[SendOutcome]:
    return [result.outcome for result in results]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("250 2.0.0 queued", SendOutcome.SENT),
        ("451 4.3.0 disk full", SendOutcome.DEFERRED),
        ("421 4.3.2 shutting down", SendOutcome.DEFERRED),
        ("552 5.3.4 too big", SendOutcome.REFUSED),
        ("554 5.7.1 spam", SendOutcome.REFUSED),
    ],
)
def test_the_answer_after_data_decides(sink: SmtpSink, answer: str, outcome: SendOutcome) -> None:
    sink.data_answers = [answer]
    first, second = send(sink, "a@org.test", "b@org.test")
    assert first == SendResult(outcome, answer)
    assert second.outcome is SendOutcome.SENT


def test_m12_a_connection_dropped_after_data_is_uncertain_and_not_sent_again(sink: SmtpSink) -> None:
    sink.data_answers = [CUT]
    assert outcomes(send(sink, "a@org.test", "b@org.test")) == [SendOutcome.UNCERTAIN, SendOutcome.SENT]
    assert [recipient for _, recipient, _ in sink.taken] == ["a@org.test", "b@org.test"]


def test_m12_a_lost_answer_is_uncertain(sink: SmtpSink) -> None:
    with tcp_proxy(sink.port) as proxy:
        proxy.cut_after = b"\r\n.\r\n"
        with SmtpTransport(SmtpSettings("127.0.0.1", proxy.port, None, None, "none", 5, 5)) as transport:
            content = letter("a@org.test", "одна строка\r\n")
            assert transport.send(SENDER, "a@org.test", content).outcome is SendOutcome.UNCERTAIN
    assert len(sink.taken) == 1  # the server had it all the same


def test_m12_the_answer_after_data_is_waited_for_longer_than_any_other(sink: SmtpSink) -> None:
    with tcp_proxy(sink.port) as proxy:
        settings = SmtpSettings("127.0.0.1", proxy.port, None, None, "none", 1, 10)
        with SmtpTransport(settings) as transport:
            proxy.delay = 0.1
            assert transport.send(SENDER, "a@org.test", letter("a@org.test")).outcome is SendOutcome.SENT
            sink.data_answers = ["250 slow"]
            sink.data_delay = 1.5
            assert transport.send(SENDER, "b@org.test", letter("b@org.test")).reply == "250 slow"
            sink.data_delay = 0
            proxy.delay = 2  # the patience is for that answer only
            assert transport.send(SENDER, "c@org.test", letter("c@org.test")).outcome is SendOutcome.DEFERRED


def test_a_server_silent_after_data_is_given_up_as_uncertain(sink: SmtpSink) -> None:
    sink.data_delay = 3
    with SmtpTransport(sink.settings(timeout=2, data_timeout=0.3)) as transport:
        result = transport.send(SENDER, "a@org.test", letter("a@org.test"))
    assert result.outcome is SendOutcome.UNCERTAIN


@pytest.mark.parametrize("answer", ["421 4.4.2 idle too long", CUT])
def test_a_kept_connection_closed_between_letters_is_opened_again(sink: SmtpSink, answer: str) -> None:
    with SmtpTransport(sink.settings()) as transport:
        assert transport.send(SENDER, "a@org.test", letter("a@org.test")).outcome is SendOutcome.SENT
        sink.mail_answers = [answer]
        assert transport.send(SENDER, "b@org.test", letter("b@org.test")).outcome is SendOutcome.SENT
    assert len(sink.taken) == 2
    assert sink.sessions == 2


def test_a_refused_sender_refuses_the_letter_and_a_refused_login_only_defers_it(sink: SmtpSink) -> None:
    sink.mail_answers = ["553 5.1.8 bad sender", "530 5.7.0 authenticate first"]
    results = send(sink, "a@org.test", "b@org.test", "c@org.test")
    assert outcomes(results) == [SendOutcome.REFUSED, SendOutcome.DEFERRED, SendOutcome.SENT]


def test_a_server_that_goes_away_defers_the_rest_without_asking_again_and_again(sink: SmtpSink) -> None:
    with tcp_proxy(sink.port) as proxy:
        transport = SmtpTransport(SmtpSettings("127.0.0.1", proxy.port, None, None, "none", 0.5, 0.5))
        with transport:
            proxy.swallow = True
            before = len(proxy.connections)
            results = [transport.send(SENDER, f"{n}@org.test", letter("x")) for n in range(20)]
    assert set(outcomes(results)) == {SendOutcome.DEFERRED}
    assert (len(proxy.connections) - before) / 2 <= 1  # both sides of each stand there: it was asked once more


def test_addresses_with_line_breaks_or_foreign_letters_are_refused_not_raised(sink: SmtpSink) -> None:
    results = send(sink, "a@org.test>\r\nRCPT TO:<b@org.test", "школа@org.test", "c@org.test")
    assert outcomes(results) == [SendOutcome.REFUSED, SendOutcome.REFUSED, SendOutcome.SENT]
    assert [recipient for _, recipient, _ in sink.taken] == ["c@org.test"]


def test_an_address_beyond_ascii_goes_where_the_server_takes_it() -> None:
    with smtp_sink(utf8=True) as sink:
        assert outcomes(send(sink, "школа@org.test")) == [SendOutcome.SENT]
    assert sink.taken[0][1] == "школа@org.test"


@pytest.mark.parametrize(
    ("content", "arrives"),
    [
        (b"A: b\r\n\r\n.dot\r\n..two\r\n.\r\nend\r\n", b"A: b\r\n\r\n.dot\r\n..two\r\n.\r\nend\r\n"),
        (b"A: b\n\nlone\rbreaks\n", b"A: b\r\n\r\nlone\r\nbreaks\r\n"),
        (b"A: b\r\n\r\nno end", b"A: b\r\n\r\nno end\r\n"),
        (".точка\r\n".encode(), ".точка\r\n".encode()),
        (b"A: b\r\n\r\n\xff\xfe\x00\r\n", b"A: b\r\n\r\n\xff\xfe\x00\r\n"),
    ],
)
def test_dots_line_ends_and_eight_bit_bytes(sink: SmtpSink, content: bytes, arrives: bytes) -> None:
    with SmtpTransport(sink.settings()) as transport:
        assert transport.send(SENDER, "a@org.test", content).outcome is SendOutcome.SENT
    assert sink.taken[0][2] == arrives
    assert sink.taken[0][0] == SENDER


# -- many at a time -------------------------------------------------------------------------------------------------


def test_many_letters_go_over_a_few_connections_each_once(sink: SmtpSink) -> None:
    letters = parcels(60, 50_000)
    with SmtpTransport(sink.settings(connections=3)) as transport:
        results = all_sent(transport, letters)
        again = all_sent(transport, parcels(3))
    assert {result.outcome for result in [*results.values(), *again.values()]} == {SendOutcome.SENT}
    assert len(results) == 60
    assert sink.sessions == 3
    arrived = {recipient: content for _, recipient, content in sink.taken[:60]}
    assert arrived == {parcel.recipient: parcel.content for parcel in letters}


def test_a_few_letters_trouble_the_server_with_one_connection(sink: SmtpSink) -> None:
    with SmtpTransport(sink.settings(connections=3)) as transport:
        all_sent(transport, parcels(10))
    assert sink.sessions == 1


def test_a_server_that_allows_one_connection_gets_everything_over_one(sink: SmtpSink) -> None:
    sink.crowded = 1
    with SmtpTransport(sink.settings(connections=4)) as transport:
        results = all_sent(transport, parcels(40))
        all_sent(transport, parcels(40))
    assert set(outcomes(list(results.values()))) == {SendOutcome.SENT}
    assert sink.sessions == 2  # it was asked for another once, and not again


def test_m19_what_is_refused_among_many_concerns_nobody_else(sink: SmtpSink) -> None:
    sink.recipient_answers = {
        "3@org.test": "550 5.1.1 no such user",
        "4@org.test": "550 5.1.1 no such user",
        "17@org.test": "450 4.2.1 busy",
        "18@org.test": "421 4.7.0 go away",
    }
    with SmtpTransport(sink.settings(connections=2)) as transport:
        results = all_sent(transport, parcels(40))
    odd = {number: result.reply for number, result in results.items() if result.outcome is not SendOutcome.SENT}
    assert odd.keys() == {3, 4, 17, 18}
    assert (odd[3], odd[17], odd[18]) == ("550 5.1.1 no such user", "450 4.2.1 busy", "421 4.7.0 go away")
    assert sorted(recipient for _, recipient, _ in sink.taken) == sorted(
        f"{n}@org.test" for n in range(40) if n not in odd
    )


def test_m12_connections_cut_after_data_leave_doubts_about_these_letters_only(sink: SmtpSink) -> None:
    sink.cut_at = {5, 6, 19}
    with SmtpTransport(sink.settings(connections=3)) as transport:
        results = all_sent(transport, parcels(40))
    doubtful = {number for number, result in results.items() if result.outcome is SendOutcome.UNCERTAIN}
    assert len(doubtful) == 3
    assert len(results) == len(sink.taken) == 40
    assert len({recipient for _, recipient, _ in sink.taken}) == 40


def test_a_silent_connection_does_not_hold_up_the_others(sink: SmtpSink) -> None:
    with tcp_proxy(sink.port) as proxy:
        settings = SmtpSettings("127.0.0.1", proxy.port, None, None, "none", 1, 1, connections=2)
        with SmtpTransport(settings) as transport:
            all_sent(transport, parcels(40))
            proxy.swallow = True
            before = len(proxy.connections)
            results = all_sent(transport, parcels(40))
    assert len(results) == 40
    assert set(outcomes(list(results.values()))) <= {SendOutcome.DEFERRED, SendOutcome.UNCERTAIN}
    assert (
        len(proxy.connections) - before
    ) / 2 <= 2  # both at once ran out of time; no letter waited for one of its own


def test_letters_that_are_given_up_midway_leave_no_connection_behind(sink: SmtpSink) -> None:
    with SmtpTransport(sink.settings(connections=2)) as transport:
        for _ in transport.send_all(parcels(40)):
            break
        results = all_sent(transport, parcels(10))
    assert set(outcomes(list(results.values()))) == {SendOutcome.SENT}


def test_what_puts_off_everything_is_told_from_what_puts_off_one_letter(sink: SmtpSink) -> None:
    sink.mail_answers = ["450 4.7.1 slow down"]
    sink.recipient_answers = {"b@org.test": "450 4.7.1 slow down"}
    sink.data_answers = ["421 4.3.2 closing"]
    first, second, third = send(sink, "a@org.test", "b@org.test", "c@org.test")
    assert (first.whole, second.whole, third.whole) == (True, False, True)


def test_a_server_that_takes_the_letter_of_a_refused_recipient_gets_an_empty_one() -> None:
    """RFC 2920, 3.1: after a group the server may say 354 although no recipient was good."""
    said = [b"250 sender", b"550 5.1.1 no", b"354 go on", b"554 5.5.1 nobody to give it to"]
    with (
        scripted_server(
            [b"220 hi", b"250-hi\r\n250 PIPELINING", *said, *[b"250 ok"] * 3, b"354 go", b"250 taken"]
        ) as server,
        SmtpTransport(SmtpSettings("127.0.0.1", server.port, None, None, "none", 3, 3)) as transport,
    ):
        assert transport.send(SENDER, "a@org.test", letter("a@org.test")) == SendResult(
            SendOutcome.REFUSED, "550 5.1.1 no"
        )
        assert transport.send(SENDER, "b@org.test", letter("b@org.test")).reply == "250 taken"
    assert b"DATA\r\n.\r\nRSET\r\nMAIL FROM" in bytes(server.heard)


@pytest.mark.parametrize("noise", [b"hello", b"\xff\xfe", b"250", b"25", b"250-" + b"x" * 100_000])
def test_an_answer_that_is_no_smtp_defers_and_ends_the_connection(noise: bytes) -> None:
    with (
        scripted_server([b"220 hi", b"250 hi", noise]) as server,
        SmtpTransport(SmtpSettings("127.0.0.1", server.port, None, None, "none", 0.5, 0.5)) as transport,
    ):
        result = transport.send(SENDER, "a@org.test", letter("a@org.test"))
    assert result.outcome is SendOutcome.DEFERRED


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_an_unreachable_server_is_one_sentence(tls: Literal["none", "starttls", "tls"]) -> None:
    port = free_port()
    settings = SmtpSettings("127.0.0.1", port, None, None, tls, 2)
    with pytest.raises(UnreachableError, match=f"127.0.0.1:{port} не отвечает") as caught, SmtpTransport(settings):
        pass
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)


def test_starttls_and_login_that_are_not_offered_are_one_sentence_each(sink: SmtpSink) -> None:
    settings = SmtpSettings("127.0.0.1", sink.port, None, None, "starttls", 5)
    with pytest.raises(ConfigurationError, match="STARTTLS"), SmtpTransport(settings):
        pass
    settings = SmtpSettings("127.0.0.1", sink.port, "user", "geheim", "none", 5)
    with pytest.raises(ConfigurationError, match="KABINET_SMTP_USER"), SmtpTransport(settings):
        pass
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_the_connection_is_encrypted_and_the_certificate_checked(
    certificate: Certificate, tls: Literal["starttls", "tls"], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    starttls, wrapped = (context, None) if tls == "starttls" else (None, context)
    with smtp_sink(starttls=starttls, tls=wrapped) as sink:
        settings = SmtpSettings("localhost", sink.port, None, None, tls, 5)
        with pytest.raises(ConfigurationError, match="Сертификат"), SmtpTransport(settings):
            pass
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
        with SmtpTransport(settings) as transport:
            assert transport.send(SENDER, "a@org.test", letter("a@org.test")).outcome is SendOutcome.SENT
    assert len(sink.taken) == 1
