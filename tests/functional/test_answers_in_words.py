"""«ДА» with more words, codes typed by eye, questions of several logins and of strangers: each has its answer (E9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.model import ReceiptState, Status
from pipeline.store import receipts, roster
from tests.factories.limits import limited
from tests.functional.post import Post, form_in, typed
from tests.functional.published import DAY, SUPPORT, published_post
from tests.functional.test_trust import composed, last_receipt, serve_both, written
from tests.functional.world import text_of, workbooks_of

WRITER, OTHER, OFFICE = "spo240065@school.test", "spo240066@school.test", "uo@district.test"
STRANGER = "petrova@mail.test"
EXCHANGE = "exchange@kabinet.test"
LOOKS = str.maketrans("ABCEHKMOPTXYIL3", "АВСЕНКМ0РТХУ11З")
KEYS = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ")


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = published_post(tmp_path)
    made.settings = made.settings.model_copy(update={"authserv_id": "mx.kabinet.test"})
    made.limits = limited(made.limits, proving={"asked_a_day": 100}, answering={"per_address": 100})
    serve_both(made)
    return made


def send(post: Post, *messages: EmailMessage, top: str = "") -> dict[str, int]:
    """Deliver messages, under a header line of our server's; judge and answer them; return the counts."""
    for message in messages:
        post.inbox.deliver(f"{top}\r\n".encode() * bool(top) + message.as_bytes(policy=policy.SMTP), post.now)
    return dict(post.run("collect", "check", "deliver")["check"].counts)


def which(post: Post) -> tuple[EmailMessage, str]:
    """The office asks for a form; return our «от какой организации?» and the code for spo240066."""
    send(post, written(OFFICE, EXCHANGE, "ФОРМА"))
    asked = post.last(OFFICE)
    found = re.search(r"\(spo240066\)\s+ДА (\S+)", text_of(asked))
    assert found is not None
    return asked, found[1]


def confirm(post: Post) -> EmailMessage:
    """A form of spo240065 comes from another organisation; return our question to its own address."""
    form = typed(form_in(post.received(WRITER)[0]))
    send(post, composed(post, OTHER, post.received(OTHER)[0], "", form))
    return post.last(WRITER)


def test_e9_m25_a_code_in_look_alike_letters_with_more_words_releases_what_waits(post: Post) -> None:
    """E9: from a mailbox of two schools, in a new letter that answers none of ours: the code alone tells."""
    ways: list[tuple[str, Callable[[str], str]]] = [
        ("Да, это мы, код {}", lambda code: code.translate(LOOKS)),
        ("Подтверждаем: {}", lambda code: code.translate(LOOKS).lower().replace("-", " ")),
        ("да {}, это наше письмо", lambda code: code.lower().replace("-", "")),
        ("Да\nкод {}", lambda code: code.translate(KEYS)),
    ]
    for words, typed_as in ways:
        _, code = which(post)
        said = words.format(typed_as(code))
        assert send(post, written(OFFICE, EXCHANGE, "Ответ", said))["released"] == 1, said
        assert form_in(post.last(OFFICE))[0] == form_in(post.received(OTHER)[0])[0]


def test_e9_a_code_almost_right_confirms_nothing_and_is_answered(post: Post) -> None:
    """E9: one sign wrong, one missing, one too many; then the right one still does it."""
    _, code = which(post)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    before = len(post.received(OFFICE))
    said = (f"ДА {wrong}", f"Да, это мы, код {wrong.translate(LOOKS)}", f"ДА {code[:-1]}", f"да {code}7")
    counts = send(post, *(written(OFFICE, EXCHANGE, "Ответ", words) for words in said))
    assert (counts.get("released", 0), counts["wrong_code"]) == (0, len(said))
    answers = post.received(OFFICE)[before:]
    assert [str(message["Subject"]) for message in answers] == ["Код не подошёл"] * len(said)
    assert not [message for message in answers if workbooks_of(message)]
    assert send(post, written(OFFICE, EXCHANGE, "Ответ", f"ДА {code}"))["released"] == 1
    assert (
        send(post, written(OFFICE, EXCHANGE, "Ответ", f"Да, подтверждаем, код {code.translate(LOOKS)}"))["settled"] == 1
    )
    assert str(post.last(OFFICE)["Subject"]).startswith("По этому письму решение уже принято")


