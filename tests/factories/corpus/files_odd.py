"""Odder names of attachments: wrong labels, double coding, escapes of old webmails, broken folding."""

from __future__ import annotations

import base64
import unicodedata
from urllib.parse import quote

from tests.factories.corpus.case import Case
from tests.factories.messages import EXCHANGE, SCHOOL, File, b64, message, q, thunderbird, xlsx

RU = "Отчёт колледжа.xlsx"
OCTET = "Content-Type: application/octet-stream"


def _named(disposition: bytes, name: str) -> Case:
    raw = b"Content-Disposition: attachment; " + disposition + b"\r\n"
    return Case(thunderbird("Сдаём.", files=[File(OCTET, xlsx(), raw)]), "return", files=(name,), books=1)


def _typed(parameter: bytes, name: str) -> Case:
    raw = b"Content-Type: application/octet-stream; " + parameter + b"\r\n"
    return Case(thunderbird("Сдаём.", files=[File("", xlsx(), raw)]), "return", files=(name,), books=1)


def _raw(name: str, charset: str) -> Case:
    """Raw letters in a message that says nothing of its charset."""
    raw = b'Content-Disposition: attachment; filename="' + name.encode(charset) + b'"\r\n'
    lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: x"]
    data = message(lines, "x", [File(OCTET, xlsx(), raw)], charset="us-ascii")
    return Case(data, "return", files=(name,), books=1)


def _percent(name: str, charset: str = "utf-8") -> bytes:
    return quote(name.encode(charset)).encode()


_HALVES = [base64.b64encode(half).decode() for half in (RU.encode()[:5], RU.encode()[5:])]

