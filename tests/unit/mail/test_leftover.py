"""What is beside a command or a workbook and must reach a person; saved messages and cut base64 are read too."""

from __future__ import annotations

import base64

import pytest

from pipeline.mail.commands.leftover import left_over
from pipeline.mail.commands.reading import read_command
from pipeline.mail.kinds.beside import goes_on
from pipeline.mail.kinds.classify import classify
from pipeline.mail.message.encoded_words import base64_bytes
from pipeline.mail.message.parse import parse
from tests.factories.messages import (
    DATE,
    EXCHANGE,
    SCHOOL,
    File,
    head,
    multipart,
    outlook,
    part,
    thunderbird,
    workbook_file,
    xlsx,
)

OWN = frozenset({EXCHANGE})


def beside(text: str, *files: File) -> bool:
    message = parse(thunderbird(text, files=list(files)))
    return goes_on(message, classify(message, OWN))


@pytest.mark.parametrize(
    "said",
    [
        "Нас 12",
        "Два класса закрыты.",
        "Мы не сдаём 5 классы",
        "Закрыты.",
        "ПОМОГИТЕ",
        "Срочно!",
        "Директор уволился",
        "Спасибо, но форма не открывается",
        "Спасибо!\nМы переехали",
        "Добрый день! Мы закрыты",
        "Перезвоните 89131112233",
    ],
)
def test_m35_words_beside_a_command_go_on_however_short(said: str) -> None:
    assert beside(f"Статус\n\n{said}")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Спасибо!",
        "Спасибо большое, Иванова",
        "Заранее спасибо за помощь",
        "С уважением,\nМария Ивановна\nМы всегда рядом",
        "Мария Ивановна",
        "Директор школы № 5 Петров П.П.",
        "зам. директора по УВР Сидорова",
        "МБОУ СОШ 5",
        "8 913 555-55-55",
        "Ждем ответа",
        "Здравствуйте, Мария Ивановна!",
    ],
)
def test_m35_thanks_names_and_signatures_do_not(said: str) -> None:
    assert not beside(f"Статус\n\n{said}")


def test_m35_beside_a_workbook_only_what_asks_goes_on() -> None:
    assert not beside("Направляем форму, заполнили вчера.", workbook_file())
    assert beside("Направляем форму. Лист 2 не открывается.", workbook_file())
    assert left_over(parse(thunderbird("Форма. Куда писать 5 класс?")), with_file=True)


def test_m35_a_file_under_a_command_is_looked_at_and_a_logo_is_not() -> None:
    for label, expected in (("application/pdf; name=order.pdf", True), ("image/png; name=logo.png", False)):
        lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: =?utf-8?b?0KHRgtCw0YLRg9GB?=", "MIME-Version: 1.0"]
        disposition = "attachment" if expected else "inline"
        file = part(f"Content-Type: {label}\nContent-Disposition: {disposition}", "%PDF-1.4")
        message = parse(head(lines) + multipart("multipart/mixed", "==o==", [file]))
        verdict = classify(message, OWN)
        assert (verdict.kind, goes_on(message, verdict)) == ("request", expected)


@pytest.mark.parametrize(
    ("text", "command"),
    [("Статус", "СТАТУС"), ("Продлить spo240065 до 10.09.2021", "ПРОДЛИТЬ spo240065 до 10.09.2021"), ("Форма", None)],
)
def test_m35_a_command_over_a_file_is_obeyed_where_it_cannot_name_the_file(text: str, command: str | None) -> None:
    file = workbook_file("order.pdf", b"%PDF-1.4", "application/pdf")
    message = parse(thunderbird(text, files=[file]))
    verdict = classify(message, OWN)
    assert (str(verdict.command) if verdict.command else None) == command
    assert goes_on(message, verdict) == (command is not None)


def test_m41_the_first_piece_of_a_divided_message_shows_what_was_attached() -> None:
    whole = thunderbird("Программа делит письмо.", files=[workbook_file("plan.xlsx")])
    lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: plan [1/2]", f"Date: {DATE}"]
    label = 'Content-Type: message/partial; total=2; id="a@b"; number=1'
    message = parse(head([*lines, label]) + b"\r\n" + whole[: len(whole) * 3 // 4])
    assert [item.name for item in message.attachments] == ["plan.xlsx"]
    assert "Программа делит" in message.text
    assert classify(message, OWN).kind == "return"


def test_m35_a_cry_for_help_is_a_question() -> None:
    assert read_command("Помогите!") is None
    assert classify(parse(thunderbird("Ничего не открывается", "Помогите!")), OWN).kind == "question"
    assert str(read_command("Помощь")) == "ПОМОЩЬ"


def holding(content: bytes, name: str, label: str = "application/octet-stream") -> bytes:
    lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: x", f"Date: {DATE}", "MIME-Version: 1.0"]
    fields = (
        f'Content-Type: {label}\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="{name}"'
    )
    return head(lines) + multipart("multipart/mixed", "==o==", [part(fields, base64.encodebytes(content).decode())])


def test_m41_a_saved_message_is_known_by_its_content() -> None:
    inner = outlook(files=[workbook_file()])
    assert classify(parse(holding(inner, "letter.eml")), OWN).kind == "return"
    assert classify(parse(holding(inner, "letter.bin")), OWN).kind == "return"
    assert classify(parse(holding(holding(inner, "a.eml"), "b.eml")), OWN).kind == "return"
    notes = parse(holding(b"Subject: physics\n\nNote to self", "notes.bin"))
    assert [part.enclosed for part in notes.parts] == [None]


def test_m41_all_padded_pieces_of_base64_are_read() -> None:
    whole = xlsx()
    for size in (100, 1000, 1001):
        pieces = [base64.b64encode(whole[at : at + size]) for at in range(0, len(whole), size)]
        assert base64_bytes(b"".join(pieces)) == whole
        assert base64_bytes(b"\r\n".join(pieces) + b"\r\n--\r\n") == whole
    assert base64_bytes(b"QUJD=QUJD") == b"ABCABC"
    assert base64_bytes(b"QQ") == b"A"
