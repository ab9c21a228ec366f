"""The corpus, damaged in the ways mail is damaged: parsing, classifying and explaining never raise and never hang.

Small in ``make test``; ten minutes of Hypothesis and ten of plain chance in ``make soak``. Every message that was ever
found stays in ``FOUND``; what coverage leads to is in ``tests/fuzz``.
"""

from __future__ import annotations

import base64
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.mail.explain import explain, messages_of
from pipeline.mail.kinds.classify import classify
from pipeline.mail.message.parse import parse
from pipeline.mail.message.smime import signed_content
from tests.conftest import SOAK
from tests.factories.bounces import REPORTS
from tests.factories.corpus import CORPUS
from tests.factories.corpus.smime import signed_data
from tests.factories.messages import EXCHANGE, TAGGER
from tests.fuzz.mutations import MAIL, mutated, spliced
from tests.property.test_mail_property import explained
from tests.unit.mail.test_rules import OWN, RULES

SOURCES = sorted({case.data for case in CORPUS.values()} | {report.data for report in REPORTS.values()})
FOUND = {
    "charset-idna": b"From: a@b.test\r\nContent-Type: text/plain; charset=idna\r\n\r\nxn--a.xn--a.",
    "charset-punycode": b"From: a@b.test\r\nContent-Type: text/plain; charset=punycode\r\n\r\na-b-\xff",
    "folded-for-ever": b"From: a@b.test\r\nTo: " + b"\r\n a" * 200_000 + b"\r\n\r\n",
    "endless-begin-lines": b"From: a@b.test\r\n\r\n" + b"begin 644 a\r\n" * 50_000,
}


MUTATIONS = (*MAIL, spliced(SOURCES))


def survives(data: bytes) -> None:
    """One damaged message gets its line, in bounded time."""
    started = time.process_time()
    explained(data)
    for name, one in messages_of("m", data):
        assert name
        parse(one)
    assert time.process_time() - started < 3


@pytest.mark.parametrize("name", FOUND)
def test_m20_what_was_found_once_stays_found(name: str) -> None:
    explained(FOUND[name])
    assert parse(FOUND[name]).sender == "a@b.test"


@given(st.sampled_from(SOURCES), st.randoms(use_true_random=False))
@settings(max_examples=20_000 if SOAK else 200, deadline=None, suppress_health_check=list(HealthCheck))
def test_m9_damaged_messages_of_the_corpus_get_their_line(data: bytes, chance: random.Random) -> None:
    survives(mutated(data, chance, MUTATIONS))


def test_m9_ten_minutes_of_damaged_messages(soak: bool) -> None:
    deadline = time.monotonic() + (600 if soak else 2)
    first = seed = int(time.time()) if soak else 1
    while time.monotonic() < deadline:
        chance = random.Random(seed)
        data = mutated(chance.choice(SOURCES), chance, MUTATIONS)
        try:
            survives(data)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        seed += 1
    assert seed > first


def test_signatures_of_any_bytes_are_read_or_refused() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        made = bytearray(signed_data(base64.b64encode(chance.randbytes(50)), ber=chance.random() < 0.5))
        for _ in range(chance.randint(0, 4)):
            made[chance.randrange(len(made))] = chance.randrange(256)
        found = signed_content(bytes(made[: chance.randrange(len(made) + 1)]))
        assert found is None or isinstance(found, bytes)


HEADERS = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x.test\r\nSubject: Undelivered\r\n"
PERSON = b"Return-Path: <a@b.test>\r\nFrom: a@b.test\r\nSubject: x\r\n"
REPEATED = {
    "plain": (PERSON + b"\r\n", b"hello world\r\n"),
    "one line": (PERSON + b"\r\n", b"a"),
    "blank lines": (PERSON + b"\r\n", b"\n"),
    "quotes": (PERSON + b"\r\n", b">a\n"),
    "address lines": (HEADERS + b"\r\n", b"<a@b.test>:\r\n"),
    "alias lines": (HEADERS + b"\r\n", b"a@b.test\n (generated from "),
    "copy heads": (HEADERS + b"\r\n", b"\nmessage-id: a\n"),
    "recipients follow": (HEADERS + b"\r\n", b"the following address "),
    "recipient groups": (
        HEADERS
        + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n",
        b"Final-Recipient: rfc822;a@b.test\r\nAction: failed\r\n\r\n",
    ),
    "folded header": (b"From: a@b.test\r\nTo: ", b"\r\n a"),
    "address header": (b"From: a@b.test\r\nTo: ", b"a@b.test, "),
    "html blocks": (PERSON + b"Content-Type: text/html\r\n\r\n", b"<p>a</p>"),
    "html quotes": (PERSON + b"Content-Type: text/html\r\n\r\n", b"<blockquote>x"),
    "bad base64": (PERSON + b"Content-Transfer-Encoding: base64\r\n\r\n", b"QU!FBA\r\n"),
    "begin lines": (PERSON + b"\r\n", b"begin 644 a\r\n"),
    "parts": (PERSON + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", b"--b\r\n\r\n\r\n"),
    "nearly parts": (PERSON + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", b"--bx\r\n"),
    "messages": (PERSON, b"Content-Type: message/rfc822\r\n\r\n"),
    "odd letters": (PERSON + b"\r\n", b"\xe9a\xff\xfe "),
    "signature": (PERSON + b"Content-Type: application/pkcs7-mime\r\n\r\n", b"\x30\x80"),
}


@pytest.mark.parametrize("name", REPEATED)
def test_m19_no_message_takes_long(name: str, soak: bool) -> None:
    """25 MB within 2 s of CPU in ``make soak``, less in ``make test``."""
    start, repeated = REPEATED[name]
    size, most = (25_000_000, 2.0) if soak else (2_000_000, 1.5)
    data = start + repeated * (size // len(repeated))
    started = time.process_time()
    explain("x", data, RULES, OWN, TAGGER)
    assert time.process_time() - started < most
    assert classify(parse(data[:100_000]), frozenset({EXCHANGE})).kind
