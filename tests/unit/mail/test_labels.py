"""Charsets with wrong labels, headers with odd lines, words that are encoded twice or cut. Cases M38, M39."""

from __future__ import annotations

import base64

import pytest

from pipeline.mail.explain import messages_of
from pipeline.mail.message.charsets import decode
from pipeline.mail.message.encoded_words import decode_words
from pipeline.mail.message.headers import split_headers
from pipeline.mail.message.parameters import parameters
from pipeline.mail.message.parse import parse

LATIN = [
    "Grüße aus München",
    "été à Orléans\xa0: «oui»",
    "£12000",
    "© 2021 Company\xa0Ltd",
    "Ångström på ön",
    "à é ù",
    "ÅÄÖ",
    "ÆØÅ",
]
OTHER = [("Добрый день, форма", "cp1251"), ("МБОУ СОШ", "koi8-r"), ("ОШ 3", "cp1251"), ("Ведомость №5 «А»", "cp1251")]


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "us-ascii"])
def test_m38_a_latin_label_counts_where_the_words_are_latin(label: str) -> None:
    assert [decode(text.encode("latin-1"), label) for text in LATIN] == LATIN
    assert decode("Niño – “x” 5 €".encode("cp1252"), label) == "Niño – “x” 5 €"
    assert [decode(text.encode(charset), label) for text, charset in OTHER] == [text for text, _ in OTHER]


@pytest.mark.parametrize("label", [None, "iso-8859-1", "us-ascii"])
def test_m38_ukrainian_letters_are_no_frames_of_boxes(label: str | None) -> None:
    text = "Доброго дня! Надсилаємо форму, їхні дані є повними"
    assert decode(text.encode("koi8-u"), label) == text


def test_m38_signs_alone_name_no_language() -> None:
    signs = ["£5", "© 2020", "§ 5", "«5»", "5\xa0%"]
    assert [decode(text.encode("cp1252")) for text in signs] == signs


def test_m38_a_name_in_latin_1_keeps_its_sign() -> None:
    assert parameters(b"attachment; filename*=iso-8859-1''%A312000.pdf")[1] == {"filename": "£12000.pdf"}
    assert parameters("attachment; filename=Résumé.pdf".encode("latin-1"))[1] == {"filename": "Résumé.pdf"}


def test_m38_a_gateway_that_changed_the_bytes_and_not_the_label() -> None:
    assert decode("Прочитано".encode(), "windows-1251") == "Прочитано"
    assert decode("Прочитано".encode("cp1251"), "windows-1251") == "Прочитано"


@pytest.mark.parametrize(
    ("charset", "label"),
    [("iso2022_jp", "iso-2022-jp"), ("iso2022_jp", None), ("cp932", "shift_jis"), ("cp932", None), ("euc_jp", None)],
)
def test_m38_japanese_with_and_without_a_label(charset: str, label: str | None) -> None:
    text = "資料をお送りします"
    assert decode(text.encode(charset), label) == text


def test_m38_japanese_signs_beyond_the_standard_and_names_with_quotes_in_their_bytes() -> None:
    assert decode(b"\x1b$B-!HV\x1b(B x", "iso-2022-jp") == "①番 x"
    for charset, hints in (("iso2022_jp", ()), ("cp932", ("shift_jis",))):
        raw = b'attachment; filename="' + "予定表.xlsx".encode(charset) + b'"'
        assert parameters(raw, hints)[1] == {"filename": "予定表.xlsx"}


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"   ", b"\t", b"\n"])
def test_m39_what_is_before_the_first_field_is_passed_over(before: bytes) -> None:
    message = parse(before + b"Delivered-To: b@b.test\nFrom: a@a.test\nSubject: x\n\nbody")
    assert (message.sender, message.subject, message.text) == ("a@a.test", "x", "body")


def test_m39_the_header_goes_on_after_lines_that_are_no_fields() -> None:
    torn = b"Received: from x\nwith ESMTP id\n1\n(envelope)\nFrom: a@a.test\nSubject: x\n\nbody\nTo: z@z.test"
    message = parse(torn)
    assert (message.sender, message.subject, message.text) == ("a@a.test", "x", "body\nTo: z@z.test")
    assert message.recipients == ()


def test_m39_a_body_without_its_empty_line_stays_the_body() -> None:
    assert parse(b"From: a@a.test\nHello there\nbye\n\nTo: x@x.test").text.startswith("Hello there\nbye")
    block = split_headers(b"From: a\nContent-Type: multipart/mixed; boundary=b\n--b\nContent-Type: text/plain\n\nx")
    assert len(block.fields) == 2


def test_m39_line_ends_of_an_old_mac_in_an_mbox() -> None:
    one = b"From a@a.test Mon Aug 30 13:37:00 2021\rFrom: a@a.test\rSubject: x\r\rbody\r\r"
    found = messages_of("m.mbox", one * 2)
    assert [(parse(data).sender, parse(data).subject) for _, data in found] == [("a@a.test", "x")] * 2


def test_m39_words_that_are_encoded_twice_or_cut_anywhere_are_read() -> None:
    text = "Расписание"
    coded = base64.b64encode(text.encode()).decode()
    once = f"=?utf-8?B?{coded}?="
    twice = base64.b64encode(once.encode()).decode()
    assert decode_words(f"=?us-ascii?B?{twice}?=") == text
    assert decode_words(f"=?utf-8?B?{twice[:20]}?= =?utf-8?B?{twice[20:]}?=") == text
    for cut in (5, 9, 13, 14):  # within a group of four
        assert decode_words(f"=?utf-8?B?{coded[:cut]}?= =?utf-8?B?{coded[cut:]}?=") == text
    assert decode_words("=?utf-8?Q?=D0=9A=D0?= =?utf-8?Q?=B0?=") == "Ка"
