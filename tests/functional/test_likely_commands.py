"""Commands likely meant are done where they give and asked back where they change; the rest is a question. M35."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store import extensions, publications
from tests.functional.post import Post, make_post
from tests.functional.world import SCHEDULE, text_of

SCHOOL = "spo240065@school.test"
COORDINATOR = "spo_coord_24@region.test"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    return made


def _said(post: Post, address: str, *lines: str) -> list[tuple[str, str]]:
    """Write and return the (subject, text) of what comes back."""
    before = len(post.received(address))
    post.write(address, post.last(address), "\n".join(lines))
    post.exchange_all()
    return [(str(letter["Subject"]), text_of(letter)) for letter in post.received(address)[before:]]


def _closing(post: Post, code: str = "spo240065") -> str:
    with post.context() as context, context.store.reading() as session:
        found = publications.publication(session, SCHEDULE)
        assert found is not None
        login = post.participant(code).login
        return str(extensions.closing_for(session, found, login, post.now))


@pytest.mark.parametrize("written", ["Статсу", "CTATУC", "cnfnec", "Добрый день! Какой у нас статус?"])
def test_m35_a_likely_command_that_gives_is_done_and_says_how_it_was_understood(post: Post, written: str) -> None:
    ((subject, text),) = _said(post, SCHOOL, written, "", "С уважением,", "Иванова М.И.")
    assert "приступили" in text
    assert f"Вы написали «{written}», мы поняли это как команду СТАТУС." in " ".join(text.split())
    assert "Вопрос передан" not in subject


def test_m35_a_command_that_is_certain_says_nothing_of_how_it_was_understood(post: Post) -> None:
    ((_, text),) = _said(post, SCHOOL, "Статус")
    assert "мы поняли" not in text


@pytest.mark.parametrize(
    ("written", "ready"),
    [
        ("Продлитть spo240065 до 10.09.2021", "ПРОДЛИТЬ spo240065 до 10.09.2021"),
        ("ghjlkbnm spo240065 lj 10.09.2021", "ПРОДЛИТЬ spo240065 до 10.09.2021"),
        ("НАПОМНТЬ", "НАПОМНИТЬ"),
        ("Необходимо напомнить школам", "НАПОМНИТЬ"),
        ("АДРEС spo240065 new@school.test", "АДРЕС spo240065 new@school.test"),
    ],
)
def test_m35_a_likely_command_that_changes_is_asked_back_with_a_ready_line(
    post: Post, written: str, ready: str
) -> None:
    closing, letters = _closing(post), len(post.mail.sent)
    ((subject, text),) = _said(post, COORDINATOR, written)
    assert "Не выполнено" in subject
    assert written in text
    assert f"Выполнить: ответьте {ready}" in text.splitlines()
    assert _closing(post) == closing
    assert len(post.mail.sent) == letters + 1  # nobody was reminded, and nobody was told of a new address
    ((subject, _),) = _said(post, COORDINATOR, ready)
    assert "Не выполнено, проверьте" not in subject


def test_m35_a_likely_command_of_another_role_is_a_question(post: Post) -> None:
    ((subject, _),) = _said(post, SCHOOL, "НАПОМНТЬ")
    assert subject.startswith("Вопрос передан")


@pytest.mark.parametrize("words", ["Статсу\nФорма не открывается.", "Статсу и форма не открываются"])
def test_m35_words_beside_what_is_likely_make_a_question_of_it(post: Post, words: str) -> None:
    ((subject, text),) = _said(post, SCHOOL, words)
    assert subject.startswith("Вопрос передан")
    assert "приступили" not in text


@pytest.mark.parametrize(
    ("address", "written", "meant"),
    [(COORDINATOR, "Продлить", "ПРОДЛИТЬ spo240065 до 10.09.2021"), (SCHOOL, "Ствтсу", "СТАТУС")],
)
def test_m35_what_is_unsure_goes_to_a_person_and_its_writer_reads_what_may_be_meant(
    post: Post, address: str, written: str, meant: str
) -> None:
    ((subject, text),) = _said(post, address, written)
    assert subject.startswith("Вопрос передан")
    assert f"Возможно, вы имели в виду команду: {meant}" in " ".join(text.split())


def test_m35_of_a_stranger_a_sentence_with_a_command_is_a_question(post: Post) -> None:
    post.write("somebody@mail.test", post.last(SCHOOL), "Какой у нас статус?")
    counts = post.exchange_all()
    assert counts.get("question") == 1
    assert "held" not in counts
