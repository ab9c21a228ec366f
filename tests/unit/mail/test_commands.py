"""What counts as a command, and what is only our own subject coming back."""

from __future__ import annotations

import pytest

from pipeline.mail.commands.lines import own_subject
from pipeline.mail.commands.messages import commands_of, confirmation_of, draft_marked
from pipeline.mail.commands.reading import read_command
from pipeline.mail.message.parse import parse
from tests.factories.messages import OUR_SUBJECT, gmail, ios, outlook, the_bat, thunderbird, yandex


@pytest.mark.parametrize(
    ("written", "command"),
    [
        ("ФОРМА", "ФОРМА"),
        ("форма", "ФОРМА"),
        ("«Форма».", "ФОРМА"),
        ("Форма, пожалуйста!", "ФОРМА"),
        ("форма пожалуйста", "ФОРМА"),
        ("Пришлите, пожалуйста, форму ещё раз", "ФОРМА"),
        ("ФОРМА spo240065", "ФОРМА spo240065"),
        ("Сводка", "СВОДКА"),
        ("НАЙТИ расписание ВПР", "НАЙТИ расписание впр"),
        ("Публикация 2", "ПУБЛИКАЦИЯ 2"),
        ("Файлы", "ФАЙЛЫ"),
        ("файлы план", "ФАЙЛЫ план"),
        ("Файл №2", "ФАЙЛ 2"),
        ("скачать все", "СКАЧАТЬ ВСЁ"),
        ("Скачать всё", "СКАЧАТЬ ВСЁ"),
        ("Статус?", "СТАТУС"),
        ("Данные", "ДАННЫЕ"),
        ("данные SPO240065", "ДАННЫЕ spo240065"),
        ("Уведомления", "УВЕДОМЛЕНИЯ"),
        ("паспорт", "ПАСПОРТ"),
        ("ПАСПОРТ адрес new@school.test", "ПАСПОРТ адрес new@school.test"),
        ("Помощь", "ПОМОЩЬ"),
        ("Участники", "УЧАСТНИКИ"),
        ("не приступили", "НЕ ПРИСТУПИЛИ"),
        ("Экспорт", "ЭКСПОРТ"),
        ("отчёт скачивания", "ОТЧЕТ СКАЧИВАНИЯ"),
        ("Отчёт №446", "ОТЧЕТ 446"),
        ("Отчет 446", "ОТЧЕТ 446"),
        ("напомнить", "НАПОМНИТЬ"),
        ("АДРЕС spo240065 new@school.test", "АДРЕС spo240065 new@school.test"),
        ("ПРОДЛИТЬ spo240065 до 10.09.2021", "ПРОДЛИТЬ spo240065 до 10.09.2021"),
        ("Принять 17", "ПРИНЯТЬ 17"),
        ("отклонить №17", "ОТКЛОНИТЬ 17"),
        ("повторить spo240065", "ПОВТОРИТЬ spo240065"),
        ("Это не мы!", "ЭТО НЕ МЫ"),
    ],
)
def test_commands_as_people_write_them(written: str, command: str) -> None:
    assert str(read_command(written)) == command


@pytest.mark.parametrize(
    ("written", "command"),
    [
        ("УЧАСТНИКИ 2", ("УЧАСТНИКИ", "2", "")),
        ("Экспорт №2", ("ЭКСПОРТ", "2", "")),
        ("Не приступили vpr-spo-2021", ("НЕ ПРИСТУПИЛИ", "vpr-spo-2021", "")),
        ("форма n2-plan", ("ФОРМА", "n2-plan", "")),
        ("Статус из публикации №2", ("СТАТУС", "", "2")),
        ("Участники по публикации 2", ("УЧАСТНИКИ", "", "2")),
        ("ДАННЫЕ spo240065 из публикации 2", ("ДАННЫЕ", "spo240065", "2")),
        ("Напомните всем из публикации vpr-2", ("НАПОМНИТЬ", "", "vpr-2")),
        ("ПРОДЛИТЬ spo240065 до завтра, болезнь из публикации 2", ("ПРОДЛИТЬ", "spo240065 до завтра, болезнь", "2")),
    ],
)
def test_f11_a_publication_is_named_right_behind_or_at_the_end(written: str, command: tuple[str, str, str]) -> None:
    found = read_command(written)
    assert found is not None
    assert (found.name, found.argument, found.publication) == command
    assert read_command(str(found)) == found  # as it is told back it can be sent again


@pytest.mark.parametrize(
    "written",
    ["СВОДКА из публикации 2", "СКАЧАТЬ ВСЁ страница 2", "УЧАСТНИКИ страница 2", "ПОМОЩЬ 2", "ФОРМА 2 3"],
)
def test_f11_what_a_command_does_not_take_makes_a_question_of_it(written: str) -> None:
    assert read_command(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Форма заполнена",
        "Форма во вложении",
        "Файлы прилагаем",
        "файл не открывается",
        "Публикация не открывается",
        "Отчёт отправлен",
        "Отчёт",
        "Данные отправлены",
        "Найти не могу",
        "Адрес изменился",
        "Статус заявки неизвестен",
        "Подскажите, как получить форму",
        "Формат файла",
        "Добрый день",
    ],
)
def test_a_command_inside_running_text_is_none(written: str) -> None:
    assert read_command(written) is None


