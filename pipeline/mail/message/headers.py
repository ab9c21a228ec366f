"""Header blocks: from raw bytes to decoded text, addresses, parameters and dates, whatever a client made of them.

RFC 5322 for fields, RFC 2047 for encoded words, RFC 2231 for parameters, and what is sent instead: raw 8-bit letters,
encoded words inside parameters, broken folding. Nothing here raises on any bytes.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from pipeline.mail.addresses import canonical
from pipeline.mail.message.charsets import (
    codec,
    decode,
)

MOST_FIELDS = 2_000
LONGEST_VALUE = 200_000
_BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
MOST_ENCODED = 3  # times that words may be encoded, one in the other
LARGEST_BLOCK = 2_000_000  # bytes of one header block: whatever folds without end stops here
_FIELD = re.compile(rb"\A([!-9;-~]{1,200})[ \t]*:")
_USUAL = re.compile(
    rb"(?i)(received|from|to|cc|subject|date|message-id|mime-version|content-[a-z-]{1,80}|return-path|reply-to"
    rb"|x-[\w-]{1,80}):"
)
_USUAL_LINE = re.compile(rb"(?m)^" + _USUAL.pattern.replace(b"(?i)", b"(?i:", 1) + b")")
_LONGEST_LOOK = 200_000  # bytes in which the end of a torn header is looked for
_BOM = b"\xef\xbb\xbf"
_WORD = re.compile(
    r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?=]|=(?!\?[^?\s]{1,60}\?[bBqQ]\?)|\?(?!=)){0,4000}?)(?:\?=|\??\Z)"
)
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


class Headers:
    """The fields of one header block, in order; names are case-insensitive. ``hints`` help with raw 8-bit values."""

    def __init__(self, fields: Iterable[tuple[str, bytes]], hints: tuple[str, ...] = ()) -> None:
        self.fields: tuple[tuple[str, bytes], ...] = tuple(fields)
        self.hints = hints
        self._index: dict[str, list[int]] = {}
        for number, (name, _) in enumerate(self.fields):
            self._index.setdefault(name.lower(), []).append(number)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._index

    def __len__(self) -> int:
        return len(self.fields)

    def any_of(self, names: frozenset[str]) -> bool:
        """Whether any of ``names`` (lower-case) is there."""
        return not names.isdisjoint(self._index)

    def raw(self, name: str) -> list[bytes]:
        """Return the unfolded values of ``name`` as they came, topmost first."""
        return [self.fields[number][1] for number in self._index.get(name.lower(), ())]

    def all(self, name: str) -> list[str]:
        """Return the values of ``name`` decoded for reading, topmost first."""
        return [decode_value(value, self.hints) for value in self.raw(name)]

    def get(self, name: str, default: str = "") -> str:
        """Return the topmost value of ``name`` decoded, or ``default``."""
        values = self.raw(name)
        return decode_value(values[0], self.hints) if values else default

    def token(self, name: str) -> str:
        """Return the topmost value of ``name`` without comments and parameters, lower-case: ``auto-replied``."""
        return strip_comments(self.get(name)).partition(";")[0].strip().lower()

    def addresses(self, *names: str) -> tuple[str, ...]:
        """Return the addr-specs in all fields called ``names``, canonical, each once, in order."""
        found = (address for name in names for value in self.raw(name) for address in addresses(value, self.hints))
        return tuple(dict.fromkeys(found))


class Block(NamedTuple):
    """A header block cut from a message: its fields, where the body starts, and what was wrong."""

    fields: list[tuple[str, bytes]]
    body: int
    defects: list[str]


def split_headers(data: bytes, start: int = 0) -> Block:
    """Cut the header block that begins at ``start``.

    Leading blank lines, a byte order mark, blanks before the first field and an mbox «From » line are passed over. A
    line that is no field belongs to the one before it, as long as usual fields follow before an empty line (M39).
    """
    fields: list[tuple[str, list[bytes]]] = []
    defects: list[str] = []
    position, end = start + len(_BOM) * data.startswith(_BOM, start), min(len(data), start + LARGEST_BLOCK)
    torn = _Torn(data)
    while position < end:
        stop = data.find(b"\n", position) + 1 or end
        line = data[position:stop].rstrip(b"\r\n") if fields else data[position:stop].strip()
        if not line:
            if fields:
                position = stop
                break
        elif line[:1] in b" \t" and fields:
            fields[-1][1].append(b" " + line.strip())
        elif match := _FIELD.match(line):
            fields.append((match[1].decode("ascii"), [line[match.end() :].strip()]))
            if len(fields) >= MOST_FIELDS:
                defects.append("too_many_headers")
                break
        elif fields and torn.goes_on(position, stop):
            defects.append("broken_folding")
            fields[-1][1].append(b" " + line.strip())
        elif fields or not line.startswith((b"From ", b">From ")):
            defects.append("no_blank_line" if fields else "no_headers")
            break
        position = stop
    defects += ["too_large_headers"] * (position >= end < len(data))
    return Block([(name, b"".join(parts)[:LONGEST_VALUE]) for name, parts in fields], position, defects)


class _Torn:
    """Whether a header goes on after a line that is no field. It looks ahead once for all such lines."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._last: int | None = None

    def goes_on(self, position: int, stop: int) -> bool:
        """Whether a usual field follows the line from ``position`` to ``stop`` before the next empty line."""
        if self._data.startswith(b"--", position):  # the body begins without its empty line
            return False
        if self._last is None:
            ends = (self._data.find(mark, stop - 1, stop + _LONGEST_LOOK) for mark in (b"\n\n", b"\n\r\n"))
            end = min((found for found in ends if found >= 0), default=stop + _LONGEST_LOOK)
            found = _USUAL_LINE.finditer(self._data, stop, end + 1)
            self._last = max((match.start() for match in found), default=-1)
        return position < self._last


