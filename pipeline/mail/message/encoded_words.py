"""Encoded words of header values (RFC 2047), and base64 as it really comes: cut, or padded in the middle."""

from __future__ import annotations

import binascii
import re
import string

from pipeline.mail.message.charsets import decode

MOST_ENCODED = 3  # times that words may be encoded, one in the other
WORD = re.compile(
    r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?=]|=(?!\?[^?\s]{1,60}\?[bBqQ]\?)|\?(?!=)){0,4000}?)(?:\?=|\??\Z)"
)
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


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
        if "=?" not in text or not WORD.search(text):
            break
    return text


def _decoded_once(text: str, hints: tuple[str, ...]) -> str:
    text = _BETWEEN_WORDS.sub(r"\1", text)
    result: list[str] = []
    position = 0
    pending: list[tuple[str, str]] = []
    charset = ""
    for match in WORD.finditer(text):
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
