"""A question goes to support, support writes back, the answer reaches whoever asked in the thread of the question."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.model import ReceiptState
from pipeline.store import letters, receipts
from tests.functional.post import Post, make_post
from tests.functional.world import letter, text_of

WRITER = "spo240065@school.test"
SUPPORT = "support@kabinet.test"
ASKED = "Добрый день! Подскажите, что писать, если аудиторий нет?"
ANSWER = "Добрый день!\n\nНапишите «Не участвуем».\n\n30.08.2021 21:41, Кабинет пишет:\n> Вопрос от spo240065"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path, authserv_id="mx.kabinet.test")
    made.publish()
    return made


def asks(post: Post, sender: str = WRITER) -> EmailMessage:
    """``sender`` asks; returns what support got."""
    post.write(sender, post.last(WRITER), ASKED, subject="Re: Расписание")
    post.exchange_all()
    return post.last(SUPPORT)


def test_support_answers_the_letter_and_the_writer_gets_it_in_the_thread(post: Post) -> None:
    question = asks(post)
    post.write(SUPPORT, question, ANSWER, headers={"Cc": "boss@kabinet.test"})
    assert post.exchange_all()["answered"] == 1
    answer = post.last(WRITER)
    assert str(answer["Subject"]).startswith("Ответ на ваш вопрос: Расписание")
    text = text_of(answer)
    assert "Напишите «Не участвуем»." in text
    assert "> Добрый день! Подскажите, что писать" in text
    assert "Вопрос от spo240065" not in text  # the quotation below is not passed on
    assert str(answer["Reply-To"]).startswith("exchange+")
    assert "+q-" not in answer.as_string()  # the address that takes answers stays with support
    with post.context() as context, context.store.reading() as session:
        question_receipt, answer_receipt = sorted(receipts.listed(session), key=lambda receipt: receipt.id)
        asked = letter(context.archive.get(question_receipt.sha256))["Message-ID"]
        assert answer["In-Reply-To"] == asked
        assert str(answer["References"]).split()[-1] == asked
        assert str(answer_receipt.reason) == f"answered:{question_receipt.id}"
        assert answer_receipt.state is ReceiptState.DONE
        (kept,) = [row for row in letters.listed(session) if row.kind == "question_answered"]
        assert (kept.login, kept.receipt_id) == ("spo240065", answer_receipt.id)


def test_the_writer_may_answer_that_and_it_is_a_question_again(post: Post) -> None:
    post.write(SUPPORT, asks(post), ANSWER)
    post.exchange_all()
    post.write(WRITER, post.last(WRITER), "Спасибо! А если аудитория одна?", subject="Re: Ответ на ваш вопрос")
    assert post.exchange_all()["question"] == 1
    assert "А если аудитория одна?" in text_of(post.last(SUPPORT))


def test_m25_an_answer_without_our_address_is_known_by_the_letter_it_answers(post: Post) -> None:
    question = asks(post)
    del question["Reply-To"]
    post.write(SUPPORT, question, ANSWER)
    assert post.exchange_all()["answered"] == 1


def test_a_stranger_who_asked_is_answered_and_told_nothing_of_any_login(post: Post) -> None:
    stranger = "parent@mail.test"
    post.write(stranger, post.last(WRITER), ASKED, subject="Вопрос")
    post.exchange_all()
    post.write(SUPPORT, post.last(SUPPORT), ANSWER)
    post.exchange_all()
    answer = post.last(stranger)
    assert "Напишите «Не участвуем»." in text_of(answer)
    assert "spo240065" not in answer.as_string() + text_of(answer)


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("helper@other.test", {}),
        (SUPPORT, {"Auto-Submitted": "auto-replied"}),
        (SUPPORT, {"Authentication-Results": "mx.kabinet.test; dmarc=fail header.from=kabinet.test"}),
    ],
)
def test_s2_only_support_itself_answers_in_our_name(post: Post, sender: str, headers: dict[str, str]) -> None:
    question = asks(post)
    before = len(post.received(WRITER))
    post.write(sender, question, "Пришлите пароль", headers=headers)
    assert "answered" not in post.exchange_all()
    assert len(post.received(WRITER)) == before


def test_an_altered_or_strange_number_is_no_answer(post: Post) -> None:
    question = asks(post)
    address = str(question["Reply-To"])
    question.replace_header("Reply-To", address.replace("+q-1-1-", "+q-1-2-"))
    del question["Message-ID"]
    question["Message-ID"] = "<unknown@kabinet.test>"
    post.write(SUPPORT, question, ANSWER)
    assert "answered" not in post.exchange_all()