def decode_value(value: bytes, hints: tuple[str, ...] = ()) -> str:
    """Return an unfolded header value as readable text: raw 8-bit first, then its encoded words. Never raises."""
    text = decode(value, None, hints)
    return decode_words(text, hints) if "=?" in text else text


def decode_words(text: str, hints: tuple[str, ...] = ()) -> str:
    """Return ``text`` with its RFC 2047 encoded words decoded, those too that a gateway encoded once more.

    Letters and groups of base64 that are split between two words are put together.
    """
    for _ in range(MOST_ENCODED):
        text = _decoded_once(text, hints)
        if "=?" not in text or not _WORD.search(text):
            break
    return text


def _decoded_once(text: str, hints: tuple[str, ...]) -> str:
    text = _BETWEEN_WORDS.sub(r"\1", text)
    result: list[str] = []
    position = 0
    pending: list[tuple[str, str]] = []
    charset = ""
    for match in _WORD.finditer(text):
        between = text[position : match.start()]
        name = match[1].partition("*")[0].lower()
        if pending and (between or name != charset):
            result.append(_words_text(pending, charset, hints))
            pending = []
        result.append(between)
        charset = name
        pending.append((match[2].lower(), match[3]))
        position = match.end()
    if pending:
        result.append(_words_text(pending, charset, hints))
    return "".join(result) + text[position:]


def _words_text(words: list[tuple[str, str]], charset: str, hints: tuple[str, ...]) -> str:
    """The text of neighbouring encoded words of one charset, each as (encoding, content)."""
    separate = b"".join(_word_bytes(encoding, content) for encoding, content in words)
    if any(encoding != "b" for encoding, _ in words) or not any(_is_cut(content) for _, content in words[:-1]):
        return decode(separate, charset, hints)
    return decode(_word_bytes("b", "".join(content for _, content in words)), charset, hints)


