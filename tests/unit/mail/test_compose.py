"""Composed letters: what a mail program reads back, and what RFC 5322, 2045, 2047 and 2231 ask of the bytes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Incident
from pipeline.mail.commands.reading import read_command
from pipeline.mail.kinds.automatic import LOOP_HEADER
from pipeline.mail.letters.compose import (
    ascii_name,
    compose,
)
from pipeline.mail.letters.render import (
    LetterFile,
    Mailbox,
    Rendered,
)
from pipeline.mail.message.parse import parse
from pipeline.model import Letter
from tests.factories.letters import NOW, REPLY_TO, SAMPLES, SENDER, letter, renderer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM = LetterFile("Форма spo240065.xlsx", XLSX, bytes(range(256)) * 80)
WORDS = Rendered("Принято: Расписание [spo240065-2]", "Принято.\n\nСпасибо.\n", "<p>Принято.</p>\n")


def made(row: Letter | None = None, *, words: Rendered = WORDS, files: tuple[LetterFile, ...] = ()) -> bytes:
    return compose(row or letter(), words, files, SENDER, REPLY_TO)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert part.defects == []
    return message


def test_a_mail_program_reads_back_what_was_written() -> None:
    message = read(made(files=(FORM,)))
    assert message["Subject"] == WORDS.subject
    assert message["From"].addresses[0].display_name == "Кабинет сбора данных"
    assert message["From"].addresses[0].addr_spec == SENDER.address
    assert message["To"] == "spo240065@example.org"
    assert message["Reply-To"] == REPLY_TO
    assert message["Message-ID"] == letter().message_id
    assert parsedate_to_datetime(str(message["Date"])) == NOW
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().replace("\r\n", "\n") == WORDS.text
    assert page.get_content().replace("\r\n", "\n") == WORDS.html
    [file] = message.iter_attachments()
    assert file.get_filename() == FORM.name
    assert file.get_content_type() == XLSX
    assert file.get_content() == FORM.data


def test_the_projects_own_parser_reads_it_too() -> None:
    message = parse(made(files=(FORM,)))
    assert message.subject == WORDS.subject
    assert [(file.name, file.data) for file in message.attachments] == [(FORM.name, FORM.data)]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_letter_is_seven_bit_with_crlf_and_short_lines(name: str) -> None:
    sample = SAMPLES[name]
    content = made(words=renderer().render(sample.kind, sample.data), files=(FORM,))
    assert content.isascii()
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    head = content.split(b"\r\n\r\n")[0]
    assert all(len(line) <= 76 for line in head.split(b"\r\n") if line[:1] == b" " or line.startswith(b"Subject"))
    assert not any(line.strip() == b"" for line in head.split(b"\r\n"))
    assert content.count(b"\r\n--=_k") >= 5
    assert str(read(content)["Subject"]) == renderer().render(sample.kind, sample.data).subject


def test_the_same_row_gives_the_same_bytes_and_another_id_another_boundary() -> None:
    assert made(files=(FORM,)) == made(files=(FORM,))
    other = made(letter(message_id="<a1.other@kabinet.test>"))
    assert other.split(b'boundary="')[1][:40] != made().split(b'boundary="')[1][:40]


def test_date_is_the_letters_own_and_in_utc() -> None:
    at = datetime(2021, 8, 30, 20, 41, 5, 123456, tzinfo=timezone(timedelta(hours=3)))
    assert b"\r\nDate: Mon, 30 Aug 2021 17:41:05 +0000\r\n" in b"\r\n" + made(letter(created_at=at))
    assert made(letter(created_at=at)) == made(letter(created_at=at.astimezone(UTC)))


def test_m16_our_mail_is_marked_automatic_and_ours_but_dead_addresses_may_answer() -> None:
    message = read(made())
    assert message["Auto-Submitted"] == "auto-generated"
    assert message[LOOP_HEADER] == SENDER.address
    suppressed = {word.strip() for word in str(message["X-Auto-Response-Suppress"]).split(",")}
    assert {"OOF", "AutoReply", "DR", "RN", "NRN"} == suppressed
    assert "NDR" not in suppressed
    assert read(made(letter(in_reply_to="<q@example.org>")))["Auto-Submitted"] == "auto-replied"
    assert read(made(letter(receipt_id=7)))["Auto-Submitted"] == "auto-replied"


def test_letters_are_grouped_for_feedback_loops() -> None:
    message = read(made(letter("rejected", edition=2)))
    assert message["List-Id"] == "<vpr-spo-2021-schedule.kabinet.test>"
    assert message["Feedback-ID"] == "rejected:vpr-spo-2021-schedule:2:kabinet.test"
    assert read(made(letter(publication=None)))["List-Id"] == "<letters.kabinet.test>"


def test_what_we_send_unasked_names_commands_that_change_the_address_and_help() -> None:
    message = read(made(letter("publication", tag="1-spo240065-2-1-abc")))
    for name, command in (("List-Unsubscribe", "ПАСПОРТ"), ("List-Help", "ПОМОЩЬ")):
        link = urlsplit(str(message[name]).strip("<>"))
        assert (link.scheme, unquote(link.path)) == ("mailto", REPLY_TO)
        assert parse_qs(link.query) == {"subject": [command]}
        known = read_command(command)
        assert known is not None
        assert known.name == command
    assert message["List-Unsubscribe-Post"] is None  # RFC 8058 asks for a page on the web


@pytest.mark.parametrize("row", [{"receipt_id": 7}, {"in_reply_to": "<q@example.org>"}, {"tag": ""}])
def test_an_answer_names_none(row: dict[str, Any]) -> None:
    message = read(made(letter("accepted", **{"tag": "1-spo240065-2-1-abc", **row})))
    assert message["List-Unsubscribe"] is None
    assert message["List-Help"] is None


def test_an_answer_threads_with_the_message_it_answers() -> None:
    references = tuple(f"<{number}.{'x' * 60}@example.org>" for number in range(20))
    message = read(made(letter(in_reply_to=references[-1], references=references)))
    assert message["In-Reply-To"] == references[-1]
    assert tuple(str(message["References"]).split()) == references


@pytest.mark.parametrize(
    "foreign",
    [
        "<a@b>\r\nBcc: all@example.org",
        "no brackets",
        "<два@example.org>",
        "<a b@example.org>",
        "<" + "x" * 2000 + "@e>",
        "",
    ],
)
def test_a_malformed_foreign_id_is_left_out_of_the_thread(foreign: str) -> None:
    content = made(letter(in_reply_to=foreign, references=(foreign, "<good@example.org>")))
    message = read(content)
    assert message["In-Reply-To"] is None
    assert message["References"] == "<good@example.org>"
    assert b"Bcc" not in content


@pytest.mark.parametrize(
    ("row", "words", "sender", "reply_to"),
    [
        (letter(), replace(WORDS, subject="Принято\r\nBcc: all@example.org"), SENDER, REPLY_TO),
        (letter(), replace(WORDS, subject="Принято\nBcc: all@example.org"), SENDER, REPLY_TO),
        (letter(), replace(WORDS, subject="a\x85b"), SENDER, REPLY_TO),
        (letter(address="a@example.org\r\nBcc: b@example.org"), WORDS, SENDER, REPLY_TO),
        (letter(address="a@example.org, b@example.org"), WORDS, SENDER, REPLY_TO),
        (letter(address="info@☃.example.org"), WORDS, SENDER, REPLY_TO),
        (letter(message_id="<a@b>\r\nX: y"), WORDS, SENDER, REPLY_TO),
        (letter(), WORDS, Mailbox("exchange@kabinet.test", "Кабинет\r\nBcc: b@example.org"), REPLY_TO),
        (letter(), WORDS, SENDER, "a@example.org\r\nBcc: b@example.org"),
    ],
)
def test_a_line_break_never_gets_into_a_header(row: Letter, words: Rendered, sender: Mailbox, reply_to: str) -> None:
    with pytest.raises(Incident) as caught:
        compose(row, words, (), sender, reply_to)
    assert caught.value.what == "letter.unsafe_header"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Форма spo240065.xlsx", "Forma spo240065.xlsx"),
        ("План-график ВПР СПО в 2021 году.pdf", "Plan-grafik VPR SPO v 2021 godu.pdf"),
        ("Отчёт 446 Экспорт результатов.xlsx", "Otchet 446 Eksport rezultatov.xlsx"),
        ("report.xlsx", "report.xlsx"),
        ("日本.pdf", "_.pdf"),
    ],
)
def test_m23_an_old_program_sees_a_readable_ascii_name_and_a_new_one_the_true_name(name: str, plain: str) -> None:
    content = made(files=(LetterFile(name, "application/pdf", b"%PDF"),))
    assert f';\r\n name="{plain}"\r\n'.encode() in content
    [file] = read(content).iter_attachments()
    assert file.get_filename() == name
    assert file["Content-Disposition"].defects == ()
    [old] = [part for part in message_from_bytes(content).walk() if part.get_content_type() == "application/pdf"]
    assert collapse_rfc2231_value(old.get_param("filename", header="Content-Disposition") or "") == name


@pytest.mark.parametrize("name", ['a"b\r\nX: y.pdf', "../../etc/пароль.pdf", "C:\\отчет.pdf", "ж" * 400 + ".xlsx", ""])
def test_a_hostile_or_endless_file_name_stays_a_file_name(name: str) -> None:
    content = made(files=(LetterFile(name, "application/pdf", b"%PDF"),))
    [file] = read(content).iter_attachments()
    shown = file.get_filename()
    assert shown is not None
    assert not set(shown) & set('"\r\n/\\:')
    assert file["X"] is None
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert file.get_content() == b"%PDF"


@pytest.mark.parametrize(
    "original",
    [
        b"From: a@example.org\r\nSubject: q\r\n\r\nText\r\n",
        b"From: a@example.org\nSubject: bare newlines\n\nText\n",
        "From: a@example.org\r\n\r\nВосемь бит\r\n".encode("koi8-r"),
        b"From: a@example.org\r\n\r\n" + b"x" * 2000 + b"\r\n",
        b"",
    ],
)
def test_a_forwarded_message_keeps_its_bytes(original: bytes) -> None:
    content = made(letter("question"), files=(LetterFile("Исходное письмо.eml", "message/rfc822", original),))
    [file] = read(content).iter_attachments()
    assert file.get_filename() == "Исходное письмо.eml"
    if file.get_content_type() == "message/rfc822":
        assert original in content
    else:
        assert file.get_content_type() == "application/octet-stream"
        assert file.get_content() == original
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


def test_a_clean_forwarded_message_opens_as_a_message() -> None:
    original = b"From: a@example.org\r\nSubject: q\r\n\r\nText\r\n"
    content = made(letter("question"), files=(LetterFile("q.eml", "message/rfc822", original),))
    [file] = read(content).iter_attachments()
    assert file.get_content_type() == "message/rfc822"
    assert file.get_content()["Subject"] == "q"


def test_names_beside_addresses_are_quoted_when_they_must_be() -> None:
    for name in ("Kabinet", "Kabinet, Inc.", 'The "Kabinet"', "Кабинет, отдел", ""):
        message = read(compose(letter(), WORDS, (), Mailbox("exchange@kabinet.test", name), REPLY_TO))
        [address] = message["From"].addresses
        assert (address.display_name, address.addr_spec) == (name, "exchange@kabinet.test")


_PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=200)


@settings(max_examples=300, deadline=None)
@given(_PRINTABLE.map(lambda text: " ".join(text.split()) or "x"))
def test_any_subject_comes_back_as_it_was(subject: str) -> None:
    content = made(words=replace(WORDS, subject=subject))
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert parse(content).subject == subject


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=300))
def test_any_file_comes_back_as_it_was(name: str, data: bytes) -> None:
    content = made(files=(LetterFile(name, "application/octet-stream", data),))
    [file] = read(content).iter_attachments()
    assert file.get_content() == data
    assert file.get_filename()
    assert ascii_name(name).isascii()


def test_composing_costs_little() -> None:
    """A letter with a form of 20 KB: 0.2 ms when written, far from the 3.5 ms of ``email.message``; a wide limit."""
    words = renderer().render("publication", SAMPLES["publication"].data)
    made(words=words, files=(FORM,))
    best = min(_timed(words) for _ in range(20))
    assert best < 0.005


def _timed(words: Rendered) -> float:
    start = time.process_time()
    made(words=words, files=(FORM,))
    return time.process_time() - start
