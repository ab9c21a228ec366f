"""A letter row and its rendered words → the bytes that are sent (RFC 5322, 2045, 2047, 2231).

Written as a byte template rather than with ``email.message``: 30 times quicker (see docs/performance.md), and the same
row gives the same bytes under any version of Python. Everything is 7-bit with CRLF, no line is over 998 octets; only an
address with letters beyond ASCII before its @ is left as it is, in UTF-8 (RFC 6532).
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from pipeline.errors import Incident
from pipeline.files.names import LATIN, safe_name
from pipeline.mail.addresses import is_writable
from pipeline.mail.commands.words.helping import HELP
from pipeline.mail.commands.words.record import PASSPORT
from pipeline.mail.kinds.automatic import LOOP_HEADER
from pipeline.mail.letters.transfer import (
    Beginnings,
    lines,
)
from pipeline.model import Letter, WireMessage

QUIET = "DR, RN, NRN, OOF, AutoReply"
"""X-Auto-Response-Suppress (MS-OXCMAIL): everything except NDR, for a dead address must come to light."""

LOGO_ID = "logo@letters.kabinet"
"""Content-ID of the logo, without its brackets."""

MESSAGE = "message/rfc822"
# In lower case: filters take «%D0» in a header for a template that nobody filled (SpamAssassin's UNRESOLVED_TEMPLATE).
_PASSPORT, _HELP = quote(PASSPORT.name).lower(), quote(HELP.name).lower()
_CRLF = b"\r\n"
_FILES = Beginnings()
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")
_PLAIN = re.compile(r"[ -~]*")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_LINE, _WORD_OCTETS, _NAME_LENGTH = 76, 45, 120
_LETTERS = LATIN | dict(zip("№«»–—", "N__--", strict=True))


class _Plainly(dict[int, str]):
    """ASCII for each code point, as ``str.translate`` asks for it."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        latin = char if char.isascii() else _LETTERS.get(char.lower(), "_")
        self[point] = latin.capitalize() if char != char.lower() and not char.isascii() else latin
        return self[point]


_PLAINLY = _Plainly()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name shown beside it."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one letter: subject, plain text, HTML; the last two say the same.

    ``logo`` is the PNG that the HTML shows as ``cid:`` + ``LOGO_ID``; b"" when it shows none.
    """

    subject: str
    text: str
    html: str
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file that goes with a letter. ``name`` is as people see it, in any script."""

    name: str
    content_type: str
    data: bytes


def compose(letter: Letter, rendered: Rendered, files: Sequence[LetterFile], sender: Mailbox, reply_to: str) -> bytes:
    """Return the message of ``letter``: the same arguments always give the same bytes, ready for SMTP DATA.

    Raises Incident ``letter.unsafe_header`` for a header value with a line break or a control character, and for an
    address that no letter can be written to. Foreign Message-IDs that are malformed are left out of the thread instead.
    """
    boundary = "=_k" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:30]
    page = [_text_part("html", rendered.html)]
    if rendered.logo:
        page = _multipart("related", boundary + "r", [page, [_logo_part(rendered.logo)]], ' type="text/html";')
    body = _multipart("alternative", boundary + "a", [[_text_part("plain", rendered.text)], page])
    if files:
        body = _multipart("mixed", boundary + "m", [body, *(_file_part(file, boundary) for file in files)])
    headers = _headers(letter, rendered.subject, sender, reply_to)
    content = b"".join([headers.encode(), *body, _CRLF])
    # Only a forwarded message has lines of its own; all others are ours, and none of them begins with a dot.
    return content if any(file.content_type == MESSAGE for file in files) else WireMessage(content)


def ascii_name(name: str) -> str:
    """Return a safe ``name`` in ASCII for programs that do not know RFC 2231: «Форма spo1.xlsx» → «Forma spo1.xlsx»."""
    plain = name if name.isascii() else name.translate(_PLAINLY)
    return re.sub(r"_{2,}", "_", plain).strip() or "file"


def encoded_words(value: str, name: str) -> str:
    """Return ``value`` for the header ``name``, folded; what is not ASCII as RFC 2047 words (UTF-8, base64)."""
    if _PLAIN.fullmatch(value) and "=?" not in value:
        return _folded(value.split(" "), len(name) + 2)
    octets, words, room = value.encode("utf-8", "replace"), [], _WORD_OCTETS - len(name)
    start = 0
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        words.append(f"=?utf-8?B?{b64encode(octets[start:end]).decode()}?=")
        start, room = end, _WORD_OCTETS
    return "\r\n ".join(words)


def _headers(letter: Letter, subject: str, sender: Mailbox, reply_to: str) -> str:
    domain = sender.address.rpartition("@")[2]
    group = _token(letter.publication or "letters")
    answering = letter.in_reply_to is not None or letter.receipt_id is not None
    pairs: list[tuple[str, str]] = [
        ("Date", _date(letter.created_at)),
        ("From", _sender(sender)),
        ("To", _address(letter.address)),
        ("Reply-To", _address(reply_to)),
        ("Subject", _safe("Subject", subject, encoded_words(subject, "Subject"))),
        ("Message-ID", _safe("Message-ID", letter.message_id)),
        *_thread(letter),
        ("Auto-Submitted", "auto-replied" if answering else "auto-generated"),
        ("X-Auto-Response-Suppress", QUIET),
        (LOOP_HEADER, _address(sender.address)),
        ("List-Id", f"<{group}.{domain}>"),
        *(() if answering or not letter.tag else _list_commands(_address(reply_to))),
        ("Feedback-ID", f"{_token(letter.kind)}:{group}:{letter.edition}:{_token(domain)}"),
        ("Content-Language", "ru"),
        ("MIME-Version", "1.0"),
    ]
    return "".join(f"{name}: {value}\r\n" for name, value in pairs)