def _is_cut(content: str) -> bool:
    """Whether base64 ends within a group of four: what is over holds bits, so no padding was left out."""
    over = len(content) % 4
    if not over or "=" in content:
        return False
    return over == 1 or bool(_BASE64.find(content[-1]) & (15 if over == 2 else 3))


def _word_bytes(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogateescape")
    return base64_bytes(raw) if encoding == "b" else binascii.a2b_qp(raw, header=True)


_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_PADDED = re.compile(rb"[^=]+|=+")
_END_OF_BASE64 = b"=-_. \t\r\n"


def base64_bytes(data: bytes) -> bytes:
    """Return what base64 ``data`` holds, padding and stray characters forgiven; of several padded pieces all (M41)."""
    if b"=" in data.rstrip(_END_OF_BASE64):
        return b"".join(map(_whole_base64, _padded_pieces(data)))
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return _whole_base64(_NO_BASE64.sub(b"", data))


def _padded_pieces(data: bytes) -> list[bytes]:
    """Cut ``data`` where padding ends a group of four; a «=» elsewhere is a stray character."""
    pieces: list[bytes] = []
    current: list[bytes] = []
    length = 0
    for match in _PADDED.finditer(data):
        if not match[0].startswith(b"="):
            current.append(_NO_BASE64.sub(b"", match[0]))
            length += len(current[-1])
        elif length % 4 > 1:
            pieces.append(b"".join(current))
            current, length = [], 0
    return [*pieces, b"".join(current)]


def _whole_base64(clean: bytes) -> bytes:
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def strip_comments(value: str) -> str:
    """Return ``value`` without its (nested) comments; quoted strings are left alone (RFC 5322, 3.2.2)."""
    if "(" not in value:
        return value
    result: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and depth == 0:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
            continue
        elif letter == ")" and depth:
            depth -= 1
            continue
        if depth == 0:
            result.append(letter)
    return "".join(result)


# Lengths are bounded so that no value, however hostile, takes more than linear time.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.){0,300}"')
_ANGLE = re.compile(r"<([^<>]*)>")
_SPEC = re.compile(r"(?<![^\s<>()\[\],;:\"@])[^\s<>()\[\],;:\"@]{1,256}@[^\s<>()\[\],;:\"@]{1,256}")
_PLAIN = re.compile(
    r'\A\s{0,9}(?:"?([^"\\<>()\[\],;:@]{0,200}?)"?\s{0,9}<([^\s<>()\[\],;:"@]{1,256}@[^\s<>()\[\],;:"@]{1,256})>'
    r'|([^\s<>()\[\],;:"@]{1,256}@[^\s<>()\[\],;:"@]{1,256}))\s{0,9}'
)
_QUOTED_SPEC = re.compile(r'("(?:[^"\\]|\\.){1,200}")[ \t]{0,9}@[ \t]{0,9}([^\s<>()\[\],;:"@]+)')
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\]|\\.){0,300}"[ \t]{0,9}@[ \t]{0,9}')


class Named(NamedTuple):
    """One address of a header with the name beside it."""

    name: str
    address: str


def mailboxes(value: bytes, hints: tuple[str, ...] = ()) -> list[Named]:
    """Return the mailboxes of an address header, addr-specs in their canonical spelling.

    The address is what stands in angle brackets outside quotes, never an «address» inside a display name.
    """
    text = decode(value[:100_000], None, hints)
    if plain := _PLAIN.fullmatch(text):  # most headers: one address, nothing quoted, no comment
        return [Named(_display(plain[1] or "", hints), canonical((plain[2] or plain[3]).strip(".")))]
    found: list[Named] = []
    for item in _split_list(text):
        bare = strip_comments(item)
        unquoted = _QUOTED.sub(lambda match: " " * len(match[0]), bare)
        angles = list(_ANGLE.finditer(unquoted))
        if angles:
            inner = bare[angles[-1].start(1) : angles[-1].end(1)]
            inner = inner.rpartition(":")[2] if inner.startswith("@") else inner  # an old source route
            name = bare[: angles[-1].start()]
        else:
            inner, name = bare.rpartition(":")[2] if ":" in unquoted else bare, ""
        if quoted := _QUOTED_SPEC.search(inner):
            found.append(Named(_display(name, hints), canonical(f"{quoted[1]}@{quoted[2]}".strip("."))))
        elif spec := _SPEC.search(inner):
            found.append(Named(_display(name, hints), canonical(spec[0].strip("."))))
    return found


