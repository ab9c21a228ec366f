"""Messages as real clients write them: Outlook, Thunderbird, Яндекс, Mail.ru, Gmail, The Bat!, iOS and robots.

Everything is deterministic: fixed dates, fixed ids, fixed boundaries. Addresses are of reserved domains only.
"""

from __future__ import annotations

import base64
import io
import quopri
import zipfile
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.mail.identity import Tagger

EXCHANGE = "exchange@kabinet.test"
SCHOOL = "school65@spo24.test"
TAGGER_KEY = b"a secret of the tests, 32 bytes.."
TAGGER = Tagger({"1": TAGGER_KEY}, "1")
TAG = TAGGER.make("spo240065", 2, 1)
REPLY_TO = f"exchange+{TAG}@kabinet.test"
OUR_ID = f"<{TAG}.0123456789abcdef@kabinet.test>"
OUR_SUBJECT = "Заполнить до 07.09.2021 18:00 мск: Расписание проведения ВПР СПО [spo240065-2]"
DATE = "Mon, 30 Aug 2021 13:37:00 +0700"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class File(NamedTuple):
    """A file to attach: raw header lines of its own, so that every client's way of naming can be told."""

    header: str
    data: bytes
    raw: bytes = b""


def xlsx(marker: str = "1") -> bytes:
    """A minimal workbook by its content; what is in the cells is of no matter to the mail room."""
    return _zip(
        {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": marker}
    )


def docx() -> bytes:
    """A Word document by its content."""
    return _zip({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})


def ods() -> bytes:
    """An OpenDocument spreadsheet by its content."""
    return _zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<office/>"})


def xls() -> bytes:
    """An OLE2 container that names a stream Workbook."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "Workbook".encode("utf-16-le") + bytes(496)


def archive(members: dict[bytes, bytes]) -> bytes:
    """A zip as archivers on Russian Windows make it: names in cp866 that nothing labels."""
    return _zip({name.decode("cp437"): data for name, data in members.items()}, label=False)


def _zip(members: dict[str, str] | dict[str, bytes], *, label: bool = True) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2021, 8, 30, 13, 37, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            out.writestr(info, data)
    data = target.getvalue()
    return data if label else _unlabelled(data)


def _unlabelled(data: bytes) -> bytes:
    """zipfile marks non-ASCII names as UTF-8 and writes them so; put the cp437 bytes and no mark instead."""
    result = bytearray()
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        infos = source.infolist()
        bodies = [source.read(info) for info in infos]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for number, (info, body) in enumerate(zip(infos, bodies, strict=True)):
            raw = info.filename.encode("cp437")
            stand_in = zipfile.ZipInfo(f"{number:0{len(raw)}d}", (2021, 8, 30, 13, 37, 0))
            out.writestr(stand_in, body)
    result += target.getvalue()
    for number, info in enumerate(infos):
        raw = info.filename.encode("cp437")
        result = bytearray(bytes(result).replace(f"{number:0{len(raw)}d}".encode(), raw))
    return bytes(result)


def b64(text: str, charset: str = "utf-8") -> str:
    """An RFC 2047 word in base64."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def q(text: str, charset: str = "utf-8") -> str:
    """An RFC 2047 word in quoted-printable."""
    coded = "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else "_" if byte == 32 else f"={byte:02X}"
        for byte in text.encode(charset)
    )
    return f"=?{charset}?Q?{coded}?="


def message(
    headers: Sequence[str],
    text: str = "",
    files: Sequence[File] = (),
    *,
    charset: str = "utf-8",
    html: str | None = None,
    encoding: str = "8bit",
    mixed: str = "multipart/mixed",
) -> bytes:
    """Put a message together from raw header lines, a text and files; lines end with CRLF."""
    body = _text_part("text/plain", text, charset, encoding) if text or html is None else b""
    if html is not None:
        page = _text_part("text/html", html, charset, encoding)
        body = multipart("multipart/alternative", "----=_alt", [body, page]) if body else page
    if files:
        body = multipart(mixed, "----=_mix", [body, *map(_file_part, files)])
    return head(headers) + b"MIME-Version: 1.0\r\n" + body


def head(lines: Sequence[str]) -> bytes:
    """Header lines as bytes; letters beyond ASCII go out raw in UTF-8."""
    return b"".join(line.encode() + b"\r\n" for line in lines)


