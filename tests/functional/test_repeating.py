"""What a coordinator has sent to organisations (E8): of one publication, once an hour, thrice a day, never at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.catalogue import MOSCOW
from pipeline.mail.commands.command import Command
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words import nudging
from pipeline.model import LetterState, Login, Role
from pipeline.steps.base.limits import Limits
from pipeline.steps.base.resting import leaving
from pipeline.store import roster as roster_rows
from tests.factories.limits import limited
from tests.functional.collections import (
    PEOPLE,
    ROOMS,
    answer,
    ask,
    deeds,
    first_letter,
    letter_about,
    on_record,
    publish_more,
)
from tests.functional.post import CLOSES, Post, form_in
from tests.functional.published import COORDINATOR, DAY, HOUR, published_post
from tests.functional.world import SCHEDULE, text_of

WRITER = "spo240065@school.test"
DEPUTY, SECOND = "deputy@region.test", "spo_coord_24b"
NIGHT = datetime(2021, 8, 31, 2, 19, tzinfo=MOSCOW).astimezone(UTC)
MORNING = datetime(2021, 8, 31, 8, 0, tzinfo=MOSCOW).astimezone(UTC)
NOON = datetime(2021, 8, 31, 12, 0, tzinfo=MOSCOW).astimezone(UTC)
REPEAT = "ПОВТОРИТЬ spo240065"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule is out to four organisations; it is noon of the next day."""
    made = published_post(tmp_path)
    made.now = NOON
    return made


@pytest.fixture
def three(post: Post) -> Post:
    """Two more collections are open."""
    publish_more(post)
    post.run("deliver")
    return post


def add_coordinators(post: Post) -> None:
    """The coordinator has a deputy, and the region a second coordinator."""
    with post.context() as context, context.store.transaction() as session:
        first = roster_rows.login(session, "spo_coord_24")
        assert first is not None
        served = replace(first, addresses=(*first.addresses, DEPUTY))
        second = Login(SECOND, "Второй координатор", Role.COORDINATOR, "24", (f"{SECOND}@region.test",))
        roster_rows.save_logins(session, [served, second], post.now, complete=False)


def repeated(post: Post, address: str = WRITER) -> list[EmailMessage]:
    """The letters that a coordinator had sent again."""
    return [found for found in post.received(address) if str(found["Subject"]).startswith("Повторяем письмо")]


# How often


def test_e8_nobody_has_more_than_three_letters_repeated_to_a_school_in_a_day(three: Post) -> None:
    """Eleven times, by three people of the region, about three publications (issue 11: 24 letters into one school)."""
    add_coordinators(three)
    senders = (COORDINATOR, DEPUTY, f"{SECOND}@region.test")
    asked_for = [(senders[number % 3], f"{REPEAT} {number % 3 + 1}") for number in range(11)]
    subjects = []
    for sender, words in asked_for:
        subjects.append(str(answer(three, sender, words)["Subject"]))
        three.later(timedelta(minutes=2))
    assert [subject.partition(":")[0] for subject in subjects] == [
        *["Письмо отправлено еще раз"] * 3,
        *["Письмо уже отправлено"] * 8,
    ]
    three.later(HOUR)
    late = answer(three, DEPUTY, f"{REPEAT} 1")
    assert "за сутки по слову ПОВТОРИТЬ письма уже отправлены 3 раза" in text_of(late)
    assert "Следующее возможно с 1 сентября 2021 года, 12:00 мск" in text_of(late)
    assert len(repeated(three)) == 3
    assert [deed.what for deed in deeds(three)].count("repeated") == 3
    three.now = NOON + DAY + timedelta(minutes=1)
    assert str(answer(three, COORDINATOR, f"{REPEAT} 1")["Subject"]).startswith("Письмо отправлено еще раз")


def test_e8_the_same_letter_is_repeated_once_an_hour(post: Post) -> None:
    ask(post, COORDINATOR, REPEAT)
    post.later(timedelta(minutes=59))
    again = text_of(answer(post, COORDINATOR, REPEAT))
    assert "уже отправлено 31 августа 2021 года, 12:00 мск. Следующее возможно с 31 августа 2021 года, 13:00" in again
    assert len(repeated(post)) == 1
    post.later(timedelta(minutes=1))
    assert str(answer(post, COORDINATOR, REPEAT)["Subject"]).startswith("Письмо отправлено еще раз")
    assert len(repeated(post)) == 2