def is_one_mailbox(value: bytes, hints: tuple[str, ...] = ()) -> bool:
    """Whether an address header names one address and cannot be read as naming another one too (M28).

    Names may be written as carelessly as they are; what stands outside quotes, comments and encoded words decides.
    """
    text = decode(value[:100_000], None, hints)
    if _PLAIN.fullmatch(text):
        return True
    plain = strip_comments(_WORD.sub("w", text))
    plain = _QUOTED.sub("", _QUOTED_LOCAL.sub("q@", plain))
    specs = _SPEC.findall(plain)
    grouped = ":" in plain and "<" not in plain
    return (
        len({canonical(spec.strip(".")) for spec in specs}) == 1
        and plain.count("@") == len(specs)
        and not grouped
        and len(value) <= 100_000
    )


def addresses(value: bytes, hints: tuple[str, ...] = ()) -> list[str]:
    """Return only the addr-specs of an address header, in their canonical spelling."""
    return [named.address for named in mailboxes(value, hints)]


def _display(name: str, hints: tuple[str, ...]) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return clean_line(decode_words(name, hints))


def _split_list(text: str) -> list[str]:
    """Split an address list at commas and semicolons outside quotes, comments and angle brackets."""
    items: list[str] = []
    current: list[str] = []
    quoted = escaped = False
    depth = angle = 0
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")" and depth > 0)
            angle += (letter == "<") - (letter == ">" and angle > 0)
            if letter in ",;" and not depth and not angle:
                items.append("".join(current))
                current = []
                continue
        current.append(letter)
    items.append("".join(current))
    if (quoted or depth or angle) and len(items) == 1 and "," in text:  # an unclosed quote swallowed the list
        items = re.split(r"[,;]", text)
    return items


_CONTROLS = dict.fromkeys([*range(32), 0x7F], " ")


def clean_line(text: str) -> str:
    """Return ``text`` on one line: control characters out, runs of white space as one space."""
    return " ".join(text.translate(_CONTROLS).split())


_PARAMETER = re.compile(
    r"""(?<![^\s=;"])([^\s=;"]{1,80}?)\s{0,80}=\s{0,80}("(?:[^"\\]|\\.){0,5000}"?|[^;]*)""", re.DOTALL
)
_SECTION = re.compile(r"(.*?)(?:\*(\d{1,4}))?(\*)?\Z", re.DOTALL)
_EXTENDED = re.compile(r"\A([\w.:+-]*)'[\w-]*'(.*)\Z", re.DOTALL)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PERCENT_U = re.compile(r"%u([0-9A-Fa-f]{4})")
_ENTITY = re.compile(r"&#(\d{3,6});")
_NO_SEMICOLON = re.compile(r"\A\s*([\w/.+-]{1,80})\s+(?=[\w*-]{1,40}\s?=)")


def parameters(value: bytes, hints: tuple[str, ...] = ()) -> tuple[str, dict[str, str]]:
    """Return (main value lower-case, parameters by lower-case name) of a Content-Type or Content-Disposition.

    RFC 2231 sections are joined and decoded, encoded words inside quotes too, raw 8-bit letters recognised.
    """
    text = _parameter_text(value, hints)
    if "&#" in text:
        text = _ENTITY.sub(_entity, text)
    main, _, rest = text.partition(";")
    if "=" in main and (joined := _NO_SEMICOLON.match(main)):
        main, rest = joined[1], f"{main[joined.end() :]};{rest}"
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(rest):
        split = _SECTION.match(match[1].lower())
        if split is None:
            continue
        content = _unquote(match[2])
        if split[2] is None and split[3] is None:
            plain.setdefault(split[1], content)
        else:
            sections.setdefault(split[1], {}).setdefault(int(split[2] or 0), (split[3] is not None, content))
    result = {name: _plain_value(content, hints) for name, content in plain.items()}
    for name, numbered in sections.items():
        result[name] = _joined_sections(numbered, hints) or result.get(name, "")
    return strip_comments(main).strip().lower(), result


