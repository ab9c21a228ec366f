"""Files as clients attach them: odd names, wrappers, missing labels; and what counts as handed in."""

from __future__ import annotations

import base64
import binascii
import hashlib

from tests.factories.corpus.case import Case
from tests.factories.corpus.smime import clear_signed, opaque_signed
from tests.factories.messages import (
    DATE,
    EXCHANGE,
    REPLY_TO,
    SCHOOL,
    XLSX,
    File,
    archive,
    b64,
    docx,
    gmail,
    head,
    ios,
    message,
    multipart,
    ods,
    outlook,
    part,
    q,
    the_bat,
    thunderbird,
    workbook_file,
    xls,
    xlsx,
    yandex,
)

RU = "Отчёт колледжа.xlsx"
OCTET = "Content-Type: application/octet-stream"
CALENDAR = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"


def _named(disposition: bytes, name: str, data: bytes | None = None) -> Case:
    raw = b"Content-Disposition: " + disposition + b"\r\n"
    data = xlsx() if data is None else data
    return Case(thunderbird("Сдаём.", files=[File(OCTET, data, raw)]), "return", files=(name,), books=1)


def _typed(content_type: bytes, name: str) -> Case:
    """The name only in Content-Type, as old Outlook Express and webmails do."""
    raw = b"Content-Type: application/octet-stream; " + content_type + b"\r\n"
    return Case(thunderbird("Сдаём.", files=[File("", xlsx(), raw)]), "return", files=(name,), books=1)