def test_e8_what_is_repeated_uses_up_no_answers_of_the_school(post: Post) -> None:
    post.limits = limited(Limits(), answering={"per_address": 2})
    ask(post, COORDINATOR, REPEAT)
    assert str(answer(post, WRITER, "СТАТУС")["Subject"]).startswith("Ваш статус")


def test_e8_reminders_keep_their_limits_whoever_asks(post: Post) -> None:
    add_coordinators(post)
    for sender in (COORDINATOR, DEPUTY, f"{SECOND}@region.test", COORDINATOR):
        ask(post, sender, "НАПОМНИТЬ spo240065\nНАПОМНИТЬ")
        post.later(HOUR)
    assert len([row for row in on_record(post, "reminder") if row.login == "spo240065"]) == 1


def test_e8_the_same_deadline_again_makes_no_second_letter(post: Post) -> None:
    add_coordinators(post)
    publication = first_letter(post, COORDINATOR)
    ask(post, COORDINATOR, "ПРОДЛИТЬ spo240065 до 9 сентября 18:00", to=publication)
    again = answer(post, DEPUTY, "ПРОДЛИТЬ spo240065 до 9 сентября 18:00", to=publication)
    assert str(again["Subject"]).startswith("Срок уже установлен: spo240065, до 09.09.2021 18:00 мск")
    assert len(on_record(post, "extended")) == 1


# At night


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2021-08-31 08:00", "2021-08-31 08:00"),
        ("2021-08-31 21:59", "2021-08-31 21:59"),
        ("2021-08-31 22:00", "2021-09-01 08:00"),
        ("2021-08-31 02:19", "2021-08-31 08:00"),
        ("2021-12-31 23:30", "2022-01-01 08:00"),
    ],
)
def test_e8_letters_to_others_leave_in_waking_hours(moment: str, expected: str) -> None:
    at, due = (datetime.fromisoformat(words).replace(tzinfo=MOSCOW) for words in (moment, expected))
    assert leaving(Limits(), at.astimezone(UTC)) == due


def test_e8_at_night_a_letter_waits_for_the_morning_and_the_answer_says_so(post: Post) -> None:
    post.now = NIGHT
    asked = answer(post, COORDINATOR, REPEAT)
    assert str(asked["Subject"]).startswith("Письмо уйдёт утром: spo240065")
    assert "оно уйдёт 31 августа 2021 года, 08:00 мск" in text_of(asked)
    post.later(2 * HOUR)
    waits = answer(post, COORDINATOR, REPEAT)
    assert str(waits["Subject"]).startswith("Письмо уже ждёт отправки")
    assert "Следующее возможно с 31 августа 2021 года, 09:00 мск" in text_of(waits)
    assert repeated(post) == []
    post.now = MORNING
    post.run("deliver")
    (letter,) = repeated(post)
    assert form_in(letter)
    assert "31 Aug 2021 05:00" in str(letter["Date"])


def test_e8_at_night_a_new_deadline_waits_too_and_the_last_word_counts(post: Post) -> None:
    post.now = NIGHT
    publication = first_letter(post, COORDINATOR)
    first = answer(post, COORDINATOR, "ПРОДЛИТЬ spo240065 до 8 сентября 12:00", to=publication)
    assert "Организация получит письмо о новом сроке с формой 31 августа 2021 года, 08:00 мск" in text_of(first)
    ask(post, COORDINATOR, "ПРОДЛИТЬ spo240065 до 9 сентября 12:00", to=publication)
    assert len(post.received(WRITER)) == 1
    post.now = MORNING
    post.run("deliver")
    (told,) = post.received(WRITER)[1:]
    assert str(told["Subject"]).startswith("Срок продлён до 09.09.2021 12:00 мск")
    states = [(row.state, row.server_reply) for row in on_record(post, "extended")]
    assert [state for state, _ in states] == [LetterState.WITHHELD, LetterState.SENT]


# Which publication


def test_e8_of_several_open_collections_the_coordinator_is_asked_which(three: Post) -> None:
    asked = answer(three, COORDINATOR, REPEAT)
    assert str(asked["Subject"]).startswith("Уточните, о какой публикации речь: «ПОВТОРИТЬ spo240065»")
    text = text_of(asked)
    for number in (1, 2, 3):
        assert f"ответьте ПОВТОРИТЬ spo240065 из публикации {number}" in text
    assert repeated(three) == []
    assert str(answer(three, COORDINATOR, f"{REPEAT} из публикации 3")["Subject"]).startswith(
        "Письмо отправлено еще раз"
    )
    (letter,) = repeated(three)
    assert "Готовность аудиторий" in str(letter["Subject"])