def test_e9_the_code_of_a_stranger_tells_nothing_of_codes(post: Post) -> None:
    _, code = which(post)
    for said in ("ДА ABCD-2345-EFGH", f"Да, это мы, код {code.translate(LOOKS)}"):
        counts = send(post, written(STRANGER, EXCHANGE, "Ответ", said))
        assert counts.get("released", 0) == counts.get("wrong_code", 0) == 0
        assert "код" not in text_of(post.last(STRANGER)).lower().replace("кодов", "")


@pytest.mark.parametrize("said", ["Да, подтверждаю", "Подтверждаем, это мы отправили вчера вечером"])
def test_e9_m25_yes_with_more_words_in_answer_to_our_question(post: Post, said: str) -> None:
    """E9, M25: through the address of the code, and where a server lost that, through the letter answered."""
    asked = confirm(post)
    lost = composed(post, WRITER, asked, said, reply_to=EXCHANGE, subject="Письмо")
    assert send(post, lost)["released"] == 1
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


@pytest.mark.parametrize("said", ["Да это спам", "Да, но это отправили не мы", "Да, если форма новая", "Да нет"])
def test_e9_a_doubtful_yes_goes_to_a_person_and_is_answered(post: Post, said: str) -> None:
    asked = confirm(post)
    assert send(post, composed(post, WRITER, asked, said))["question"] == 1
    assert str(post.last(WRITER)["Subject"]).startswith("Вопрос передан")
    assert said in text_of(post.last(SUPPORT))
    assert post.participant("spo240065").participation.status is Status.NOT_STARTED


def test_e9_what_stands_beside_the_yes_goes_on_as_a_question(post: Post) -> None:
    asked = confirm(post)
    counts = send(post, composed(post, WRITER, asked, "Да, подтверждаю. Скажите, можно ли прислать форму ещё раз?"))
    assert counts["released"] == 1
    assert "прислать форму ещё раз" in text_of(post.last(SUPPORT))


def test_e9_no_and_not_us_with_more_words(post: Post) -> None:
    asked = confirm(post)
    assert send(post, composed(post, WRITER, asked, "Нет, это не мы, мы ничего не отправляли"))["refused"] == 1
    assert str(post.last(WRITER)["Subject"]).startswith("Письмо отклонено")


def test_e9_an_office_that_does_not_say_for_whom_is_told_so_and_may_name_the_school(post: Post) -> None:
    asked, _ = which(post)
    for said in ("ДА", "Да, подтверждаем"):
        assert send(post, composed(post, OFFICE, asked, said))["which_one"] == 1, said
        assert str(post.last(OFFICE)["Subject"]) == "Не указано, за какую организацию вы отвечаете"
    assert send(post, composed(post, OFFICE, asked, "Да, это sро240066"))["released"] == 1  # in Cyrillic: р, о
    assert form_in(post.last(OFFICE))[0] == form_in(post.received(OTHER)[0])[0]


def test_e9_yes_to_a_notice_of_another_mailbox_is_answered(post: Post) -> None:
    """E9: «это не мы» was the question; a yes leaves all as it is, and says how to say no."""
    first = post.received(WRITER)[0]
    send(post, composed(post, STRANGER, first, "", typed(form_in(first))))
    told = next(message for message in post.received(WRITER) if "ЭТО НЕ МЫ" in text_of(message))
    assert send(post, composed(post, WRITER, told, "Да"))["acknowledged"] == 1
    assert str(post.last(WRITER)["Subject"]).startswith("Ответ получен")
    assert "ЭТО НЕ МЫ" in text_of(post.last(WRITER))
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