def multipart(content_type: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """A multipart entity of ``parts``, each with its own header block."""
    mark = boundary.encode()
    inner = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    label = f'Content-Type: {content_type}; boundary="{boundary}"\r\n\r\n'.encode()
    return label + inner + b"--" + mark + b"--\r\n"


def part(header: str, body: bytes | str) -> bytes:
    """A part with its header lines and its body as they are."""
    raw = body.encode() if isinstance(body, str) else body
    return header.encode() + b"\r\n\r\n" + raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _text_part(content_type: str, text: str, charset: str, encoding: str) -> bytes:
    raw = text.replace("\n", "\r\n").encode(charset)
    label = f"Content-Type: {content_type}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    if encoding == "base64":
        raw = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        raw = quopri.encodestring(raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return label + raw


def _file_part(file: File) -> bytes:
    coded = base64.encodebytes(file.data).replace(b"\n", b"\r\n")
    lines = (file.header + "\r\n").encode() if file.header else b""
    return lines + file.raw + b"Content-Transfer-Encoding: base64\r\n\r\n" + coded


# Clients


def outlook(text: str = "Добрый день!\n\nФорма во вложении.", files: Sequence[File] = (), **fields: str) -> bytes:
    """Outlook 2016: koi8-r subject in words, RFC 2047 inside parameters, the letter below under «From:»."""
    given = {"subject": "RE: " + OUR_SUBJECT, "sender": f"{b64('Иванова Мария', 'koi8-r')} <{SCHOOL}>", "to": REPLY_TO}
    given |= fields
    words = [b64(given["subject"][at : at + 20], "koi8-r") for at in range(0, len(given["subject"]), 20)]
    quoted = (
        f"\n\n-----Original Message-----\nFrom: Кабинет [mailto:{EXCHANGE}]\nSent: Monday, August 30, 2021 12:00 PM\n"
        f"To: {SCHOOL}\nSubject: {OUR_SUBJECT}\n\nЧтобы получить форму, ответьте одним словом:\nФОРМА\n"
    )
    return message(
        [
            f"Return-Path: <{SCHOOL}>",
            f"From: {given['sender']}",
            f"To: <{given['to']}>",
            "Subject: " + "\r\n ".join(words),
            f"Date: {DATE}",
            "Message-ID: <000001d79d8c$outlook@spo24.test>",
            f"In-Reply-To: {OUR_ID}",
            f"References: {OUR_ID}",
            "X-Mailer: Microsoft Outlook 16.0",
        ],
        text + quoted,
        files,
        charset="koi8-r",
        encoding="base64",
    )


def thunderbird(text: str, subject: str = "Re: " + OUR_SUBJECT, files: Sequence[File] = ()) -> bytes:
    """Thunderbird: flowed text, the answer above a «пишет:» line and «> » quotes."""
    quote = (
        "\n\n30.08.2021 12:00, Кабинет сбора данных пишет:\n> Чтобы получить форму, ответьте одним словом:\n> ФОРМА\n"
    )
    return message(
        [
            f"Return-Path: <{SCHOOL}>",
            f"To: {REPLY_TO}",
            f"References: {OUR_ID}",
            f"From: {b64('Школа')} <{SCHOOL}>",
            "Message-ID: <thunderbird-1@spo24.test>",
            f"Date: {DATE}",
            "User-Agent: Mozilla/5.0 (Windows NT 6.1; rv:78.0) Gecko/20100101 Thunderbird/78.13.0",
            f"In-Reply-To: {OUR_ID}",
            f"Subject: {b64(subject)}",
        ],
        text + quote,
        files,
    )


def yandex(text: str, subject: str, files: Sequence[File] = ()) -> bytes:
    """Яндекс Почта: HTML only, the letter below in a blockquote."""
    quote = (
        f"<div>30.08.2021, 12:00, &quot;Кабинет&quot; &lt;{EXCHANGE}&gt;:</div><blockquote><p>ФОРМА</p></blockquote>"
    )
    html = f"<div>{text}</div>{quote}"
    return message(
        [
            f"Return-Path: <{SCHOOL}>",
            f"From: =?utf-8?B?{base64.b64encode('Колледж'.encode()).decode()}?= <{SCHOOL}>",
            f"To: {REPLY_TO}",
            f"Subject: {b64(subject)}",
            "X-Mailer: Yamail [ http://yandex.test ] 5.0",
            f"Date: {DATE}",
            "Message-Id: <1@mail.yandex.test>",
            f"In-Reply-To: {OUR_ID}",
        ],
        "",
        files,
        html=html,
        encoding="base64",
    )


def mail_ru(text: str, subject: str, files: Sequence[File] = ()) -> bytes:
    """Mail.ru: letters of one word split between two encoded words, base64 bodies."""
    raw = subject.encode()
    halves = [base64.b64encode(chunk).decode() for chunk in (raw[: len(raw) // 2 | 1], raw[len(raw) // 2 | 1 :])]
    return message(
        [
            f"Return-Path: <{SCHOOL}>",
            f"From: {b64('Колледж')} <{SCHOOL}>",
            f"To: {REPLY_TO}",
            f"Subject: =?UTF-8?B?{halves[0]}?=\r\n =?UTF-8?B?{halves[1]}?=",
            "X-Mailer: Mail.Ru Mailer 1.0",
            f"Date: {DATE}",
            "Message-ID: <2@f.mail.test>",
        ],
        text,
        files,
        encoding="base64",
    )


def the_bat(text: str, subject: str, files: Sequence[File] = ()) -> bytes:
    """The Bat!: cp1251, a greeting, «Вы писали», quotes with initials, PGP-like signature line."""
    return message(
        [
            f"Return-Path: <{SCHOOL}>",
            f"Date: {DATE}",
            f"From: {q('Школа', 'windows-1251')} <{SCHOOL}>",
            "X-Mailer: The Bat! (v3.99) Professional",
            "Message-ID: <1234.20210830133700@spo24.test>",
            f"To: {q('Кабинет', 'windows-1251')} <{REPLY_TO}>",
            f"Subject: {q(subject, 'windows-1251')}",
        ],
        f"Здравствуйте, Кабинет.\n\n{text}\n\n-- \nС уважением,\n Школа  mailto:{SCHOOL}",
        files,
        charset="windows-1251",
    )


def gmail(text: str, subject: str = "Re: " + OUR_SUBJECT, files: Sequence[File] = ()) -> bytes:
    """Gmail: both texts, the quote in a div."""
    html = f'<div dir="ltr">{text}</div><div class="gmail_quote"><div>пн, 30 авг. 2021 г.:</div>ФОРМА</div>'
    return message(
        [
            f"Return-Path: <{SCHOOL}>",
            "MIME-Version: 1.0",
            f"References: {OUR_ID}",
            f"In-Reply-To: {OUR_ID}",
            f"From: {b64('Школа 65')} <{SCHOOL}>",
            f"Date: {DATE}",
            "Message-ID: <CAF1@mail.gmail.test>",
            f"Subject: {b64(subject)}",
            f"To: {b64('Кабинет')} <{REPLY_TO}>",
        ],
        f"{text}\n\nпн, 30 авг. 2021 г. в 12:00, Кабинет <{EXCHANGE}>:\n\n> ФОРМА\n",
        files,
        html=html,
        encoding="quoted-printable",
    )


def ios(text: str, subject: str = "Re: " + OUR_SUBJECT, files: Sequence[File] = ()) -> bytes:
    """Mail of iOS: no References, «Отправлено с iPhone»."""
    return message(
        [
            f"Return-Path: <{SCHOOL}>",
            f"From: {b64('Мария')} <{SCHOOL}>",
            f"Subject: {b64(subject)}",
            "Message-Id: <8F1C@icloud.test>",
            f"Date: {DATE}",
            f"To: {REPLY_TO}",
            "X-Mailer: iPhone Mail (18G82)",
        ],
        f"{text}\n\nОтправлено с iPhone\n\n> 30 авг. 2021 г., в 12:00, Кабинет <{EXCHANGE}> написал(а):\n> \n> ФОРМА\n",
        files,
    )


def workbook_file(name: str = "spo240065.xlsx", data: bytes | None = None, content_type: str = XLSX) -> File:
    """A workbook attached in the plainest way."""
    header = f'Content-Type: {content_type}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"'
    return File(header, xlsx() if data is None else data)
