"""The sample messages under tests/samples/: each belongs to a rule of inbox_rules.yaml.

``python -m tests.factories.samples`` writes those that are missing and refuses to overwrite one that differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.factories.bounce_texts import POSTFIX_TEXT
from tests.factories.bounces import DAEMON, FAILED, REPORTS, standard
from tests.factories.messages import (
    DATE,
    EXCHANGE,
    OUR_ID,
    OUR_SUBJECT,
    REPLY_TO,
    SCHOOL,
    TAG,
    File,
    archive,
    b64,
    docx,
    gmail,
    head,
    ios,
    mail_ru,
    message,
    multipart,
    ods,
    outlook,
    part,
    the_bat,
    thunderbird,
    workbook_file,
    xls,
    xlsx,
    yandex,
)

SAMPLES = Path(__file__).parent.parent / "samples"
STRANGER = "news@shop.test"
TNEF = b"\x78\x9f\x3e\x22\x01\x00" + bytes(200)


def _automatic(subject: str, text: str, *extra: str, path: str = f"<{SCHOOL}>", sender: str = SCHOOL) -> bytes:
    lines = [f"Return-Path: {path}", f"From: {sender}", f"To: {EXCHANGE}", f"Subject: {subject}", f"Date: {DATE}"]
    return message([*lines, "Message-ID: <auto-1@spo24.test>", *extra], text)


def _receipt(subject: str, fields: str) -> bytes:
    parts = [
        part("Content-Type: text/plain; charset=utf-8", "Сообщение прочитано."),
        part("Content-Type: message/disposition-notification", fields),
    ]
    lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Subject: {subject}", f"Date: {DATE}", "MIME-Version: 1.0"]
    return head(lines) + multipart("multipart/report; report-type=disposition-notification", "==mdn==", parts)


def _feedback() -> bytes:
    fields = "Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
    parts = [
        part("Content-Type: text/plain", "This is an email abuse report."),
        part("Content-Type: message/feedback-report", fields),
        part("Content-Type: message/rfc822", f"From: {EXCHANGE}\nTo: {SCHOOL}\nSubject: form\n\nx\n"),
    ]
    lines = [
        "From: feedback@provider.test",
        f"To: {EXCHANGE}",
        "Subject: complaint",
        f"Date: {DATE}",
        "MIME-Version: 1.0",
    ]
    return head(lines) + multipart("multipart/report; report-type=feedback-report", "==arf==", parts)


def _our_own() -> bytes:
    lines = [f"From: {b64('Кабинет')} <{EXCHANGE}>", f"To: {REPLY_TO}", f"Subject: {b64(OUR_SUBJECT)}", f"Date: {DATE}"]
    return message(
        [*lines, f"Message-ID: {OUR_ID}", "Auto-Submitted: auto-generated", "X-Kabinet-Loop: exchange"],
        "Форма.",
        [workbook_file()],
    )


def _forwarded_return() -> bytes:
    inner = thunderbird("Сдаём.", files=[workbook_file()])
    lines = [f"From: {SCHOOL}", f"To: {REPLY_TO}", "Subject: Fwd: form", f"Date: {DATE}", "MIME-Version: 1.0"]
    parts = [part("Content-Type: text/plain; charset=utf-8", "Пересылаю."), part("Content-Type: message/rfc822", inner)]
    return head(lines) + multipart("multipart/mixed", "==fw==", parts)


def _apple_inline() -> File:
    return File(
        'Content-Type: application/octet-stream; x-unix-mode=0644; name="form.xlsx"\r\n'
        'Content-Disposition: inline; filename="form.xlsx"',
        xlsx(),
    )


def _raw_koi8() -> File:
    name = "Расписание.xlsx".encode("koi8-r")
    raw = b'Content-Disposition: attachment; filename="' + name + b'"\r\n'
    return File('Content-Type: application/octet-stream; name="x"', xlsx(), raw)


def build() -> dict[str, bytes]:
    """Return every sample by its path under tests/samples/."""
    return {
        "unreadable/no-headers.eml": b"\x00\x01\x02 not a message\r\n\r\nat all",
        "bounces/postfix-unknown-user.eml": REPORTS["postfix-unknown-user"].data,
        "bounces/postfix-delayed.eml": REPORTS["postfix-delayed"].data,
        "bounces/exchange-delivered.eml": REPORTS["exchange-delivered"].data,
        "bounces/exchange-ru.eml": REPORTS["exchange-ru"].data,
        "bounces/exim.eml": REPORTS["exim"].data,
        "automatic/outlook-read-receipt.eml": _receipt(
            b64("Прочитано: форма"),
            f"Final-Recipient: rfc822;{SCHOOL}\nOriginal-Message-ID: {OUR_ID}\nDisposition: "
            "manual-action/MDN-sent-manually; displayed\n",
        ),
        "automatic/feedback-report.eml": _feedback(),
        "automatic/our-own-letter.eml": _our_own(),
        "automatic/ru-vacation.eml": _automatic(
            b64("Автоматический ответ: Заполнить"),
            "Я в отпуске до 6 сентября.",
            "Auto-Submitted: auto-replied",
            path="<>",
        ),
        "automatic/circular.eml": _automatic(
            "Sale", "Buy now", "List-Id: <news.shop.test>", "Precedence: bulk", path=f"<{STRANGER}>", sender=STRANGER
        ),
        "returns/outlook.eml": outlook(files=[workbook_file()]),
        "returns/thunderbird.eml": thunderbird("Сдаём форму.", files=[workbook_file()]),
        "returns/yandex.eml": yandex("Форма", "Re: " + OUR_SUBJECT, [workbook_file()]),
        "returns/mail-ru.eml": mail_ru("Форма", "Отчёт колледжа", [workbook_file()]),
        "returns/the-bat-raw-koi8.eml": the_bat("Форма.", "Форма заполнена", [_raw_koi8()]),
        "returns/gmail.eml": gmail("Форма заполнена", files=[workbook_file()]),
        "returns/ios.eml": ios("Форма", files=[_apple_inline()]),
        "returns/forwarded.eml": _forwarded_return(),
        "returns/zip-cp866.eml": thunderbird(
            "Архив.",
            files=[File("Content-Type: application/zip; name=a.zip", archive({"Отчёт.xlsx".encode("cp866"): xlsx()}))],
        ),
        "returns/precedence-bulk.eml": _automatic("form", "x", "Precedence: bulk")
        .replace(b"MIME-Version: 1.0\r\n", b"")
        .split(b"Content-Type")[0]
        + multipart(
            "multipart/mixed",
            "==b==",
            [
                part("Content-Type: text/plain", "x"),
                part("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64", _b64(xls())),
            ],
        ),
        "returns/ods.eml": thunderbird("Форма.", files=[workbook_file("form.ods", ods(), "application/octet-stream")]),
        "returns/winmail.eml": outlook(
            files=[
                File(
                    'Content-Type: application/ms-tnef; name="winmail.dat"\r\n'
                    'Content-Disposition: attachment; filename="winmail.dat"',
                    TNEF,
                )
            ]
        ),
        "returns/word.eml": gmail("Форма", files=[workbook_file("form.docx", docx(), "application/octet-stream")]),
        "requests/form.eml": thunderbird("", "ФОРМА [spo240065-2]"),
        "requests/form-in-text.eml": ios("Здравствуйте!\n\nФорму, пожалуйста."),
        "requests/altered-tag.eml": thunderbird("", "ФОРМА").replace(
            TAG.encode(), TAG.replace("spo240065", "spo240066").encode()
        ),
        "requests/yes.eml": thunderbird("ДА 4F7-2K9", "Re: Подтвердите"),
        "questions/thunderbird.eml": thunderbird("Добрый день! Подскажите, нужно ли заполнять второй лист?"),
        "questions/null-path.eml": _automatic("hello", "Please call us back about the network.", path="<>"),
        "questions/forwarded-bounce.eml": standard(DAEMON, "x", POSTFIX_TEXT, FAILED)
        .replace(f"From: {DAEMON}".encode(), f"From: {SCHOOL}".encode())
        .replace(b"Return-Path: <>\r\n", b"", 1)
        .replace(b"Subject: x", b"Subject: Fwd: Undelivered Mail", 1)
        .replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed", 1),
    }


def _b64(data: bytes) -> bytes:
    import base64

    return base64.encodebytes(data)


def write() -> int:
    """Write the missing samples; return 1 when one on disk differs from what the generator makes."""
    differing = 0
    for name, data in build().items():
        path = SAMPLES / name
        if path.exists() and path.read_bytes() != data:
            print(f"differs, not overwritten: {name}", file=sys.stderr)
            differing = 1
        elif not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return differing


if __name__ == "__main__":
    sys.exit(write())