def _parameter_text(value: bytes, hints: tuple[str, ...]) -> str:
    """Raw Japanese is decoded at once, because its bytes may be quotes and backslashes; other raw letters later."""
    if b"\x1b$" in value:
        return decode(value, "iso-2022-jp", hints)
    if value.isascii():
        return value.decode("ascii")
    if any(codec(hint) == "cp932" for hint in hints):
        try:
            value.decode("utf-8")
        except ValueError:
            return decode(value, "cp932", hints)
    return value.decode("utf-8", "surrogateescape")


def _unquote(content: str) -> str:
    content = content.strip()
    if content.startswith('"'):
        content = content[1:-1] if len(content) > 1 and content.endswith('"') else content[1:]
        # Only what RFC 5322 needs escaped: other backslashes are Windows paths of old clients.
        return re.sub(r'\\(["\\])', r"\1", content)
    return content[1:-1] if len(content) > 2 and content[0] == content[-1] == "'" else content


def _entity(match: re.Match[str]) -> str:
    """A letter that an old webmail wrote as in HTML; signs that mean something here stay as they are."""
    number = int(match[1])
    return chr(number) if 0xA0 <= number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]


def _plain_value(content: str, hints: tuple[str, ...]) -> str:
    raw = content.encode("utf-8", "surrogateescape")
    text = decode(raw, None, hints)
    if "=?" in text:
        return decode_words(text, hints)
    if match := _EXTENDED.match(text):
        if codec(match[1]) and _PERCENT.search(match[2]):  # the RFC 2231 form without its asterisk
            return decode(unquote_to_bytes(match[2]), match[1], hints)
    elif "%" in text:
        return _without_percents(text, hints)
    return text


def _without_percents(text: str, hints: tuple[str, ...]) -> str:
    """Percent signs of a URL-encoded Russian name are undone; «100%25.xls» is left as it is."""
    if _PERCENT_U.search(text):
        found = _PERCENT_U.sub(lambda match: chr(int(match[1], 16)), text)
        return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not _PERCENT.search(text):
        return text
    raw = unquote_to_bytes(text.encode("utf-8", "surrogateescape"))
    if raw.isascii():
        return text
    try:
        return raw.decode("utf-8")
    except ValueError:
        found = decode(raw, None, hints)
        return found if all("Ѐ" <= letter <= "ӿ" or letter in "№«»" for letter in found if letter > "\x7f") else text


def _joined_sections(numbered: dict[int, tuple[bool, str]], hints: tuple[str, ...]) -> str:
    charset: str | None = None
    collected = b""
    extended_any = False
    for number in sorted(numbered):
        extended, content = numbered[number]
        if extended and not extended_any and (match := _EXTENDED.match(content)):
            charset, content = match[1] or None, match[2]
        extended_any |= extended
        raw = content.encode("utf-8", "surrogateescape")
        collected += unquote_to_bytes(raw) if extended else raw
    text = decode(collected, charset, hints)
    return decode_words(text, hints) if "=?" in text else text


def parse_date(value: str) -> datetime | None:
    """Return a Date header as an aware UTC instant, or None when it cannot be read."""
    try:
        found = parsedate_to_datetime(strip_comments(value).strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")


def message_ids(value: str) -> tuple[str, ...]:
    """Return the message ids of a Message-ID, In-Reply-To or References header, with their angle brackets."""
    found = [f"<{inner}>" for inner in _MESSAGE_ID.findall(value)]
    return tuple(dict.fromkeys(found))
