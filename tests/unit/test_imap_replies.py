"""What servers say about messages, in the shapes that imaplib hands out, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.mailbox.replies import grouped as _grouped
from pipeline.mailbox.replies import internal_date as _internal_date
from pipeline.mailbox.replies import reason_of as _reason
from pipeline.mailbox.replies import uid_sets as _sets
from pipeline.outbox import SmtpSettings, SmtpTransport

Grouped = list[tuple[bytes, bytes | None]]


def grouped(*answers: Any) -> Grouped:
    return [(parts.words, parts.body) for parts in _grouped(answers)]


def test_words_before_and_after_the_body_belong_together() -> None:
    dovecot = [(b'1 (UID 7 INTERNALDATE "x" BODY[] {3}', b"abc"), b")"]
    exchange = [(b"2 (BODY[] {2}", b"de"), b" UID 9)"]
    assert grouped(*dovecot, *exchange) == [
        (b'1 (UID 7 INTERNALDATE "x" BODY[] {3} )', b"abc"),
        (b"2 (BODY[] {2}  UID 9)", b"de"),
    ]


def test_m04_a_flag_change_in_between_is_an_answer_of_its_own_without_a_body() -> None:
    answers = [(b"1 (UID 7 BODY[] {1}", b"a"), b")", b"5 (FLAGS (\\Seen))", (b"2 (UID 8 BODY[] {1}", b"b"), b")"]
    assert [body for _, body in grouped(*answers)] == [b"a", None, b"b"]


def test_a_message_without_a_byte_is_a_message() -> None:
    assert grouped(b'1 (UID 7 BODY[] "")', None) == [(b'1 (UID 7 BODY[] "")', b"")]


@pytest.mark.parametrize(
    ("words", "instant"),
    [
        (b'INTERNALDATE "09-Oct-2021 23:59:59 +0300"', datetime(2021, 10, 9, 20, 59, 59, tzinfo=UTC)),
        (b'INTERNALDATE " 1-jan-2022 00:30:00 +0300"', datetime(2021, 12, 31, 21, 30, tzinfo=UTC)),
        (b'internaldate "31-Dec-2021 22:00:60 -0730"', datetime(2022, 1, 1, 5, 30, 59, tzinfo=UTC)),
    ],
)
def test_w25_the_receipt_time_is_the_servers_in_utc(words: bytes, instant: datetime) -> None:
    assert _internal_date(1, b"1 (UID 1 " + words + b" BODY[] {1}") == instant


@pytest.mark.parametrize("words", [b"1 (UID 1)", b'1 (INTERNALDATE "09-Okt-2021 23:59:59 +0300")'])
def test_a_message_without_a_readable_receipt_time_is_received_now(words: bytes) -> None:
    assert abs((_internal_date(1, words) - datetime.now(UTC)).total_seconds()) < 60


def test_m26_uid_sets_are_short_and_name_just_what_was_asked_for() -> None:
    assert list(_sets([1, 2, 3, 5, 8, 9])) == ["1:3,5,8:9"]
    odd = list(range(1_000_001, 1_020_001, 2))
    sets = list(_sets(odd))
    assert max(map(len, sets)) <= 4010
    assert [int(uid) for text in sets for uid in text.split(",")] == odd
    assert list(_sets([])) == []


def test_reasons_fit_a_sentence() -> None:
    assert _reason(TimeoutError()) == "timeout"
    assert _reason(OSError("one\r\ntwo " + "x" * 500)).startswith("one two xxx")
    assert len(_reason(OSError("x" * 500))) == 200
    assert _reason(EOFError()) == "EOFError"


def test_a_transport_that_was_not_entered_says_so_in_its_result() -> None:
    result = SmtpTransport(SmtpSettings("127.0.0.1", 1, tls="none", timeout=1)).send("a@org.test", "b@org.test", b"x")
    assert result.outcome == "deferred"
    assert "не отвечает" in result.reply