# Questions


def test_e9_a_question_of_several_logins_is_passed_on_with_all_of_them(post: Post) -> None:
    assert send(post, written(OFFICE, EXCHANGE, "Вопрос", "Когда срок?"))["question"] == 1
    assert str(post.last(OFFICE)["Subject"]) == "Вопрос передан в службу поддержки"
    shown = text_of(post.last(SUPPORT))
    assert {"spo240065", "spo240066"} <= set(re.findall(r"spo\d+", shown))
    send(post, written(WRITER, EXCHANGE, "Вопрос", "Когда срок?"))
    assert "С этого адреса работают" not in text_of(post.last(SUPPORT))


def test_e9_a_question_in_a_foreign_thread_is_answered_to_whom_we_know(post: Post) -> None:
    """E9: the tag of another school contradicts the address; that is no reason for silence."""
    send(post, composed(post, WRITER, post.received(OTHER)[0], "Когда срок?"))
    assert last_receipt(post).trust == "conflict"
    assert str(post.last(WRITER)["Subject"]).startswith("Вопрос передан")


def test_e9_a_stranger_is_told_once_a_day_and_without_data(post: Post) -> None:
    """E9: one notice, within the caps of strangers; with our tag too, for the address is what counts."""
    first = post.received(WRITER)[0]
    assert send(post, written(STRANGER, EXCHANGE, "Вопрос", "Когда срок?"))["question"] == 1
    others = written(STRANGER, EXCHANGE, "Вопрос", "Вы получили?"), composed(post, STRANGER, first, "Почему молчите?")
    assert send(post, *others)["question"] == 2  # support has them all
    (notice,) = post.received(STRANGER)
    assert "Ваш адрес нам неизвестен" in text_of(notice)
    assert SUPPORT in text_of(notice)
    assert not list(notice.iter_attachments())
    with post.context() as context, context.store.reading() as session:
        names = [login.name for login in roster.logins(session)]
    assert not [name for name in names if name in text_of(notice)]
    assert "+" not in str(notice["Reply-To"])
    post.later(DAY + timedelta(minutes=1))
    send(post, written(STRANGER, EXCHANGE, "Вопрос", "Так когда срок?"))
    assert len(post.received(STRANGER)) == 2


def test_e9_two_questions_of_a_stranger_in_one_batch_bring_one_notice(post: Post) -> None:
    asked = (written(STRANGER, EXCHANGE, "Вопрос", text) for text in ("Когда срок?", "Куда сдавать?"))
    assert send(post, *asked)["question"] == 2
    assert len(post.received(STRANGER)) == 1


def test_e9_m16_no_notice_to_what_no_person_wrote_nor_to_what_failed_dmarc(post: Post) -> None:
    for top in (
        "Precedence: bulk",
        "List-Id: <news.shop.test>",
        "Auto-Submitted: auto-generated",
        "Return-Path: <>",
        "Authentication-Results: mx.kabinet.test; dmarc=fail header.from=mail.test",
    ):
        send(post, written(STRANGER, EXCHANGE, "Вопрос", "Когда срок?"), top=top)
        assert post.received(STRANGER) == [], top


def test_e9_m17_strangers_are_told_within_their_caps(post: Post) -> None:
    post.limits = limited(post.limits, answering={"per_domain": 2, "to_strangers": 3})
    writers = ("a@one.test", "b@one.test", "c@one.test", "d@two.test", "e@three.test")
    send(post, *(written(address, EXCHANGE, "Вопрос", "Когда срок?") for address in writers))
    told = {sent.recipient for sent in post.mail.sent}.intersection(writers)
    assert told == {"a@one.test", "b@one.test", "d@two.test"}
    with post.context() as context, context.store.reading() as session:
        assert {receipt.state for receipt in receipts.listed(session)} == {ReceiptState.DONE}
