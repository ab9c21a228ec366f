"""A person or a robot, where no header says so: a person whose words sound like a robot's is read. M17, M34."""

from __future__ import annotations

import pytest

from pipeline.mail.kinds.classify import classify
from pipeline.mail.message.parse import parse
from tests.factories.messages import DATE, EXCHANGE, message, multipart, part

OWN = frozenset({EXCHANGE})
SCHOOL = "school65@spo24.test"
LINES = (f"Return-Path: <{SCHOOL}>", f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Date: {DATE}")


def kind(subject: str, text: str) -> str:
    return classify(parse(message([*LINES, f"Subject: {subject}"], text)), OWN).kind


@pytest.mark.parametrize(
    "subject",
    [
        "Отсутствует форма",
        "Отпуск",
        "В отпуске ответственный",
        "Я в командировке, кто сдаст данные?",
        "Спасибо за письмо",
        "Ваше письмо получено",
        "Нет на месте ответственного",
        "Авто: вопрос",
        "Автоответ вашего сервера",
        "Автоответчик не работает",
        "Автоматические уведомления",
        "Заявка принята или нет",
        "Уведомление о получении письма",
        "Не в офисе до пятницы",
        "Out of office supplies",
        "Thank you for your email",
        "Your request",
        "Absent students",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "Добрый день!\n\nПодскажите, что делать\n\nИванова М.И.",
        "Здравствуйте. Направляем информацию. Ответственная назначена приказом № 12.\n\nДиректор Петров",
        "Hello,\n\nplease find the list below, our mailbox was full.\n\nMaria",
    ],
    ids=("asks", "sends", "english"),
)
def test_m34_a_subject_alone_makes_no_robot_of_a_person(subject: str, text: str) -> None:
    assert kind(subject, text) == "question"


@pytest.mark.parametrize(
    "text",
    [
        "Я больше не работаю ответственным, пишите завучу: zavuch@school.test.",
        "Mrs Smith is no longer with our school. Her successor is Mr Brown.",
        "Я в отпуске до 5 сентября, поэтому форму сдадим 6 сентября.",
        "Нахожусь в отпуске, форму заполнила Петрова. Прошу внести её адрес.",
        "Это автоматический отчёт из электронного журнала.",
        "Please note this is an automatically generated report from our journal.",
        "I will be on holiday from Monday, so I am sending the data today.",
        "Заявка наша зарегистрирована у вас 3 сентября, ответа нет.",
        "Письмо зарегистрировано у нас за № 45.",
        "Не отвечайте на это письмо, я уже дозвонилась.",
        "На это письмо отвечать не нужно, вопрос решён.",
        "Out of office supplies, cannot print.",
        "В связи с отпуском директора подпись ставит заместитель.",
        "Ваше письмо получено, данные сдадим завтра.",
    ],
)
def test_m34_words_of_a_robot_within_a_persons_letter_make_no_robot(text: str) -> None:
    assert kind("Re: Расписание", f"Добрый день!\n\n{text}\n\nС уважением,\nИванова М.И.") == "question"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Отпуск", "Нахожусь в отпуске с 1 по 20 сентября. По всем вопросам обращайтесь к завучу."),
        ("В отпуске до 20 сентября", "Прошу обращаться к Петровой А.А., тел. 123."),
        ("Автоответ на ваше письмо", "Перезвоню."),
        ("Автоматический ответ: форма", "Меня нет."),
        ("Out of Office Re: form", "Bye"),
        ("OOO", "travelling"),
        ("Спасибо за ваше письмо", "Ваше письмо получено и будет рассмотрено в течение трёх дней."),
        ("Ваше обращение принято", "Номер обращения 123. Мы ответим в течение 30 дней."),
        ("Заявка 123 принята", "Специалист свяжется с вами"),
        ("Thank you for your email", "We have received your message and will reply within 2 days."),
        ("Автоматическое уведомление", "Письмо доставлено в приёмную."),
        ("Re: Расписание", "Спасибо за обращение. Ваше письмо получено, мы ответим в ближайшее время."),
        ("Re: Расписание", "В связи с отпуском отвечу после 6 сентября."),
        ("Abwesenheitsnotiz: form", "Ich bin im Urlaub"),
    ],
)
def test_m17_a_robot_without_a_header_is_known_by_its_words(subject: str, text: str) -> None:
    assert kind(subject, text) == "auto_reply"


def test_m34_a_document_under_a_robots_words_is_looked_at() -> None:
    body = multipart(
        "multipart/mixed",
        "=d=",
        [
            part("Content-Type: text/plain; charset=utf-8", "Ваше письмо получено и зарегистрировано."),
            part('Content-Type: application/pdf; name="prikaz.pdf"\r\nContent-Disposition: attachment', "%PDF-1.4"),
        ],
    )
    head = "\r\n".join([*LINES, "Subject: Уведомление о получении письма"]).encode()
    assert classify(parse(head + b"\r\n" + body), OWN).kind == "question"
