"""Every kind of letter as it goes out keeps to the RFCs, and the lint itself sees what it is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.mail.letters.render import (
    LetterFile,
    compose,
)
from tests.factories.letters import SAMPLES, SENDER, letter, renderer
from tests.tools.rfc_lint import faults

_RENDERER = renderer()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = (
    LetterFile("Форма spo240065.xlsx", XLSX, b"PK\x03\x04" + bytes(range(256)) * 20),
    LetterFile("План-график ВПР СПО «2021/22» (окончательный, с правками).pdf", "application/pdf", b"%PDF-1.7"),
    LetterFile("Ё" * 150 + ".zip", "application/zip", b""),
    LetterFile("plan.txt", "application/octet-stream", b"a;b\n"),
    LetterFile("Исходное письмо.eml", "message/rfc822", b"From: a@b.test\r\nSubject: x\r\n\r\nx\r\n"),
    LetterFile("8 бит.eml", "message/rfc822", b"From: a@b.test\r\n\r\n\xff\r\n"),
)
THREAD = ("<first@mail.school.test>", "<not an id>", "<" + "a" * 200 + "@mail.gmail.test>", "<last@school.test>")


def composed(name: str, files: tuple[LetterFile, ...] = ()) -> bytes:
    """The sample as it is sent."""
    sample = SAMPLES[name]
    row = replace(letter(sample.kind), data=sample.data)
    return compose(
        row, _RENDERER.render(sample.kind, sample.data), files, SENDER, sample.data["reply_to"] or "a@b.test"
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_every_letter_keeps_to_the_rfcs(name: str) -> None:
    assert faults(composed(name)) == []


def test_so_does_a_letter_with_files_in_a_thread_of_others() -> None:
    sample = SAMPLES["rejected"]
    row = replace(
        letter("rejected"), data=sample.data, in_reply_to="<last@school.test>", references=THREAD, receipt_id=1
    )
    rendered = replace(_RENDERER.render("rejected", sample.data), subject="«Ё» 🙂 " * 40 + "=?utf-8?B?0Y8=?=")
    assert faults(compose(row, rendered, FILES, SENDER, "exchange+1-spo240065-2-1-abcdefgh@kabinet.test")) == []


@pytest.mark.parametrize(
    "person", ["Кабинет сбора данных (тестовый) «ВПР СПО», отдел приёма", "Kabinet, Inc.", "", "A=?b?="]
)
def test_so_does_any_name_of_the_sender(person: str) -> None:
    sample = SAMPLES["held"]
    rendered = _RENDERER.render("held", sample.data)
    assert faults(compose(letter("held"), rendered, (), replace(SENDER, name=person), "a@b.test")) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (b"MIME-Version: 1.0\r\n", b"", "MIME-Version stands 0 times"),
        (b"Content-Language", b"Date: Mon, 30 Aug 2021 17:41:00 +0000\r\nContent-Language", "Date stands 2 times"),
        (b"Date: Mon", b"Date: Tue", "the day of the week"),
        (b"Message-ID: <", b"Message-ID: <a b", "Message-ID"),
        (b"To: spo240065@", b"To: spo 240065@", "To has"),
        (b"=?utf-8?B?", b"=?utf-8?B?00", "does not decode"),
        (b"?=\r\n =?", b"?= =?", "a line with encoded words"),
        (b"charset=utf-8", b"charset=cp1251", "text/plain in"),
        (b"\r\nAuto-Submitted", b"\nAuto-Submitted", "bare CR or LF"),
        (b"auto-generated", b"robot", "RFC 3834"),
        (b"List-Id: <", b"List-Id: ", "RFC 2919"),
        (b'multipart/related; type="text/html"', b'multipart/related; type="text/plain"', "does not name the root"),
        (b"Content-ID: <", b"Content-ID: <x", "the page shows"),
        (b"m--\r\n", b"m\r\n", "is not closed once"),
        (b"Content-Disposition: attachment;", b"X-Disposition: attachment;", "does not say whether it is attached"),
        (b"filename*=utf-8''%D0", b"filename*=utf-8''%FF", "filename* is no UTF-8"),
        (b' name="Forma', b' name="\xd0', "8-bit"),
    ],
)
def test_the_lint_sees_what_is_wrong(old: bytes, new: bytes, named: str) -> None:
    message = composed("publication", FILES[:1])
    assert faults(message) == []
    assert old in message
    assert any(named in fault for fault in faults(message.replace(old, new, 1))), faults(message.replace(old, new, 1))
