"""Signatures as receivers check them: dkimpy, with a DNS of our own making."""

from __future__ import annotations

import time
from collections.abc import Callable

import dkim  # type: ignore[import-untyped]  # the package has no types
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigurationError
from pipeline.mail.letters.compose import (
    LetterFile,
    Rendered,
    compose,
)
from pipeline.mail.letters.dkim import (
    DkimKey,
    load_key,
)
from pipeline.model import WireMessage
from tests.factories.letters import REPLY_TO, SAMPLES, SENDER, letter, renderer

FORM = LetterFile("Форма spo240065.xlsx", "application/octet-stream", bytes(range(256)) * 80)
FORWARDED = LetterFile("Письмо.eml", "message/rfc822", b"From: a@example.org\r\n\r\n.dot  \r\n\r\n\r\n")


def pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


RSA = load_key("kabinet.test", "k2026", pem(rsa.generate_private_key(65537, 2048)))
ED = load_key("Kabinet.test", "ed", pem(Ed25519PrivateKey.generate()))
KEYS = pytest.mark.parametrize("key", [RSA, ED], ids=["rsa", "ed25519"])


def dns(key: DkimKey) -> Callable[..., bytes]:
    """A DNS that holds this key's record and nothing else."""
    records = {f"{key.record_name}.".encode(): key.record.encode()}

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return records.get(name, b"")

    return look_up


def verified(key: DkimKey, content: bytes) -> bool:
    return bool(dkim.verify(content, dnsfunc=dns(key)))


@KEYS
@pytest.mark.parametrize("name", ["publication", "accepted", "question", "digest"])
def test_receivers_find_the_signature_good(key: DkimKey, name: str) -> None:
    words = renderer().render(SAMPLES[name].kind, SAMPLES[name].data)
    row = letter(name, references=tuple(f"<{number}@example.org>" for number in range(9)))
    for files in ((), (FORM,), (FORWARDED, FORM)):
        content = compose(row, words, files, SENDER, REPLY_TO)
        signed = key.signed(content)
        assert verified(key, signed)
        assert signed.endswith(content)
        assert key.signed(content) == signed
        assert isinstance(signed, WireMessage) == isinstance(content, WireMessage)
        assert max(map(len, signed.split(b"\r\n\r\n")[0].split(b"\r\n"))) <= 200


@KEYS
@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"\r\nSubject: ", b"\r\nSubject: =?utf-8?B?0L3QtdGC?= "),
        (b"\r\nTo: spo240065", b"\r\nTo: spo240066"),
        (b"\r\nReply-To: ", b"\r\nReply-To: other@example.org, "),
        (b"\r\nFeedback-ID: ", b"\r\nFeedback-ID: x"),
        (b"\r\nFrom: ", b"\r\nFrom: other@example.org\r\nFrom: "),
        (b"\r\nDate: ", b"\r\nSubject: second\r\nDate: "),
    ],
)
def test_what_was_changed_on_the_way_breaks_it(key: DkimKey, there: bytes, instead: bytes) -> None:
    signed = key.signed(compose(letter(), Rendered("Тема", "слова\n", "<p>слова</p>"), (), SENDER, REPLY_TO))
    assert there in signed
    assert not verified(key, signed.replace(there, instead, 1))
    assert not verified(key, signed.replace(b"base64\r\n\r\n", b"base64\r\n\r\nAA", 1))


def test_another_key_does_not_verify() -> None:
    signed = RSA.signed(compose(letter(), Rendered("Тема", "слова\n", "<p>слова</p>"), (), SENDER, REPLY_TO))
    other = load_key("kabinet.test", "k2026", pem(rsa.generate_private_key(65537, 1024)))
    assert not verified(other, signed)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=90), st.text(max_size=400))
def test_any_words_are_signed_as_they_leave(subject: str, text: str) -> None:
    line = " ".join(subject.split())
    if not line.isprintable():
        return
    assert verified(ED, ED.signed(compose(letter(), Rendered(line, text, text), (), SENDER, REPLY_TO)))


def test_the_record_fits_the_dns_in_pieces_and_names_the_key() -> None:
    line = RSA.zone_line
    assert line.startswith('k2026._domainkey.kabinet.test. IN TXT "v=DKIM1; k=rsa; p=')
    pieces = line.split('"')[1::2]
    assert len(pieces) > 1
    assert all(len(piece) <= 255 for piece in pieces)
    assert "".join(pieces) == RSA.record
    assert ED.record.startswith("v=DKIM1; k=ed25519; p=")
    assert "PRIVATE" not in repr(ED)
    assert "key=" not in repr(ED)


@pytest.mark.parametrize(
    ("address", "aligned"),
    [
        ("exchange@kabinet.test", True),
        ("exchange@Mail.Kabinet.TEST", True),
        ("exchange@test", True),
        ("exchange@other.test", False),
        ("exchange@notkabinet.test", False),
    ],
)
def test_a_signature_is_taken_for_the_senders_own_within_its_domain(address: str, *, aligned: bool) -> None:
    assert RSA.aligned_with(address) == aligned


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(rsa.generate_private_key(65537, 1024)).replace(b"PRIVATE", b"PUBLIC"),
    ],
)
def test_a_file_that_holds_no_usable_key_is_one_sentence(content: bytes) -> None:
    with pytest.raises(ConfigurationError, match="KABINET_DKIM_KEY_FILE"):
        load_key("kabinet.test", "k", content)


@pytest.mark.parametrize(("domain", "selector"), [("kabinet.test\r\nX: y", "k"), ("", "k"), ("kabinet.test", "a b")])
def test_names_that_are_none_are_one_sentence(domain: str, selector: str) -> None:
    with pytest.raises(ConfigurationError, match="KABINET_DKIM_DOMAIN"):
        load_key(domain, selector, pem(Ed25519PrivateKey.generate()))


def test_signing_costs_less_than_making_the_letter() -> None:
    """0.5 ms with RSA of 2048 bits and 0.1 with Ed25519; dkimpy takes ten times as long. A wide limit."""
    content = compose(letter(), Rendered("Тема", "слова\n", "<p>слова</p>"), (FORM,), SENDER, REPLY_TO)
    for key, limit in ((RSA, 0.005), (ED, 0.002)):
        assert min(_timed(key, content) for _ in range(10)) < limit


def _timed(key: DkimKey, content: bytes) -> float:
    start = time.process_time()
    key.signed(content)
    return time.process_time() - start
