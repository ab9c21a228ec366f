"""Whatever bytes come, parsing, classifying and explaining give an answer and never raise (M9, M20)."""

from __future__ import annotations

from email.header import Header

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mail.authentication import dmarc_verdict
from pipeline.mail.commands.lines import own_subject
from pipeline.mail.commands.reading import read_command
from pipeline.mail.identity import Tag
from pipeline.mail.message.encoded_words import (
    decode_value,
    decode_words,
)
from pipeline.mail.message.parameters import parameters
from pipeline.mail.message.parse import parse
from tests.factories.bounces import REPORTS
from tests.factories.messages import TAGGER
from tests.factories.not_bounces import NOT_REPORTS
from tests.factories.samples import build
from tests.fuzz.targets import mail

CORPUS = sorted([*build().values(), *(report.data for report in REPORTS.values()), *NOT_REPORTS.values()])
PIECES = [
    b"\r\n",
    b"\n\n",
    b"--",
    b"==report==",
    b"=?utf-8?B?",
    b"?=",
    b'"',
    b"<",
    b"@",
    b"Content-Type: ",
    b"multipart/mixed",
    b"\xff\xcf",
    b"boundary=",
    b"message/rfc822",
    b"filename*0*=",
    b"\x00",
    b"Received: ",
]


def explained(data: bytes) -> None:
    mail(data)
    message = parse(data)  # whole, also where ``mail`` sees a mailbox of several
    assert not any(defect.startswith("parser:") for defect in message.defects)
    assert dmarc_verdict(message, "mx.test") in ("pass", "fail", "none", "unclear")


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_arbitrary_bytes(data: bytes) -> None:
    explained(data)


@given(
    st.sampled_from(CORPUS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200), st.sampled_from(PIECES)), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_damaged_messages(data: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    for place, removed, inserted in changes:
        at = int(place * len(data))
        data = data[:at] + inserted + data[at + removed :]
    explained(data)


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=60))
@settings(max_examples=200, deadline=None)
def test_heaps_of_mail_pieces(pieces: list[bytes]) -> None:
    explained(b"From: a@b.test\r\n" + b"".join(pieces))


@given(st.text(max_size=300))
@settings(deadline=None)
def test_text_helpers_take_any_text(text: str) -> None:
    decode_words(text)
    read_command(text)
    own_subject(text)
    decode_value(text.encode("utf-8", "replace"))
    parameters(text.encode("utf-8", "replace"))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60))
@settings(deadline=None)
def test_an_encoded_word_gives_its_text_back(text: str) -> None:
    encoded = Header(text, "utf-8").encode(linesep="")
    assert decode_words(encoded) == text


@given(st.from_regex(r"[a-z][a-z0-9_]{1,14}[0-9]", fullmatch=True), st.integers(1, 99_999), st.integers(0, 99))
def test_a_tag_says_what_it_was_made_of(login: str, publication: int, version: int) -> None:
    assert TAGGER.read(TAGGER.make(login, publication, version).upper()) == Tag(login, publication, version)


@given(st.text(max_size=60))
def test_no_other_text_is_a_tag(text: str) -> None:
    assert TAGGER.read(text) is None
    assert TAGGER.letter_of(text) is None