@pytest.mark.parametrize(
    ("words", "argument", "publication"),
    [
        ("Повторить spo240065 2", "spo240065 2", ""),
        ("Повторите письмо для spo240065 №2, пожалуйста", "spo240065 №2", ""),
        (f"ПОВТОРИТЬ spo240065, {PEOPLE}", f"spo240065, {PEOPLE}", ""),
        ("повторить spo240065 из публикации 2", "spo240065", "2"),
        (f"повторить spo240065 по публикации {PEOPLE}", "spo240065", PEOPLE),
    ],
)
def test_e8_a_publication_may_be_named_after_the_login(words: str, argument: str, publication: str) -> None:
    assert read_command(words) == Command(nudging.REPEAT, argument, publication)


@pytest.mark.parametrize("words", ["Повторить spo240065 завтра", "повторить spo240065 два раза", "повторить 2"])
def test_e8_running_text_is_no_command(words: str) -> None:
    assert read_command(words) is None


@pytest.mark.parametrize("word", ["№2", f", {PEOPLE}"])
def test_e8_the_publication_named_after_the_login_is_sent(three: Post, word: str) -> None:
    answered = answer(three, COORDINATOR, f"Повторите письмо для spo240065 {word}")
    assert str(answered["Subject"]).startswith("Письмо отправлено еще раз: spo240065")
    (letter,) = repeated(three)
    assert "участниках" in str(letter["Subject"])


def test_e8_a_publication_that_is_not_there_is_said(three: Post) -> None:
    answered = answer(three, COORDINATOR, f"{REPEAT} 77")
    assert "Публикации «77» для spo240065 нет" in text_of(answered)
    assert repeated(three) == []


def test_e8_the_letter_answered_names_the_publication(three: Post) -> None:
    ask(three, COORDINATOR, REPEAT, to=letter_about(three, COORDINATOR, ROOMS))
    (letter,) = repeated(three)
    assert "Готовность аудиторий" in str(letter["Subject"])


def test_e8_the_only_open_collection_needs_no_name(post: Post) -> None:
    answered = answer(post, COORDINATOR, REPEAT)
    assert str(answered["Subject"]).startswith("Письмо отправлено еще раз: spo240065")
    assert "по просьбе координатора вашего региона" in text_of(repeated(post)[0])


# Closed collections


def test_e8_a_closed_collection_is_refused_with_the_cause_and_the_way(post: Post) -> None:
    publish_more(post, longer=[PEOPLE])
    post.run("deliver")
    post.now = CLOSES + 18 * HOUR
    about, before = letter_about(post, COORDINATOR, SCHEDULE), len(post.received(WRITER))
    for words, to in ((REPEAT, about), (f"{REPEAT} 3", None)):
        refused = answer(post, COORDINATOR, words, to=to)
        assert str(refused["Subject"]).startswith("Письмо не отправлено: spo240065")
        assert "Приём для spo240065 закрыт 7 сентября 2021 года, 18:00 мск" in text_of(refused)
        assert "ПРОДЛИТЬ spo240065 до" in text_of(refused)
    assert len(post.received(WRITER)) == before
    ask(post, COORDINATOR, REPEAT)  # one is open: that of the participants
    assert [str(found["Subject"]).partition(":")[0] for found in post.received(WRITER)[before:]] == [
        "Повторяем письмо, заполнить до 14.09.2021 18"
    ]


def test_e8_after_an_extension_the_letter_of_a_closed_collection_may_be_repeated(post: Post) -> None:
    post.now = CLOSES + 18 * HOUR
    about = first_letter(post, COORDINATOR)
    ask(post, COORDINATOR, "ПРОДЛИТЬ spo240065 до 9 сентября 18:00", to=about)
    ask(post, COORDINATOR, REPEAT, to=about)
    (letter,) = repeated(post)
    assert str(letter["Subject"]).startswith("Повторяем письмо, заполнить до 09.09.2021 18:00 мск")


def test_e8_nothing_that_is_asked_for_again_is_called_new(post: Post) -> None:
    """A school that asks for the letter of a closed collection, too."""
    post.now = CLOSES + 18 * HOUR
    assert str(answer(post, WRITER, "ПУБЛИКАЦИЯ 1")["Subject"]).startswith("Публикация по вашему запросу: Расписание")
    assert not [found for found in post.received(WRITER) if str(found["Subject"]).startswith("Новая публикация")]
