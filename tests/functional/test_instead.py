"""What comes where a workbook was meant: each cause has an answer that names it, with the form beside it (M23)."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.functional.post import Post, form_in, make_post
from tests.functional.world import text_of

WRITER = "spo240065@school.test"
ENCLOSED = "Добрый день! Направляем заполненную форму."


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    return made


def answered(post: Post, text: str, *files: tuple[str, str, bytes], logo: bool = False) -> EmailMessage:
    """The writer answers the publication with ``files`` (name, media type, bytes); return our answer."""
    to = post.last(WRITER)
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = WRITER, str(to["Reply-To"])
    message["Subject"], message["In-Reply-To"] = f"Re: {to['Subject']}", str(to["Message-ID"])
    message["Message-ID"] = "<instead@school.test>"
    message.set_content(text)
    for name, media, data in files:
        main, sub = media.split("/")
        message.add_attachment(data, main, sub, filename=name)
    if logo:  # our own picture comes back with the quotation
        message.add_attachment(b"\x89PNG\r\n\x1a\n", "image", "png", filename="logo.png", disposition="inline")
    post.inbox.deliver(message.as_bytes(), post.now)
    assert post.exchange_all()["no_workbook"] == 1
    return post.last(WRITER)


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ([("скан.jpg", "image/jpeg", b"\xff\xd8\xff\xe0")], "вместо формы картинка"),
        ([("скан.pdf", "application/pdf", b"%PDF-1.7"), ("1.jpg", "image/jpeg", b"\xff\xd8\xff")], "картинка"),
        ([("Расписание.pdf", "application/octet-stream", b"%PDF-1.7")], "вместо формы документ PDF"),
        ([("Расписание.rtf", "application/rtf", b"{\\rtf1}")], "вместо формы документ Word"),
        ([("форма.rar", "application/octet-stream", b"Rar!\x1a\x07\x00")], "вместо формы архив"),
        ([("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22")], "вложение пришло в файле winmail.dat"),
        ([("a.bin", "application/octet-stream", b"?"), ("b.pdf", "application/pdf", b"%PDF-")], "в письме нет формы"),
    ],
)
def test_m23_what_came_instead_is_named_and_the_form_goes_along(
    post: Post, files: list[tuple[str, str, bytes]], named: str
) -> None:
    answer = answered(post, ENCLOSED, *files, logo=True)
    assert str(answer["Subject"]).startswith(f"Не принято, {named}" if "вместо" in named else "Не принято, ")
    assert named in str(answer["Subject"])
    text = text_of(answer)
    assert files[0][0] in text
    assert "logo.png" not in text
    assert "Форма приложена к этому письму." in text
    assert form_in(answer)[1]


def test_m23_a_link_and_a_forgotten_file_are_told_apart(post: Post) -> None:
    link = answered(post, "Форма здесь: https://disk.yandex.ru/d/abc")
    assert str(link["Subject"]).startswith("Не принято, вместо файла ссылка")
    assert "Скачайте файл по своей ссылке" in text_of(link)
    forgotten = answered(post, ENCLOSED, logo=True)
    assert str(forgotten["Subject"]).startswith("Не принято, файл не приложен")


@pytest.mark.parametrize("text", ["Мы отправили форму вчера, ответа нет.", "Форма не прилагается, что делать?"])
def test_words_about_a_form_that_enclose_nothing_stay_a_question(post: Post, text: str) -> None:
    post.write(WRITER, post.last(WRITER), text)
    assert post.exchange_all()["question"] == 1
