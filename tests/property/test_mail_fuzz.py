"""The corpus, damaged in the ways mail is damaged: parsing, classifying and explaining never raise and never hang.

Small in ``make test``; ten minutes of it in ``make soak``. Every message that was ever found stays in ``FOUND``.
"""

from __future__ import annotations

import base64
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mail.classify import classify
from pipeline.mail.explain import explain, messages_of
from pipeline.mail.message import parse
from pipeline.mail.smime import signed_content
from tests.factories.bounces import REPORTS
from tests.factories.corpus import CORPUS
from tests.factories.corpus.smime import opaque_signed, signed_data
from tests.factories.messages import EXCHANGE, TAGGER, head, multipart, part
from tests.property.test_mail_property import explained
from tests.unit.mail.test_rules import OWN, RULES

SOURCES = sorted({case.data for case in CORPUS.values()} | {report.data for report in REPORTS.values()})
CHARSETS = (
    b"koi8-r",
    b"utf-16",
    b"utf-7",
    b"idna",
    b"punycode",
    b"x-none",
    b"hz",
    b"unicode_escape",
    b"zlib",
    b"iso-2022-kr",
    b"",
)
TYPES = (
    b"multipart/mixed",
    b"multipart/report",
    b"message/rfc822",
    b"text/html",
    b"application/pkcs7-mime",
    b"x",
    b"message/delivery-status",
)
FOUND = {
    "charset-idna": b"From: a@b.test\r\nContent-Type: text/plain; charset=idna\r\n\r\nxn--a.xn--a.",
    "charset-punycode": b"From: a@b.test\r\nContent-Type: text/plain; charset=punycode\r\n\r\na-b-\xff",
    "folded-for-ever": b"From: a@b.test\r\nTo: " + b"\r\n a" * 200_000 + b"\r\n\r\n",
    "endless-begin-lines": b"From: a@b.test\r\n\r\n" + b"begin 644 a\r\n" * 50_000,
}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Damage one message a few times over, each time in one of the ways mail is damaged."""
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(MUTATIONS)(data, chance)[:300_000]
    return data


def _cut(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.7 else data[at:]


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _headers(data: bytes, chance: random.Random) -> bytes:
    """Header lines doubled, dropped, shuffled or swollen."""
    block, blank, body = data.partition(b"\r\n\r\n")
    lines = block.split(b"\r\n")
    match chance.randrange(4):
        case 0:
            lines += chance.sample(lines, chance.randint(1, len(lines)))
        case 1:
            del lines[chance.randrange(len(lines))]
        case 2:
            chance.shuffle(lines)
        case _:
            at = chance.randrange(len(lines))
            lines[at] += lines[at][-20:] * chance.randint(1, 300)
    return b"\r\n".join(lines) + blank + body


def _boundary(data: bytes, chance: random.Random) -> bytes:
    at = data.find(b"boundary=")
    wrong = chance.choice((b'boundary="', b"boundary=\xd0\x9f", b'boundary=" "', b"boundary*0=a", b"border="))
    return data if at < 0 else data[:at] + wrong + data[at + 9 :]


def _charset(data: bytes, chance: random.Random) -> bytes:
    at = data.find(b"charset=")
    return data if at < 0 else data[: at + 8] + chance.choice(CHARSETS) + b"; x=" + data[at + 8 :]


def _type(data: bytes, chance: random.Random) -> bytes:
    places = [at for at in range(len(data)) if data.startswith(b"Content-Type: ", at)]
    if not places:
        return data
    at = chance.choice(places) + 14
    return data[:at] + chance.choice(TYPES) + data[data.find(b"/", at) + 1 :]


def _encoding(data: bytes, chance: random.Random) -> bytes:
    words = (b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"binary")
    return data.replace(chance.choice(words), chance.choice(words))


def _nested(data: bytes, chance: random.Random) -> bytes:
    for level in range(chance.randint(1, 20)):
        label = chance.choice(("multipart/mixed", "multipart/signed", "multipart/digest", "multipart/report"))
        inside = part("Content-Type: message/rfc822", data)
        data = head([f"From: a{level}@b.test", "MIME-Version: 1.0"]) + multipart(label, f"_{level}_", [inside])
    return data


def _signed(data: bytes, chance: random.Random) -> bytes:
    try:
        return opaque_signed(data, ber=chance.random() < 0.5)
    except StopIteration:
        return data


def _spliced(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(SOURCES)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]


def _line_ends(data: bytes, chance: random.Random) -> bytes:
    return data.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r")))


def _repeated(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start : start + chance.randint(1, 400)] * chance.randint(2, 100) + data[start:]


MUTATIONS = (
    _cut,
    _flip,
    _headers,
    _boundary,
    _charset,
    _type,
    _encoding,
    _nested,
    _signed,
    _spliced,
    _line_ends,
    _repeated,
)


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
@settings(max_examples=250, deadline=None)
def test_m9_damaged_messages_of_the_corpus_get_their_line(data: bytes, chance: random.Random) -> None:
    survives(mutated(data, chance))


def test_m9_ten_minutes_of_damaged_messages(soak: bool) -> None:
    deadline = time.monotonic() + (600 if soak else 2)
    first = seed = int(time.time()) if soak else 1
    while time.monotonic() < deadline:
        chance = random.Random(seed)
        data = mutated(chance.choice(SOURCES), chance)
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
