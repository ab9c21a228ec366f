"""What was likely meant by a line that is no command, and what a message with it counts as. M35."""

from __future__ import annotations

import pytest

from pipeline.mail.commands.command import Word
from pipeline.mail.commands.likely import likely_command, nearest_command
from pipeline.mail.commands.messages import commands_of
from pipeline.mail.commands.phrases import phrases, written_out
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words import WORDS
from pipeline.mail.explain import explain
from pipeline.mail.message.parse import parse
from pipeline.model import Role
from tests.factories.messages import EXCHANGE, message
from tests.unit.mail.test_rules import OWN, RULES

SCHOOL = "school65@spo24.test"


def letter(subject: str, text: str = "", *extra: str) -> bytes:
    return message([f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Subject: {subject}", *extra], text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # one slip
        ("Статсу", "СТАТУС"),
        ("Стаус", "СТАТУС"),
        ("формма", "ФОРМА"),
        ("НАПОМНТЬ spo240065", "НАПОМНИТЬ spo240065"),
        ("Продлитть spo240065 до 10.09.2021", "ПРОДЛИТЬ spo240065 до 10.09.2021"),
        ("не преступили", "НЕ ПРИСТУПИЛИ"),
        ("скачатьвсё", "СКАЧАТЬ ВСЁ"),
        ("фаил 2", "ФАЙЛ 2"),
        ("файл2", "ФАЙЛ 2"),
        ("Найдти расписание", "НАЙТИ расписание"),
        # another keyboard
        ("cnfnec", "СТАТУС"),
        ("ge,kbrfwbz 2", "ПУБЛИКАЦИЯ 2"),
        ("ghjlkbnm spo240065 lj pfdnhf", "ПРОДЛИТЬ spo240065 до завтра"),
        ("cnfnec vpr-plan", "СТАТУС vpr-plan"),
        ("напомнить ызщ240065", "НАПОМНИТЬ spo240065"),
        ("рудз", "ПОМОЩЬ"),
        # letters that look alike
        ("CTATУC", "СТАТУС"),
        ("ФOPMA", "ФОРМА"),
        ("напомнить spо240065", "НАПОМНИТЬ spo240065"),
        # words around
        ("Какой у нас статус?", "СТАТУС"),
        ("Хотели бы получить форму", "ФОРМА"),
        ("Необходимо напомнить школам", "НАПОМНИТЬ"),
    ],
)
def test_m35_what_is_likely_meant(written: str, meant: str) -> None:
    assert read_command(written) is None
    found = likely_command(written)
    assert str(found) == meant
    assert found is not None
    assert found.written == written


@pytest.mark.parametrize(
    "written",
    [
        *("Помощь нужна", "Нужна помощь", "Помогите!", "Норма", "Формат файла", "Форма заполнена", "Отчёт", "Вопрос"),
        *("Спасибо", "Получено", "Хорошо", "Иванова", "План работы", "Адрес изменился", "Где форма?", "это не мыы"),
        *("Можно узнать статус по ВПР", "Статус формы неизвестен", "expert", "Принято", "10.09", "2", "школа 65"),
        "Публикаций пока нет",
        "Когда вы продлите срок для нашей школы до 10 сентября и пришлёте форму",
    ],
)
def test_m35_running_text_and_other_words_mean_no_command(written: str) -> None:
    assert likely_command(written) is None


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.id)
def test_every_phrase_of_a_spelling_is_written_out_and_fits_it(word: Word) -> None:
    found = written_out(word)
    assert found
    assert all(word.spelling.match(phrase) for phrase in found)
    assert not any(sign in phrase for phrase in found for sign in "()[]?|\\")


@pytest.mark.parametrize("written", ["статусс", "Какой у нас статус?"])
def test_m35_what_is_only_likely_counts_where_nothing_else_is_said(written: str) -> None:
    def read(subject: str, text: str, *extra: str) -> list[str]:
        return [str(command) for command in commands_of(parse(letter(subject, text, *extra)))]

    assert read("Вопрос", f"Добрый день!\n\n{written}\n\nС уважением,\nИванова М.И.") == ["СТАТУС"]
    assert read("Вопрос", f"{written}\nИванова Мария\n8 (391) 200-00-00") == ["СТАТУС"]
    assert read("Вопрос", f"{written}\nФорма не открывается") == []
    assert read("Форма не открывается", written) == []
    assert read(written, "") == ["СТАТУС"]
    assert read(written, "Направляем список выпускников школы") == []
    assert read(f"Re: {written}", "", "In-Reply-To: <a@kabinet.test>") == []


@pytest.mark.parametrize(
    ("text", "certainty", "commands", "until"),
    [
        ("СТАТУС", "certain", ["СТАТУС"], False),
        ("Статусс", "likely", ["СТАТУС"], False),
        ("Продлитть spo240065 до 10.09.2021", "likely", ["ПРОДЛИТЬ spo240065 до 10.09.2021"], True),
        ("Статусс и форма не открываются", "unsure", [], False),
        ("Ствтсу", "unsure", [], False),
    ],
)
def test_h_certainty_says_how_a_command_was_understood(
    text: str, certainty: str, commands: list[str], until: bool
) -> None:
    data = letter("Вопрос", text, "Date: Mon, 30 Aug 2021 10:00:00 +0300")
    line = explain("a.eml", data, RULES, OWN)
    assert (line["certainty"], line["commands"]) == (certainty, commands)
    assert line["command"] == (commands[0] if commands else None)
    assert line["left_over"] is False
    assert (line["until"] is not None) is until


def test_m35_a_short_line_that_is_unsure_is_answered_with_the_command_it_may_mean() -> None:
    assert nearest_command("Ствтсу", Role.ORGANISATION) == "СТАТУС"
    assert nearest_command("Продлить", Role.COORDINATOR) == "ПРОДЛИТЬ spo240065 до 10.09.2021"
    assert nearest_command("Продлить", Role.ORGANISATION) == ""
    assert nearest_command("Форма не открывается, что делать нам", Role.ORGANISATION) == ""
    assert all(phrase == phrase.lower() for phrase in phrases())
