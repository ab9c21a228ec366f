"""Parameters of Content-Type and Content-Disposition (RFC 2045, 2231), and what old clients write in their place."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from pipeline.mail.message.charsets import codec, decode
from pipeline.mail.message.encoded_words import decode_words
from pipeline.mail.message.lexical import strip_comments

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