def _list_commands(reply_to: str) -> tuple[tuple[str, str], ...]:
    """Where who does not want such letters turns to (RFC 2369): both open a ready letter with a command in its subject.

    Nobody can leave a collection that they must answer, but the address is theirs to change: «ПАСПОРТ» shows what is on
    record and takes another. There is no List-Unsubscribe-Post (RFC 8058): it asks for a page on the web.
    """
    address = quote(reply_to, safe="@+")
    return (
        ("List-Unsubscribe", f"<mailto:{address}?subject={_PASSPORT}>"),
        ("List-Help", f"<mailto:{address}?subject={_HELP}>"),
    )


@lru_cache(maxsize=64)
def _date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC).replace(microsecond=0))


@lru_cache(maxsize=8)
def _sender(sender: Mailbox) -> str:
    if not sender.name:
        return _address(sender.address)
    phrase, address = _phrase(sender.name), f"<{_address(sender.address)}>"
    last = len("From: ") if "\r\n" not in phrase else 0
    fits = last + len(phrase.rpartition("\r\n")[2]) + len(address) < _LINE  # RFC 2047, 2: such a line is 76 at most
    return f"{phrase}{' ' if fits else _CRLF.decode() + ' '}{address}"


def _thread(letter: Letter) -> Iterable[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322, 3.6.4), one id a line."""
    if letter.in_reply_to is not None and _MESSAGE_ID.fullmatch(letter.in_reply_to):
        yield "In-Reply-To", letter.in_reply_to
    known = [reference for reference in letter.references if _MESSAGE_ID.fullmatch(reference)]
    if known:
        yield "References", "\r\n ".join(known)


def _safe(name: str, value: str, written: str | None = None) -> str:
    """Return ``written`` (or ``value``) when ``value`` holds no line break or other control character."""
    if _CONTROL.search(value):
        raise Incident("letter.unsafe_header", header=name)
    return value if written is None else written


def _address(address: str) -> str:
    if not is_writable(address):
        raise Incident("letter.unsafe_header", header="address")
    return address


def _phrase(name: str) -> str:
    _safe("From", name)
    if _ATOM.fullmatch(name):
        return name
    if _PLAIN.fullmatch(name):
        return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return encoded_words(name, "From")


@lru_cache(maxsize=256)
def _token(value: str) -> str:
    """Return ``value`` with everything but letters, digits, dots, hyphens and underscores turned into hyphens."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", value).strip("-.") or "letters"


def _folded(words: Sequence[str], used: int) -> str:
    """Join words with blanks, breaking lines where they would grow over 76 characters."""
    text = words[0]
    used += len(text)
    for word in words[1:]:
        if used + 1 + len(word) > _LINE and word:
            text += "\r\n " + word
            used = 1 + len(word)
        else:
            text += " " + word
            used += 1 + len(word)
    return text


def _multipart(subtype: str, boundary: str, parts: Sequence[Sequence[bytes]], more: str = "") -> list[bytes]:
    """Return a part that holds others, in pieces: they are put together once, however deep they lie."""
    pieces = [f'Content-Type: multipart/{subtype};{more}\r\n boundary="{boundary}"\r\n'.encode()]
    edge = f"\r\n--{boundary}".encode()
    for part in parts:
        pieces += (edge, _CRLF, *part)
    return [*pieces, edge, b"--"]


def _text_part(subtype: str, text: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    octets = text.encode()  # first: bytes are searched and replaced several times as quickly
    if b"\r" in octets:
        octets = octets.replace(_CRLF, b"\n").replace(b"\r", b"\n")
    return head.encode() + lines(octets.rstrip(b"\n").replace(b"\n", _CRLF) + _CRLF)


@lru_cache(maxsize=4)
def _logo_part(logo: bytes) -> bytes:
    """The picture that belongs to the page and is no file of the letter (RFC 2387, RFC 2392); the same in every one."""
    head = (
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{LOGO_ID}>\r\nContent-Disposition: inline\r\n\r\n"
    )
    return head.encode() + lines(logo)


def _file_part(file: LetterFile, boundary: str) -> Sequence[bytes]:
    """A base64 part; a forwarded message stays message/rfc822, which may not be base64, while its bytes allow it.

    The true name is in ``filename*`` (RFC 2231), its ASCII stand-in in the type's ``name``, where programs look
    that do not know RFC 2231. Both as ``filename`` and ``filename*`` would show the stand-in in many that do know it.
    """
    content_type, encoding, body = file.content_type, "base64", b""
    if content_type == MESSAGE:
        if _is_clean(file.data, boundary):
            encoding, body = "7bit", file.data.removesuffix(_CRLF)
        else:
            content_type = "application/octet-stream"
    return _file_head(file.name, content_type, encoding), body or _FILES.lines(file.data)


@lru_cache(maxsize=256)
def _file_head(file_name: str, content_type: str, encoding: str) -> bytes:
    name = safe_name(file_name, "file", longest=_NAME_LENGTH)
    plain = ascii_name(name)
    shown = f'filename="{name}"' if plain == name else f"filename*=utf-8''{quote(name, safe='')}"
    head = (
        f'Content-Type: {_safe("Content-Type", content_type)};\r\n name="{plain}"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n"
        f"Content-Disposition: attachment;\r\n {shown}\r\n\r\n"
    )
    return head.encode("ascii")


def _is_clean(data: bytes, boundary: str) -> bool:
    """Whether bytes may be in a 7bit part as they are (RFC 2045, 2.7)."""
    if not data.isascii() or b"\0" in data or boundary.encode() in data:
        return False
    if data.count(b"\r") != data.count(_CRLF) or data.count(b"\n") != data.count(_CRLF):
        return False
    return max(map(len, data.split(_CRLF))) <= 998
