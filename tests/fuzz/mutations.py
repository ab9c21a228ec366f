"""The ways in which mail and workbooks are damaged: structure, not only bytes. Deterministic for a given chance."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence

from tests.factories.corpus.smime import opaque_signed
from tests.factories.messages import head, multipart, part

LARGEST = 300_000
Mutation = Callable[[bytes, random.Random], bytes]
CHARSETS = (
    b"koi8-r",
    b"windows-1251",
    b"utf-16",
    b"utf-7",
    b"idna",
    b"punycode",
    b"x-none",
    b"hz",
    b"unicode_escape",
    b"zlib",
    b"iso-2022-kr",
    b"iso-2022-jp",
    b"",
)
TYPES = (
    b"multipart/mixed",
    b"multipart/report",
    b"multipart/digest",
    b"message/rfc822",
    b"message/disposition-notification",
    b"text/html",
    b"text/rfc822-headers",
    b"application/pkcs7-mime",
    b"application/ms-tnef",
    b"x",
    b"message/delivery-status",
)
HEADERS = (
    b"Subject: =?utf-8?B?0KTQntCg0JzQkA==?=",
    b'From: "a, b" <c@d.test>, (x(y)) e@f.test',
    b"From: MAILER-DAEMON@x.test",
    b"Return-Path: <>",
    b"X-Failed-Recipients: a@b.test",
    b"Auto-Submitted: auto-replied",
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="=="',
    b"Content-Type: text/plain; charset*=utf-8''koi8-r; name*0*=utf-8''%D0%; name*1=\"x\"",
    b"Content-Disposition: attachment; filename*=x''%FF; filename=\"=?koi8-r?Q?=C6?=.xlsx\"",
    b"Content-Transfer-Encoding: x-uuencode",
    b"Content-Transfer-Encoding: base64",
    b"Date: Mon, 99 Foo 99999 99:99:99 +9999",
    b"Authentication-Results: mx.test; dmarc=pass (p=none (x)) header.from=spo24.test",
    b"References: <a@b> <c",
    b"List-Id: <x.y>",
)
PIECES = (
    b"\r\n",
    b"\n\n",
    b"--",
    b"=?utf-8?B?",
    b"?=",
    b'"',
    b"<",
    b">",
    b"@",
    b"(",
    b"\xff\xcf",
    b"\x00",
    b"begin 644 a.xlsx\n",
    b"Final-Recipient: rfc822;",
    b"Action: failed\r\n",
    b"Status: 5.1.1\r\n",
    b"The following addresses failed:\r\n",
    b"----- Original message -----\r\n",
    b"<blockquote>",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x78\x9f\x3e\x22",
)


def mutated(data: bytes, chance: random.Random, mutations: Sequence[Mutation], largest: int = LARGEST) -> bytes:
    """Damage ``data`` a few times over, each time in one of ``mutations``."""
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(mutations)(data, chance)[:largest]
    return data


# Bytes


def cut(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.7 else data[at:]


def flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def repeated(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start : start + chance.randint(1, 400)] * chance.randint(2, 100) + data[start:]


def inserted(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(PIECES) + data[at + chance.randint(0, 20) :]


def spliced(sources: Sequence[bytes]) -> Mutation:
    """The head of one with the tail of another of ``sources``."""

    def splice(data: bytes, chance: random.Random) -> bytes:
        other = chance.choice(sources)
        return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]

    return splice


# Mail


def headers(data: bytes, chance: random.Random) -> bytes:
    """Header lines doubled, dropped, shuffled, swollen or added."""
    block, blank, body = data.partition(b"\r\n\r\n")
    lines = block.split(b"\r\n")
    match chance.randrange(5):
        case 0:
            lines += chance.sample(lines, chance.randint(1, len(lines)))
        case 1:
            del lines[chance.randrange(len(lines))]
        case 2:
            chance.shuffle(lines)
        case 3:
            lines.insert(chance.randrange(len(lines) + 1), chance.choice(HEADERS))
        case _:
            at = chance.randrange(len(lines))
            lines[at] += lines[at][-20:] * chance.randint(1, 300)
    return b"\r\n".join(lines) + blank + body


def boundary(data: bytes, chance: random.Random) -> bytes:
    at = data.find(b"boundary=")
    wrong = chance.choice((b'boundary="', b"boundary=\xd0\x9f", b'boundary=" "', b"boundary*0=a", b"border="))
    return data if at < 0 else data[:at] + wrong + data[at + 9 :]


def charset(data: bytes, chance: random.Random) -> bytes:
    at = data.find(b"charset=")
    return data if at < 0 else data[: at + 8] + chance.choice(CHARSETS) + b"; x=" + data[at + 8 :]


def content_type(data: bytes, chance: random.Random) -> bytes:
    places = [match.end() for match in re.finditer(rb"Content-Type: ", data)]
    if not places:
        return data
    at = chance.choice(places)
    return data[:at] + chance.choice(TYPES) + data[data.find(b"/", at) + 1 :]


def encoding(data: bytes, chance: random.Random) -> bytes:
    words = (b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"binary")
    return data.replace(chance.choice(words), chance.choice(words))


def nested(data: bytes, chance: random.Random) -> bytes:
    for level in range(chance.randint(1, 20)):
        label = chance.choice(("multipart/mixed", "multipart/signed", "multipart/digest", "multipart/report"))
        inside = part("Content-Type: message/rfc822", data)
        data = head([f"From: a{level}@b.test", "MIME-Version: 1.0"]) + multipart(label, f"_{level}_", [inside])
    return data


def signed(data: bytes, chance: random.Random) -> bytes:
    try:
        return opaque_signed(data, ber=chance.random() < 0.5)
    except StopIteration:
        return data


def line_ends(data: bytes, chance: random.Random) -> bytes:
    return data.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r")))


MAIL: tuple[Mutation, ...] = (
    cut,
    flip,
    headers,
    boundary,
    charset,
    content_type,
    encoding,
    nested,
    signed,
    line_ends,
    repeated,
    inserted,
)

# Workbooks

_XML = (
    b"<c",
    b'r="A1"',
    b'r="XFD1048576"',
    b't="s"',
    b't="inlineStr"',
    b't="e"',
    b"<v>",
    b"</v>",
    b"<is><t>",
    b"<f>",
    b"<row",
    b"</row>",
    b'<mergeCell ref="A1:XFD1048576"/>',
    b"<si><t>",
    b"<rPh>",
    b"&#0;",
    b"&#xD800;",
    b"&amp;",
    b"_x0000_",
    b"_xD800_",
    b"<!DOCTYPE a>",
    b"<![CDATA[",
    b'xml:space="preserve"',
    b"-1",
    b"1e999",
    b"NaN",
    b"99999999999999999999",
    b'hidden="1"',
    b'state="veryHidden"',
    b'date1904="1"',
)


def member(data: bytes, chance: random.Random) -> bytes:
    """A part of the package changed and the archive packed anew, so that the reader gets past the checksum."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()[:40]]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return flip(data, chance)
    if not parts:
        return data
    at = chance.randrange(len(parts))
    name, content = parts[at]
    match chance.randrange(6):
        case 0:
            del parts[at]
        case 1:
            parts[at] = (chance.choice(parts)[0], content)
        case 2:
            parts.append((name, content))
        case _:
            parts[at] = (name, _xml(content, chance))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as out:
        for known, body in parts:
            out.writestr(zipfile.ZipInfo(known), body)
    return target.getvalue()


def _xml(content: bytes, chance: random.Random) -> bytes:
    tags = [match.span() for match in re.finditer(rb"<[^<>]{1,300}>|\"[^\"<>]{0,100}\"|>[^<>]{1,100}<", content)]
    match chance.randrange(4):
        case 0 if tags:
            start, end = chance.choice(tags)
            return content[:start] + content[end:]
        case 1 if tags:
            start, end = chance.choice(tags)
            return content[:end] + content[start:end] * chance.randint(1, 40) + content[end:]
        case 2 if tags:
            start, end = chance.choice(tags)
            return content[: start + 1] + chance.choice(_XML) + content[end - 1 :]
        case _:
            at = chance.randrange(len(content) + 1)
            return content[:at] + chance.choice(_XML) + content[at + chance.randint(0, 4) :]


WORKBOOK: tuple[Mutation, ...] = (member, member, member, member, member, cut, flip, repeated, inserted)