@pytest.mark.parametrize(
    ("subject", "own"),
    [
        (f"Re: {OUR_SUBJECT}", ""),
        (f"HA: {OUR_SUBJECT}", ""),
        (f"Ответ: Fwd: {OUR_SUBJECT}", ""),
        (OUR_SUBJECT, ""),
        (f"ФОРМА Re: {OUR_SUBJECT}", "ФОРМА"),
        (f"ЧЕРНОВИК Re[2]: {OUR_SUBJECT}", "ЧЕРНОВИК"),
        (f"Re: {OUR_SUBJECT} ЧЕРНОВИК", "ЧЕРНОВИК"),
        ("ФОРМА [spo240065-2]", "ФОРМА"),
        ("Re: ФОРМА", "ФОРМА"),
        ("Re: Черновик сохранён: Расписание [spo240065-2]", ""),
        ("Re: Форма [spo240065-2]", ""),
        ("Re: Fwd: [ВПР] вопрос", "[ВПР] вопрос"),
    ],
)
def test_our_own_subject_is_taken_off(subject: str, own: str) -> None:
    assert own_subject(subject) == own


def test_our_own_subjects_never_act() -> None:
    for subject in (
        OUR_SUBJECT,
        "Форма: Расписание [spo240065-2]",
        "Черновик сохранён [spo240065-2]",
        "Отчет №446 готов [spo_coord_24-2]",
    ):
        for prefix in ("", "Re: ", "Fwd: ", "Re: Fwd: ", "HA: "):
            message = parse(thunderbird("Добрый день, всё отправили.", prefix + subject))
            assert commands_of(message) == ()
            assert not draft_marked(message)


@pytest.mark.parametrize("client", [outlook, thunderbird, gmail, ios])
def test_the_first_line_that_is_no_greeting_counts(client: object) -> None:
    assert callable(client)
    for text in (
        "форма",
        "Здравствуйте!\nФорма",
        'Добрый день, уважаемые коллеги!\n\n"ФОРМА"\n\nС уважением, Иванова',
        "Добрый день! Форму, пожалуйста.",
    ):
        assert [str(command) for command in commands_of(parse(client(text)))] == ["ФОРМА"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Да", "ДА"),
        ("«Да», пожалуйста.", "ДА"),
        ("ДА K7QX-2MRT-4PLA", "ДА K7QX-2MRT-4PLA"),
        ("да, код: k7qx-2mrt-4pla", "ДА K7QX-2MRT-4PLA"),
        ("Нет!", "НЕТ"),
        ("нет K7QX-2MRT-4PLA", "НЕТ K7QX-2MRT-4PLA"),
        ("Да, мы это отправили вчера", None),
        ("Нет, это не так", None),
        ("Данные", None),
    ],
)
def test_yes_and_no_count_alone_or_with_a_code(text: str, answer: str | None) -> None:
    found = confirmation_of(parse(gmail(text)))
    assert (str(found) if found else None) == answer


def test_quoted_text_is_ignored() -> None:
    for data in (
        outlook("Спасибо!"),
        thunderbird("Спасибо!"),
        gmail("Спасибо!"),
        ios("Спасибо!"),
        yandex("Спасибо!", "Re: x"),
    ):
        assert commands_of(parse(data)) == ()


def test_an_empty_answer_above_a_quote_gives_no_command() -> None:
    for data in (outlook(""), thunderbird(""), gmail(""), ios("")):
        assert commands_of(parse(data)) == ()


@pytest.mark.parametrize(
    ("subject", "text", "draft"),
    [
        ("ЧЕРНОВИК", "", True),
        ("Черновик расписания", "", True),
        (f"черновик Re: {OUR_SUBJECT}", "", True),
        (f"Re: {OUR_SUBJECT}", "Черновик.", True),
        ("ЧЕРНОВИК [spo240065-2]", "", True),
        (f"Re: {OUR_SUBJECT}", "Это не черновик, сдаём", False),
        ("Не черновик", "", False),
        ("Черновикову И.И.", "", False),
        (f"Re: {OUR_SUBJECT}", "Сдаём", False),
    ],
)
def test_s11_a_draft_is_marked_in_the_subject(subject: str, text: str, draft: bool) -> None:
    assert draft_marked(parse(the_bat(text, subject))) is draft


@pytest.mark.parametrize(
    ("text", "draft"),
    [
        ("Добрый день!\n\nЭто пока черновик, приказ подпишут в пятницу.", True),
        ("Высылаем черновой вариант формы.", True),
        ("Отправляю вам расписание.\nПросьба считать черновиком.", True),
        ("Здравствуйте, это draft, please ignore", True),
        ("Это окончательный вариант, черновик присылали вчера.", False),
        ("Высылаем форму вместо черновика от 3 сентября", False),
        ("Направляем форму. Черновиков В. П., завуч", False),
        ("В ячейке «Черновик» стоит «нет»", False),
    ],
)
def test_w39_a_letter_that_calls_its_form_a_draft_in_a_sentence_marks_it(text: str, draft: bool) -> None:
    assert draft_marked(parse(the_bat(text, f"Re: {OUR_SUBJECT}"))) is draft