def _raw(name: str, charset: str, body: str = "utf-8") -> Case:
    raw = b'Content-Disposition: attachment; filename="' + name.encode(charset) + b'"\r\n'
    data = message(
        [f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: form"], "x", [File(OCTET, xlsx(), raw)], charset=body
    )
    return Case(data, "return", files=(name,), books=1)


def _whole(
    data: bytes, files: tuple[str, ...], books: int, kind: str = "return", obstacles: tuple[str, ...] = ()
) -> Case:
    return Case(data, kind, files=files, books=books, obstacles=obstacles)


def _enveloped(inner: bytes, *, depth: int = 1) -> bytes:
    for level in range(depth):
        lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: Fwd: form", f"Date: {DATE}", "MIME-Version: 1.0"]
        parts = [part("Content-Type: text/plain", "x"), part("Content-Type: message/rfc822", inner)]
        inner = head(lines) + multipart("multipart/mixed", f"_e{level}_", parts)
    return inner


def _split(name: str, charset: str, size: int) -> bytes:
    """RFC 2231 continuations, every piece percent-encoded."""
    coded = "".join(f"%{byte:02X}" for byte in name.encode(charset))
    pieces = [coded[at : at + size * 3] for at in range(0, len(coded), size * 3)]
    lines = [
        f"filename*{number}*={charset + chr(39) * 2 if not number else ''}{piece}"
        for number, piece in enumerate(pieces)
    ]
    return ("attachment;\r\n " + ";\r\n ".join(lines)).encode()


def _words(name: str, charset: str, size: int) -> bytes:
    """Several RFC 2047 words inside the quotes, folded between them."""
    words = [b64(name[at : at + size], charset) for at in range(0, len(name), size)]
    return ('attachment;\r\n\tfilename="' + "\r\n\t".join(words) + '"').encode()


def _uu(name: str, data: bytes) -> str:
    lines = [binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


_BOOK_PART = part(f"{OCTET}; name=form.xlsx\nContent-Transfer-Encoding: base64", base64.encodebytes(xlsx()))
_SIGNATURE = File('Content-Type: application/pkcs7-signature; name="smime.p7s"', b"\x30\x80")
_HASH = hashlib.sha256(b"").hexdigest()

FILES: dict[str, Case] = {
    "rfc2231": _named(
        b"attachment; "
        b"filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82%20%D0%BA%D0%BE%D0%BB%D0%BB%D0%B5%D0%B4%D0%B6%D0%B0.xlsx",
        RU,
    ),
    "rfc2231-language": _named(b"attachment; filename*=utf-8'ru'%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx", "Отчёт.xlsx"),
    "rfc2231-split": _named(_split(RU, "utf-8", 7), RU),
    "rfc2231-split-in-letter": _named(_split(RU, "utf-8", 5), RU),
    "rfc2231-split-koi8": _named(_split(RU, "koi8-r", 6), RU),
    "rfc2231-both": _named(
        b"attachment; filename=\"Ot4et.xlsx\"; filename*=utf-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx", "Отчёт.xlsx"
    ),
    "rfc2231-disordered": _named(b'attachment; filename*1="b.xlsx"; filename*0="a"', "ab.xlsx"),
    "rfc2231-no-charset": _named(b"attachment; filename*=''%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx", "Отчёт.xlsx"),
    "rfc2231-quoted": _named(b"attachment; filename*=\"utf-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx\"", "Отчёт.xlsx"),
    "rfc2231-of-words": _named(
        b'attachment; filename*0="=?utf-8?B?0J7RgtGH0ZHR"; filename*1="gi54bHN4?="', "Отчёт.xlsx"
    ),
    "rfc2047-b": _named(f'attachment; filename="{b64(RU)}"'.encode(), RU),
    "rfc2047-q": _named(f'attachment; filename="{q(RU)}"'.encode(), RU),
    "rfc2047-koi8": _named(f'attachment; filename="{b64(RU, "koi8-r")}"'.encode(), RU),
    "rfc2047-folded": _named(_words(RU, "utf-8", 6), RU),
    "rfc2047-folded-cp1251": _named(_words(RU, "windows-1251", 5), RU),
    "rfc2047-unquoted": _named(f"attachment; filename={b64(RU)}".encode(), RU),
    "rfc2047-half": _named(f'attachment; filename="{b64("Отчёт")}.xlsx"'.encode(), "Отчёт.xlsx"),
    "rfc2047-in-type-only": _typed(f'name="{b64(RU, "koi8-r")}"'.encode(), RU),
    "rfc2047-cut-by-client": _named(f'attachment; filename="{b64("Отчёт колледжа")[:-2]}"'.encode(), "Отчёт колледжа"),
    "rfc2047-folded-inside-word": _named(b'attachment; filename="=?utf-8?B?0J7Rgt\r\n GH0ZHRgi54bHN4?="', "Отчёт.xlsx"),
    "rfc2047-gb2312": _named(f'attachment; filename="{b64("报告.xlsx", "gb2312")}"'.encode(), "报告.xlsx"),
    "rfc2047-2022-jp": _named(f'attachment; filename="{b64("報告書.xlsx", "iso-2022-jp")}"'.encode(), "報告書.xlsx"),
    "rfc2047-latin1": _named(
        f'attachment; filename="{q("Übersicht für März.xlsx", "iso-8859-1")}"'.encode(), "Übersicht für März.xlsx"
    ),
    "rfc2047-spaces-in-q": _named(b'attachment; filename="=?utf-8?Q?form of school.xlsx?="', "form of school.xlsx"),
    "raw-utf8": _raw(RU, "utf-8"),
    "raw-koi8": _raw(RU, "koi8-r"),
    "raw-cp1251": _raw(RU, "cp1251"),
    "raw-cp866": _raw("Отчет колледжа.xlsx", "cp866"),
    "raw-cp1251-capitals": _raw("ОТЧЕТ СПО.xlsx", "cp1251"),
    "raw-koi8-short": _raw("Форма.xlsx", "koi8-r"),
    "raw-latin1": _raw("Übersicht.xlsx", "latin-1"),
    "raw-latin1-french": _raw("Relevé détaillé.xlsx", "latin-1", "iso-8859-1"),
    "raw-gb2312": _raw("学校报告表.xlsx", "gb2312", "gb2312"),
    "raw-shift-jis": _raw("報告書テスト.xlsx", "cp932", "shift_jis"),
    "raw-big5": _raw("學校報告.xlsx", "big5", "big5"),
    "raw-euc-kr": _raw("학교보고서.xlsx", "cp949", "euc-kr"),
    "raw-latin2": _raw("zpráva školy.xlsx", "iso-8859-2", "iso-8859-2"),
    "raw-greek": _raw("Αναφορά σχολείου.xlsx", "iso-8859-7", "iso-8859-7"),
    "unquoted-blanks": _named(b"attachment; filename=form of school.xlsx", "form of school.xlsx"),
    "apostrophe": _named(b'attachment; filename="Bob\'s form.xlsx"', "Bob's form.xlsx"),
    "semicolon-in-quotes": _named(b'attachment; filename="a;b.xlsx"', "a;b.xlsx"),
    "percent-in-name": _named(b'attachment; filename="100%.xlsx"', "100%.xlsx"),
    "hash-and-brackets": _named(b'attachment; filename="form [1] #2 (copy).xlsx"', "form [1] #2 (copy).xlsx"),
    "equals-in-name": _named(b'attachment; filename="a=b.xlsx"', "a=b.xlsx"),
    "percent-encoded": _named(b'attachment; filename="%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx"', "Отчёт.xlsx"),
    "windows-path": _named(b'attachment; filename="C:\\Docs\\form.xlsx"', "form.xlsx"),
    "windows-path-ru": _named('attachment; filename="D:\\Отчёты\\Форма.xlsx"'.encode(), "Форма.xlsx"),
    "traversal": _named(b'attachment; filename="../../../form.xlsx"', "form.xlsx"),
    "unclosed-quote": _named(b'attachment; filename="form.xlsx', "form.xlsx"),
    "type-only": _typed(b'name="form.xlsx"', "form.xlsx"),
    "type-only-koi8-raw": _typed(b'name="' + RU.encode("koi8-r") + b'"', RU),
    "type-only-unquoted-ru": _typed(b"name=" + "Отчёт.xlsx".encode(), "Отчёт.xlsx"),
    "nameless-octet": _whole(gmail("x", files=[File(OCTET, xlsx())]), ("attachment-1.2.xlsx",), 1),
    "nameless-inline": _whole(
        gmail("x", files=[File(f"{OCTET}\r\nContent-Disposition: inline", xls())]), ("attachment-1.2.xls",), 1
    ),
    "labelled-text": _whole(
        the_bat("x", "x", files=[File('Content-Type: text/plain; name="form.xlsx"', xlsx())]), ("form.xlsx",), 1
    ),
    "labelled-image": _whole(
        ios("x", files=[File('Content-Type: image/jpeg; name="form.xlsx"', xlsx())]), ("form.xlsx",), 1
    ),
    "vnd-ms-excel": _whole(
        outlook(files=[workbook_file("form.xls", xls(), "application/vnd.ms-excel")]), ("form.xls",), 1
    ),
    "uppercase-encoding": _whole(
        head([f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: form", "MIME-Version: 1.0"])
        + multipart(
            "MULTIPART/MIXED",
            "_u_",
            [
                part(
                    f"CONTENT-TYPE: {XLSX}; NAME=form.xlsx\nCONTENT-TRANSFER-ENCODING: BASE64",
                    base64.encodebytes(xlsx()),
                )
            ],
        ),
        ("form.xlsx",),
        1,
    ),
    "whole-body-is-the-file": _whole(
        head(
            [
                f"From: {SCHOOL}",
                f"To: {REPLY_TO}",
                "Subject: form",
                "MIME-Version: 1.0",
                f'Content-Type: {XLSX}; name="form.xlsx"',
                "Content-Transfer-Encoding: base64",
                "",
            ]
        )
        + base64.encodebytes(xlsx()),
        ("form.xlsx",),
        1,
    ),
    "related": _whole(
        message([f"From: {SCHOOL}", "Subject: x"], "x", [workbook_file()], html="<p>x</p>", mixed="multipart/related"),
        ("spo240065.xlsx",),
        1,
    ),
    "in-alternative": _whole(
        head([f"From: {SCHOOL}", "Subject: x", "MIME-Version: 1.0"])
        + multipart("multipart/alternative", "_a_", [part("Content-Type: text/plain", "x"), _BOOK_PART]),
        ("form.xlsx",),
        1,
    ),
    "uuencoded": _whole(
        message([f"From: {SCHOOL}", "Subject: x"], "Hello\n\n" + _uu("form.xlsx", xlsx())), ("form.xlsx",), 1
    ),
    "two-different": _whole(
        outlook(files=[workbook_file("a.xlsx", xlsx("1")), workbook_file("b.xlsx", xlsx("2"))]), ("a.xlsx", "b.xlsx"), 2
    ),
    "same-twice": _whole(outlook(files=[workbook_file("a.xlsx"), workbook_file("b.xlsx")]), ("a.xlsx", "b.xlsx"), 1),
    "with-logo": _whole(
        outlook(
            files=[File('Content-Type: image/png; name="logo.png"\r\nContent-ID: <l>', b"\x89PNG"), workbook_file()]
        ),
        ("logo.png", "spo240065.xlsx"),
        1,
    ),
    "zip-cp866": _whole(
        yandex(
            "x",
            "x",
            [File("Content-Type: application/zip; name=a.zip", archive({"Отчёт.xlsx".encode("cp866"): xlsx()}))],
        ),
        ("a.zip", "Отчёт.xlsx"),
        1,
    ),
    "zip-in-folder": _whole(
        gmail("x", files=[File("Content-Type: application/zip; name=a.zip", archive({b"dir/form.xlsx": xlsx()}))]),
        ("a.zip", "form.xlsx"),
        1,
    ),
    "zip-two": _whole(
        gmail(
            "x",
            files=[
                File("Content-Type: application/zip; name=a.zip", archive({b"a.xlsx": xlsx("1"), b"b.xlsx": xlsx("2")}))
            ],
        ),
        ("a.zip", "a.xlsx", "b.xlsx"),
        2,
    ),
    "ods": _whole(
        thunderbird("x", files=[workbook_file("form.ods", ods(), "application/octet-stream")]), ("form.ods",), 1
    ),
    "forwarded": _whole(_enveloped(thunderbird("x", files=[workbook_file()])), ("Re_ ",), 1)._replace(files=None),
    "forwarded-twice": _whole(_enveloped(thunderbird("x", files=[workbook_file()]), depth=2), (), 1)._replace(
        files=None
    ),
    "signed-clear": _whole(clear_signed(outlook(files=[workbook_file()])), ("spo240065.xlsx", "smime.p7s"), 1),
    "signed-opaque": _whole(opaque_signed(outlook(files=[workbook_file()])), ("spo240065.xlsx",), 1)._replace(
        files=None
    ),
    "signed-opaque-ber": _whole(opaque_signed(outlook(files=[workbook_file()]), ber=True), (), 1)._replace(files=None),
    "signed-opaque-octet-stream": _whole(
        opaque_signed(outlook(files=[workbook_file()])).replace(
            b"application/pkcs7-mime; smime-type=signed-data", b"application/octet-stream"
        ),
        (),
        1,
    )._replace(files=None),
    "signed-mark-beside": _whole(outlook(files=[workbook_file(), _SIGNATURE]), ("spo240065.xlsx", "smime.p7s"), 1),
    "pgp-encrypted": _whole(
        head([f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: form", "MIME-Version: 1.0"])
        + multipart(
            'multipart/encrypted; protocol="application/pgp-encrypted"',
            "_g_",
            [
                part("Content-Type: application/pgp-encrypted", "Version: 1"),
                part(
                    "Content-Type: application/octet-stream",
                    "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----",
                ),
            ],
        ),
        ("attachment-1.1.bin", "attachment-1.2.bin"),
        0,
        "question",
        ("encrypted",),
    ),
    "pgp-inline": _whole(
        thunderbird("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"),
        (),
        0,
        "question",
        ("encrypted",),
    ),
    "pgp-signed-with-workbook": _whole(
        head([f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: form", "MIME-Version: 1.0"])
        + multipart(
            'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256',
            "_s_",
            [
                _BOOK_PART,
                part('Content-Type: application/pgp-signature; name="signature.asc"', "-----BEGIN PGP SIGNATURE-----"),
            ],
        ),
        ("form.xlsx", "signature.asc"),
        1,
    ),
    "smime-encrypted": _whole(
        head(
            [
                f"From: {SCHOOL}",
                f"To: {EXCHANGE}",
                "Subject: form",
                'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
                "Content-Transfer-Encoding: base64",
                "",
            ]
        )
        + b"MIAGCSqGSIb3DQEHA6CAMIACAQA=\r\n",
        ("smime.p7m",),
        0,
        "question",
        ("encrypted",),
    ),
    "winmail": _whole(
        outlook(files=[File('Content-Type: application/ms-tnef; name="winmail.dat"', b"\x78\x9f\x3e\x22" + bytes(90))]),
        ("winmail.dat",),
        0,
        "question",
        ("tnef",),
    ),
    "word-instead": _whole(
        gmail("Форма", files=[workbook_file("form.docx", docx(), OCTET[14:])]), ("form.docx",), 0, "question", ("file",)
    ),
    "pdf-instead": _whole(
        gmail("Форма", files=[File('Content-Type: application/pdf; name="scan.pdf"', b"%PDF-1.4")]),
        ("scan.pdf",),
        0,
        "question",
        ("file",),
    ),
    "calendar-invitation": _whole(
        head([f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: Invitation: ВПР", "MIME-Version: 1.0"])
        + multipart(
            "multipart/alternative",
            "_c_",
            [
                part("Content-Type: text/plain", "Meeting"),
                part("Content-Type: text/calendar; method=REQUEST; charset=utf-8", CALENDAR),
            ],
        ),
        ("attachment-1.2.ics",),
        0,
        "question",
    ),
    "vcard": _whole(
        gmail("Как сдать?", files=[File('Content-Type: text/x-vcard; name="card.vcf"', b"BEGIN:VCARD")]),
        ("card.vcf",),
        0,
        "question",
    ),
    "screenshot": _whole(
        gmail("Почему так?", files=[File('Content-Type: image/png; name="screen.png"', b"\x89PNG")]),
        ("screen.png",),
        0,
        "question",
    ),
    "eml-named-by-subject": _whole(
        _enveloped(message([f"From: {SCHOOL}", f"Subject: {b64('Вопрос')}"], "x")), ("Вопрос.eml",), 0, "question"
    ),
}