ODD_FILES: dict[str, Case] = {
    "rfc2231-wrong-label": _named(b"filename*=utf-8''" + _percent("Отчет.xlsx", "cp1251"), "Отчет.xlsx"),
    "rfc2231-upper-name": _named(b"FILENAME*=UTF-8''" + _percent(RU), RU),
    "rfc2231-spaces-around": _named(b"filename* = UTF-8''" + _percent(RU), RU),
    "rfc2231-raw-inside": _named(b"filename*=UTF-8''" + RU.replace(" ", "%20").encode(), RU),
    "rfc2231-mixed-sections": _named(
        b"filename*0*=utf-8''"
        + _percent("Отчёт ")
        + b"; filename*1*="
        + _percent("колледжа")
        + b'; filename*2=".xlsx"',
        RU,
    ),
    "rfc2231-gap": _named(b'filename*0="a b"; filename*2=".xlsx"', "a b.xlsx"),
    "rfc2231-starts-at-one": _named(b'filename*1="a"; filename*2="b.xlsx"', "ab.xlsx"),
    "rfc2231-of-encoded-word": _named(b"filename*=utf-8''" + quote(b64(RU)).encode(), RU),
    "rfc2231-koi8-u": _named(b"filename*=koi8-u''" + _percent("Звіт.xlsx", "koi8-u"), "Звіт.xlsx"),
    "rfc2231-unknown-charset": _named(b"filename*=x-none''" + _percent("Отчет.xlsx", "cp1251"), "Отчет.xlsx"),
    "words-split-letter": _named(f'filename="=?UTF-8?B?{_HALVES[0]}?= =?UTF-8?B?{_HALVES[1]}?="'.encode(), RU),
    "words-no-space": _named(f'filename="{b64("Отчёт ")}{b64("колледжа.xlsx")}"'.encode(), RU),
    "words-tab": _named(f'filename="{b64("Отчёт ")}\r\n\t{q("колледжа.xlsx")}"'.encode(), RU),
    "words-language": _named(f'filename="{b64(RU).replace("utf-8", "utf-8*ru")}"'.encode(), RU),
    "words-lower-b": _named(f'filename="{b64(RU).replace("?B?", "?b?")}"'.encode(), RU),
    "words-utf7": _named(b'filename="=?utf-7?Q?+BB4EQgRHBDUEQg-.xlsx?="', "Отчет.xlsx"),
    "words-unknown-8bit": _named(
        b'filename="=?unknown-8bit?B?' + base64.b64encode("Отчет школы.xlsx".encode("koi8-r")) + b'?="',
        "Отчет школы.xlsx",
    ),
    "words-mac": _named(
        f'filename="{b64("Отчет.xlsx", "mac-cyrillic").replace("mac-", "x-mac-")}"'.encode(), "Отчет.xlsx"
    ),
    "words-8859-5": _named(f'filename="{q("Отчет.xlsx", "iso-8859-5")}"'.encode(), "Отчет.xlsx"),
    "words-wrong-label": _named(
        b'filename="=?iso-8859-1?B?' + base64.b64encode("Отчет школы.xlsx".encode("cp1251")) + b'?="',
        "Отчет школы.xlsx",
    ),
    "words-padding-missing": _named(f'filename="{b64(RU).replace("=?=", "?=").replace("==?", "?")}"'.encode(), RU),
    "words-extension-outside": _named(f'filename="{b64("Отчёт колледжа")}.xlsx"'.encode(), RU),
    "words-and-copy-number": _named(f'filename="{b64("Отчёт")} (1).xlsx"'.encode(), "Отчёт (1).xlsx"),
    "raw-folded": _named(b'filename="' + "Отчёт\r\n колледжа.xlsx".encode() + b'"', RU),
    "raw-school-capitals": _raw("МБОУ СОШ 3.xlsx", "cp1251"),
    "raw-school-capitals-koi8": _raw("МБОУ СОШ 3.xlsx", "koi8-r"),
    "raw-form-capitals": _raw("ФОРМА ВПР.xlsx", "cp1251"),
    "raw-number": _raw("Отчет №5.xlsx", "cp1251"),
    "raw-quotes": _raw("Лицей «Успех».xlsx", "cp1251"),
    "raw-ukrainian": _raw("Звіт школи.xlsx", "cp1251"),
    "percent-cp1251": _named(b'filename="' + _percent("Отчет школы.xlsx", "cp1251") + b'"', "Отчет школы.xlsx"),
    "percent-utf8-plus": _named(b'filename="' + _percent("Отчёт") + b'.xlsx"', "Отчёт.xlsx"),
    "percent-u": _named(b'filename="%u041E%u0442%u0447%u0435%u0442.xlsx"', "Отчет.xlsx"),
    "entities": _named(b'filename="&#1054;&#1090;&#1095;&#1105;&#1090;.xlsx"', "Отчёт.xlsx"),
    "entities-unquoted": _named(b"filename=&#1054;&#1090;&#1095;&#1105;&#1090;.xlsx", "Отчёт.xlsx"),
    "decomposed": _named(b'filename="' + unicodedata.normalize("NFD", "Отчёт й.xlsx").encode() + b'"', "Отчёт й.xlsx"),
    "emoji": _named(b'filename="' + "Отчёт 🎓.xlsx".encode() + b'"', "Отчёт 🎓.xlsx"),
    "two-spaces-and-dots": _named(b'filename="a..b  c.xlsx"', "a..b c.xlsx"),
    "escaped-quotes": _named(rb'filename="a \"b\" c.xlsx"', 'a "b" c.xlsx'),
    "equals-sign-spaces": _named(b'filename = "a b.xlsx"', "a b.xlsx"),
    "single-quotes": _named(b"filename='a b.xlsx'", "a b.xlsx"),
    "typed-rfc2231": _typed(b"name*=utf-8''" + _percent(RU), RU),
    "typed-split": _typed(b"name*0*=utf-8''" + _percent("Отчёт ") + b"; name*1*=" + _percent("колледжа.xlsx"), RU),
    "typed-words": _typed(f'name="{b64(RU)}"'.encode(), RU),
    "typed-raw": _typed(b'name="' + "Отчет школы.xlsx".encode("koi8-r") + b'"', "Отчет школы.xlsx"),
    "empty-filename": _named(b'filename=""', "attachment-1.2.xlsx"),
    "filename-twice": _named(b'filename="a.xlsx"; filename="b.xlsx"', "a.xlsx"),
    "semicolon-missing": Case(
        thunderbird("Сдаём.", files=[File(OCTET, xlsx(), b'Content-Disposition: attachment filename="a b.xlsx"\r\n')]),
        "return",
        files=("a b.xlsx",),
        books=1,
    ),
    "trailing-comment": _named(b'filename="a.xlsx" (form)', "a.xlsx"),
}
