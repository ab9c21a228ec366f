"""Whoever we know is answered, whatever they send: kinds of writers × kinds of messages, through the steps (E9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.model import Login, Role
from pipeline.steps import close, withdraw
from pipeline.steps.base.limits import Limits
from pipeline.store import roster
from tests.factories.limits import limited
from tests.functional.post import CLOSES, Post, form_in, typed
from tests.functional.published import COORDINATOR, DAY, published_post
from tests.functional.world import SCHEDULE, letter

File = tuple[str, str, bytes, str]
PNG, PDF = b"\x89PNG\r\n\x1a\n123", b"%PDF-1.4"
MANY = limited(
    Limits(),
    answering={
        "per_address": 10_000,
        "per_login": 10_000,
        "per_domain": 10_000,
        "to_strangers": 10_000,
        "questions": 10_000,
    },
    proving={"asked_a_day": 10_000},
    judging={"largest_message": 60_000},
)
SILENT_BY_RULE = {"a circular"}
"""What no person wrote to us: a mailing list's mail is passed on or dropped, and never answered (RFC 3834)."""

COMMANDS = (
    "ФОРМА",
    "СТАТУС",
    "ДАННЫЕ",
    "ФАЙЛ 1",
    "СКАЧАТЬ ВСЁ",
    "УВЕДОМЛЕНИЯ",
    "ПАСПОРТ",
    "ПОМОЩЬ",
    "СВОДКА",
    "АДРЕС new@school.test",
    "УЧАСТНИКИ",
    "ПРОДЛИТЬ spo240065 до завтра",
    "ЗАДАЧИ",
    "ОТЧЕТ 5",
    "НАПОМНИТЬ",
    "ПОВТОРИТЬ spo240065",
)
# Name → subject, text, files.
MESSAGES: dict[str, tuple[str, str, Sequence[File]]] = {
    "nothing": ("", "", ()),
    "a signature alone": ("Re:", "-- \nС уважением,\nИванова И.И.\nтел. 8-391-1234567", ()),
    "regards alone": ("", "С уважением, Иванова", ()),
    "a picture": ("", "", [("скан.png", "image/png", PNG, "attachment")]),
    "a picture in the text": ("", "", [("logo.png", "image/png", PNG, "inline")]),
    "a PDF": ("", "Направляем", [("a.pdf", "application/pdf", PDF, "attachment")]),
    "a Word document": ("Отчёт", "", [("a.docx", "application/octet-stream", b"PK\x03\x04", "attachment")]),
    "no workbook under its name": ("", "", [("a.xlsx", "application/octet-stream", b"garbage", "attachment")]),
    "too large": ("", "x" * 70_000, ()),
    "HTML alone": ("Вопрос", "<p>Когда срок?</p>", ()),
    "ДА": ("ДА", "", ()),
    "НЕТ": ("Re: письмо", "НЕТ", ()),
    "ЭТО НЕ МЫ": ("", "Это были не мы", ()),
    "ДА with words": ("Re:", "Да, подтверждаю", ()),
    "ДА with a code of nobody": ("", "ДА ABCD-2345-EFGH", ()),
    "no such command": ("ФОРМУЛЯР", "", ()),
    "thanks": ("Re:", "Спасибо!", ()),
    "a question": ("Вопрос", "Когда срок?", ()),
    "a circular": ("Новости", "Текст рассылки", ()),
    "a workbook": ("Отчёт", "", ()),
    **{command: (command, "", ()) for command in COMMANDS},
}
WRITERS = {
    "a school": "spo240065@school.test",
    "an office of two schools": "uo@district.test",
    "a school and its coordinator": "mixed@region.test",
    "a coordinator": COORDINATOR,
    "a school that was asked for nothing": "idle@school.test",
    "one that left the roster": "gone-{}@gone{}.test",
    "a stranger": "petrova-{}@mail{}.test",
}


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = published_post(tmp_path)
    made.limits = MANY
    with made.context() as context, context.store.transaction() as session:
        listed = {login.code: login for login in roster.logins(session)}
        for code, address in (
            ("spo240065", WRITERS["an office of two schools"]),
            ("spo240066", WRITERS["an office of two schools"]),
            ("spo240067", WRITERS["a school and its coordinator"]),
            ("spo_coord_24", WRITERS["a school and its coordinator"]),
        ):
            listed[code] = replace(listed[code], addresses=(*listed[code].addresses, address))
        gone = tuple(WRITERS["one that left the roster"].format(at, at) for at in range(len(MESSAGES)))
        leaving = Login("spo240099", "Выбывший", Role.ORGANISATION, "24", gone)
        idle = Login(
            "spo250001", "Другой регион", Role.ORGANISATION, "25", (WRITERS["a school that was asked for nothing"],)
        )
        roster.save_logins(session, [*listed.values(), leaving, idle], made.now)
        roster.save_logins(session, [*listed.values(), idle], made.now)
    return made


def written(post: Post, number: str, sender: str, name: str) -> bytes:
    subject, text, files = MESSAGES[name]
    if name == "a workbook":
        form, data = typed(form_in(post.received(WRITERS["a school"])[0]))
        files = [(form, "application/octet-stream", data, "attachment")]
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, "exchange@kabinet.test", subject
    message["Message-ID"] = f"<{number}@writer.test>"
    if name == "a circular":
        message["List-Id"], message["Precedence"] = "<news.shop.test>", "bulk"
    message.set_content(text, subtype="html" if text.startswith("<p>") else "plain")
    for file, media, data, disposition in files:
        main, sub = media.split("/")
        message.add_attachment(data, main, sub, filename=file, disposition=disposition)
    return message.as_bytes()


def silences(post: Post, writers: Sequence[str], names: Sequence[str]) -> set[tuple[str, str]]:
    """Let each of ``writers`` send each message; return the pairs for which no letter in its thread came back."""
    asked: dict[str, tuple[str, str, str]] = {}
    for writer in writers:
        for at, name in enumerate(names):
            address = WRITERS[writer]
            number, sender = f"{len(asked)}", address.format(at, at)
            asked[f"<{number}@writer.test>"] = (writer, name, sender)
            post.inbox.deliver(written(post, number, sender, name), post.now)
    counts = post.run("collect", "check", "deliver")["check"].counts
    assert counts["receipts"] >= len(asked)  # an extension lets those refused as late be judged again
    assert counts.get("failed", 0) == counts.get("retried", 0) == 0
    answered = {(sent.recipient, str(letter(sent.content)["In-Reply-To"])) for sent in post.mail.sent}
    return {(writer, name) for number, (writer, name, sender) in asked.items() if (sender, number) not in answered}


def test_e9_m33_whatever_is_written_is_answered_but_what_no_person_wrote(post: Post) -> None:
    """E9: one letter at least to each of us who wrote: only mail of lists and robots gets none."""
    assert {name for _, name in silences(post, list(WRITERS), list(MESSAGES))} == SILENT_BY_RULE


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_e9_m33_so_it_is_when_there_is_nothing_more_to_hand_in(post: Post, state: str) -> None:
    with post.context() as context:
        if state == "withdrawn":
            withdraw.run(context, SCHEDULE, "ошибка", post.now, "cli:anna")
        else:
            post.now = CLOSES + DAY
            close.run(context, post.now)
    writers = ("a school", "an office of two schools", "a coordinator")
    assert silences(post, writers, ("a workbook", *COMMANDS)) == set()
