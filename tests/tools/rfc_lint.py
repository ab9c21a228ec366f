"""What the RFCs ask of a message that is sent: ``faults(bytes)`` names every departure, with the rule it breaks.

Written against the texts, not against our composer: RFC 5322 and 5321 (header, addresses, lines), 2045–2047 and 2231
(MIME, encoded words, names), 2387 and 2392 (related parts), 2919 and 3834 (list, robots), 8058 where it is used.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

_NAME = re.compile(rb"[!-9;-~]+")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = rf"{_ATEXT}(?:\.{_ATEXT})*"
_ADDR = re.compile(rf"({_DOT_ATOM})@({_DOT_ATOM})")
_MSG_ID = re.compile(rf"<{_DOT_ATOM}@{_DOT_ATOM}>")
_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d\d:\d\d:\d\d [+-]\d{4}"
)
_WORD = re.compile(r"=\?([\w-]+)\?([BbQq])\?([^?\s]*)\?=")
_ONCE = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type")
_AT_MOST_ONCE = (
    *("Sender", "Reply-To", "Cc", "Bcc", "In-Reply-To", "References", "List-Id", "Auto-Submitted"),
    *("Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Content-Language", "Feedback-ID"),
)
_BOUNDARY = re.compile(r"[A-Za-z0-9'()+_,./:=? -]{0,69}[A-Za-z0-9'()+_,./:=?-]")
_PARAMETER = re.compile(r";\s*([A-Za-z0-9*!#$&^_.+-]+)=(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;\"]+))")
_CODED = re.compile(r"(?:%[0-9A-F]{2}|[A-Za-z0-9!#$&+.^_`|~-])+")
_TRACE = ("Return-Path", "Delivered-To", "Received", "X-Original-To", "DKIM-Signature")


@dataclass
class _Part:
    """A MIME entity: its header by lower-case name, its parameters, its body as sent."""

    header: list[tuple[str, str]]
    body: bytes
    kind: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        return next((value for known, value in self.header if known.lower() == name.lower()), None)


def faults(data: bytes) -> list[str]:
    """Return what is wrong with ``data``, a whole message in CRLF; an empty list when nothing is."""
    found = [*_lines(data)]
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return [*found, "RFC 5322 2.1: no empty line after the header"]
    fields, wrong = _fields(head)
    found += wrong
    message = _part(fields, body)
    found += [*_required(message), *_identification(message), *_addresses(message), *_words(head), *_marks(message)]
    parts: list[_Part] = []
    found += _walk(message, parts, ())
    found += _related(parts)
    return found + _by_the_library(data)


def _lines(data: bytes) -> Iterator[str]:
    if not data.isascii():
        yield "RFC 5321 2.4: 8-bit bytes"
    if b"\0" in data:
        yield "RFC 5322 4: NUL"
    if data.count(b"\r") != data.count(b"\r\n") or data.count(b"\n") != data.count(b"\r\n"):
        yield "RFC 5322 2.2: bare CR or LF"
    if not data.endswith(b"\r\n"):
        yield "RFC 5321 4.1.1.4: the last line is not ended"
    for line in data.split(b"\r\n"):
        if len(line) > 998:
            yield f"RFC 5322 2.1.1: a line of {len(line)} characters"


def _fields(head: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    fields: list[tuple[str, str]] = []
    wrong: list[str] = []
    for line in head.split(b"\r\n"):
        text = line.decode("latin-1")
        # One token that cannot be folded may be longer (RFC 5322, 2.1.1: SHOULD).
        if len(line) > 78 and " " in text.strip().partition(" ")[2]:
            wrong.append(f"RFC 5322 2.1.1: a header line of {len(line)} characters: {text[:40]}")
        if line[:1] in (b" ", b"\t"):
            if not line.strip():
                wrong.append("RFC 5322 3.2.2: a folded line of white space only")
            name, value = fields.pop()
            fields.append((name, value + text))
            continue
        name_bytes, colon, value_bytes = line.partition(b":")
        if not colon or not _NAME.fullmatch(name_bytes):
            wrong.append(f"RFC 5322 2.2: not a header field: {text[:40]}")
            continue
        fields.append((name_bytes.decode("ascii"), value_bytes.decode("latin-1").removeprefix(" ")))
    return fields, wrong


def _part(fields: list[tuple[str, str]], body: bytes) -> _Part:
    part = _Part(fields, body)
    content_type = part.first("Content-Type")
    if content_type is not None:
        part.kind = content_type.partition(";")[0].strip().lower()
        part.parameters = _parameters(content_type)
    return part


def _parameters(value: str) -> dict[str, str]:
    return {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(value)}


def _required(message: _Part) -> Iterator[str]:
    counted = Counter(name.lower() for name, _ in message.header)
    for name in _ONCE:
        if counted[name.lower()] != 1:
            yield f"RFC 5322 3.6: {name} stands {counted[name.lower()]} times"
    for name in _AT_MOST_ONCE:
        if counted[name.lower()] > 1:
            yield f"RFC 5322 3.6: {name} stands {counted[name.lower()]} times"
    seen_own = False
    for name, value in message.header:
        traced = name in _TRACE
        if traced and seen_own and name != "DKIM-Signature":
            yield f"RFC 5322 3.6.7: {name} below the fields of the message"
        seen_own = seen_own or not traced
        if not value.strip():
            yield f"{name} is empty"
    if (message.first("MIME-Version") or "").strip() != "1.0":
        yield "RFC 2045 4: MIME-Version is not 1.0"


def _identification(message: _Part) -> Iterator[str]:
    date = message.first("Date") or ""
    if not _DATE.fullmatch(date):
        yield f"RFC 5322 3.3: Date «{date}»"
    elif parsedate_to_datetime(date).strftime("%a") != date[:3]:
        yield f"RFC 5322 3.3: the day of the week in «{date}»"
    for name in ("Message-ID", "In-Reply-To", "References"):
        value = message.first(name)
        if value is None:
            continue
        ids = value.split()
        for message_id in ids:
            if not _MSG_ID.fullmatch(message_id):
                yield f"RFC 5322 3.6.4: {name} has «{message_id}»"
        if name == "Message-ID" and len(ids) != 1:
            yield f"RFC 5322 3.6.4: {len(ids)} ids in Message-ID"
    answered, thread = message.first("In-Reply-To"), (message.first("References") or "").split()
    if answered is not None and thread[-1:] != [answered.strip()]:
        yield "RFC 5322 3.6.4: References does not end with what is answered"
    if (message.first("Message-ID") or "").strip() in thread:
        yield "RFC 5322 3.6.4: the message refers to itself"


def _addresses(message: _Part) -> Iterator[str]:
    for name in ("From", "To", "Reply-To"):
        value = message.first(name)
        if value is None:
            continue
        phrase, bracket, rest = value.rpartition("<")
        address = rest.strip().removesuffix(">") if bracket else value.strip()
        match = _ADDR.fullmatch(address)
        if match is None:
            yield f"RFC 5322 3.4.1: {name} has «{address}»"
        elif len(match[1]) > 64 or len(match[2]) > 255 or len(address) > 254:
            yield f"RFC 5321 4.5.3.1: the address in {name} is too long"
        if phrase.strip() and not re.fullmatch(rf'(?:"(?:[^"\\]|\\.)*"|(?:{_ATEXT}\s*)+)', phrase.strip()):
            yield f"RFC 5322 3.4: the phrase in {name} is neither atoms nor quoted"


def _words(head: bytes) -> Iterator[str]:
    """Encoded words: 75 characters at most, whole characters in each, nothing that looks like one and is none."""
    for line in head.decode("latin-1").split("\r\n"):
        words = list(_WORD.finditer(line))
        if words and len(line) > 76:
            yield f"RFC 2047 2: a line with encoded words of {len(line)} characters"
        for word in words:
            if len(word[0]) > 75:
                yield f"RFC 2047 2: an encoded word of {len(word[0])} characters"
            try:
                octets = base64.b64decode(word[3], validate=True) if word[2] in "Bb" else word[3].encode()
                octets.decode(word[1])
            except (binascii.Error, UnicodeDecodeError, LookupError):
                yield f"RFC 2047 5: a word that does not decode by itself: {word[0][:40]}"
        if len(re.findall(r"=\?[\w-]+\?[BbQq]\?", line)) != len(words):
            yield f"RFC 2047 2: a broken encoded word: {line[:60]}"


def _marks(message: _Part) -> Iterator[str]:
    list_id, submitted = message.first("List-Id"), message.first("Auto-Submitted")
    if list_id is not None and not re.fullmatch(rf"(?:.* )?<{_DOT_ATOM}>", list_id):
        yield f"RFC 2919 2: List-Id «{list_id}»"
    if submitted is not None and submitted.partition(";")[0].strip() not in ("no", "auto-generated", "auto-replied"):
        yield f"RFC 3834 5: Auto-Submitted «{submitted}»"
    if (message.first("List-Unsubscribe-Post") is None) < (message.first("List-Unsubscribe") is None):
        yield "RFC 8058 3.1: List-Unsubscribe-Post without List-Unsubscribe"
    feedback = message.first("Feedback-ID")
    if feedback is not None and (feedback.count(":") != 3 or not feedback.rpartition(":")[2]):
        yield f"Feedback-ID «{feedback}» is not four fields with a sender last"


def _walk(part: _Part, parts: list[_Part], within: tuple[str, ...]) -> list[str]:
    parts.append(part)
    found = [*_disposition(part, within)]
    encoding = (part.first("Content-Transfer-Encoding") or "7bit").strip().lower()
    if part.kind.startswith("multipart/"):
        if encoding not in ("7bit", "8bit", "binary"):
            found.append(f"RFC 2045 6.4: {part.kind} in {encoding}")
        return found + _multipart(part, parts, within)
    if part.kind == "message/rfc822":
        return found if encoding == "7bit" else [*found, "RFC 2046 5.2.1: message/rfc822 in " + encoding]
    if encoding == "base64":
        found += _base64(part)
    elif encoding not in ("7bit", "quoted-printable"):
        found.append(f"RFC 2045 6: encoding {encoding}")
    if part.kind.startswith("text/") and part.parameters.get("charset", "").lower() != "utf-8":
        found.append(f"RFC 2046 4.1.2: {part.kind} in «{part.parameters.get('charset')}»")
    return found


def _multipart(part: _Part, parts: list[_Part], within: tuple[str, ...]) -> list[str]:
    boundary = part.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        return [f"RFC 2046 5.1.1: boundary «{boundary}»"]
    edge = f"--{boundary}".encode()
    pieces = re.split(rb"(?:^|\r\n)" + re.escape(edge) + rb"(--)?[ \t]*(?=\r\n|$)", part.body)
    bodies, ends = pieces[2::2], pieces[1::2]
    if not ends or ends[-1] != b"--" or ends.count(b"--") != 1:
        return [f"RFC 2046 5.1.1: {part.kind} is not closed once"]
    found: list[str] = []
    kinds = []
    for body in bodies[:-1]:
        head, separator, content = body.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator:
            found.append(f"RFC 2046 5.1: a part of {part.kind} without an empty line")
        fields, wrong = _fields(head)
        found += wrong
        inner = _part(fields, content)
        kinds.append(inner.kind)
        if inner.first("Content-Type") is None:
            found.append(f"a part of {part.kind} without Content-Type")
        found += _walk(inner, parts, (*within, part.kind))
    if part.kind == "multipart/alternative" and kinds[:1] != ["text/plain"]:
        found.append("RFC 2046 5.1.4: the plainest alternative is not the first")
    if part.kind == "multipart/related" and part.parameters.get("type") != kinds[0]:
        found.append("RFC 2387 3.1: type does not name the root")
    return found


def _base64(part: _Part) -> Iterator[str]:
    lines = part.body.split(b"\r\n")
    if max(map(len, lines)) > 76:
        yield "RFC 2045 6.8: a line of base64 over 76 characters"
    try:
        base64.b64decode(b"".join(lines), validate=True)
    except binascii.Error:
        yield f"RFC 2045 6.8: {part.kind} does not decode"


def _disposition(part: _Part, within: tuple[str, ...]) -> Iterator[str]:
    value = part.first("Content-Disposition")
    if value is None:
        if within and part.kind not in ("text/plain", "text/html") and not part.kind.startswith("multipart/"):
            yield f"RFC 2183 2: {part.kind} does not say whether it is attached"
        return
    if value.partition(";")[0].strip() not in ("attachment", "inline"):
        yield f"RFC 2183 2: Content-Disposition «{value}»"
    named = _parameters(value)
    if value.startswith("attachment"):
        yield from _name(part, named)


def _name(part: _Part, named: dict[str, str]) -> Iterator[str]:
    plain = part.parameters.get("name", "")
    if not plain or not plain.isascii() or '"' in plain or "/" in plain or "=?" in plain:
        yield f"an attachment without an ASCII name: «{plain}»"
    if "filename*" in named:
        charset, _, rest = named["filename*"].partition("'")
        language, _, coded = rest.partition("'")
        if (
            charset.lower() != "utf-8"
            or language
            or not re.fullmatch(r"(?:%[0-9A-F]{2}|[A-Za-z0-9!#$&+.^_`|~-])+", coded)
        ):
            yield f"RFC 2231 4: filename* «{named['filename*'][:60]}»"
        try:
            shown = unquote_to_bytes(coded).decode("utf-8")
        except UnicodeDecodeError:
            yield "RFC 2231 4: filename* is no UTF-8"
            return
    else:
        shown = named.get("filename", "")
    if not shown or not shown.isprintable() or re.search(r'[\\/:*?"<>|]', shown) or shown != shown.strip():
        yield f"a file name that a disk would refuse: «{shown}»"
    if shown.rpartition(".")[2] != plain.rpartition(".")[2]:
        yield f"the ASCII name ends otherwise than «{shown}»"


def _related(parts: list[_Part]) -> Iterator[str]:
    ids = [(part.first("Content-ID") or "").strip() for part in parts if part.first("Content-ID") is not None]
    for content_id in ids:
        if not _MSG_ID.fullmatch(content_id):
            yield f"RFC 2045 7: Content-ID «{content_id}»"
    if len(set(ids)) != len(ids):
        yield "RFC 2045 7: a Content-ID twice"
    pages = b"".join(base64.b64decode(part.body) for part in parts if part.kind == "text/html").decode(
        "utf-8", "replace"
    )
    shown = {f"<{name}>" for name in re.findall(r'["(]cid:([^")]+)', pages)}
    if shown != set(ids):
        yield f"RFC 2392 2: parts {sorted(ids)}, the page shows {sorted(shown)}"


def _by_the_library(data: bytes) -> list[str]:
    """The standard library as a second reader: what it stumbles over others will too."""
    message = message_from_bytes(data, policy=policy.default)
    found = [f"email: {type(defect).__name__}" for part in message.walk() for defect in part.defects]
    for name, value in message.items():
        found += [f"email: {name}: {type(defect).__name__}" for defect in value.defects]
    return found
