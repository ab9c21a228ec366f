"""The letter that a delivery report returns: as an enclosed message, as its headers, or copied into the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.mail.addresses import canonical
from pipeline.mail.kinds.report_words import RETURNED_COPY
from pipeline.mail.message.headers import Headers, message_ids, split_headers
from pipeline.mail.message.lexical import clean_line
from pipeline.mail.message.parse import ParsedMessage

# Without one of these there is no copy: looked for first, because that is a hundred times faster.
_COPY_STEMS = (
    "copy",
    "original",
    "returned",
    "unsent",
    "undelivered",
    "header",
    "lines of",
    "follow",
    "forwarded message",
    "enclosed",
    "attached",
    "diagnost",
    "диагност",
    "копия",
    "заголов",
    "исходн",
    "оригинальн",
    "ниже",
    "далее",
    "received:",
    "return-path:",
    "message-id:",
)
_FOR = re.compile(r"(?i)\bfor\s+<([^<>@\s]{1,128}@[^<>@\s]{1,190})>")
_HEADER_TYPES = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/rfc822")


@dataclass(frozen=True, slots=True)
class Returned:
    """What a report tells of the letter it is about: its Message-ID, from where it came and to whom it went.

    ``recipients`` are all of the latter: ``written_to`` those that the letter itself names, ``delivered_to`` what hosts
    on the way made of them.
    """

    message_id: str | None = None
    sender: str | None = None
    return_path: str | None = None
    recipients: tuple[str, ...] = ()
    written_to: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""


def has_copy(message: ParsedMessage, text: str) -> bool:
    if any(part.depth == 0 and part.content_type in _HEADER_TYPES for part in message.parts):
        return True
    return _copy_start(text) is not None


@lru_cache(maxsize=8)
def _copy_start(text: str) -> int | None:
    """Where the returned letter begins in the report's own text, or None."""
    folded = text.lower()
    if not any(stem in folded for stem in _COPY_STEMS):
        return None
    if match := RETURNED_COPY.search(text):
        return match.start()
    block = re.search(r"(?im)^[> \t]{0,8}(?:received|return-path|message-id):[ \t]?\S", text)
    if block and re.search(r"(?im)^[> \t]{0,8}(?:from|to|subject|date):", text[block.start() : block.start() + 8_000]):
        return block.start()
    return None


def own_words(text: str) -> str:
    """Return a report's text up to the returned letter."""
    start = _copy_start(text)
    return text[:start] if start is not None else text


def returned_letter(message: ParsedMessage, text: str) -> Returned:
    """Return what can be read of the letter a report is about, from its returned headers or from the text."""
    headers = _returned_headers(message, text)
    if headers is None:
        return Returned()
    paths = headers.addresses("Return-Path")
    ids = message_ids(headers.get("Message-ID"))
    sender = headers.addresses("From") or headers.addresses("Sender")
    return Returned(
        message_id=ids[0] if ids else None,
        sender=sender[0] if sender else None,
        return_path=paths[0] if paths else None,
        recipients=headers.addresses("X-Original-To", "Delivered-To", "To", "Cc", "Envelope-To", "Apparently-To"),
        written_to=headers.addresses("To", "Cc", "Apparently-To") or _received_for(headers),
        delivered_to=headers.addresses("X-Original-To", "Delivered-To", "Envelope-To"),
        references=message_ids(headers.get("References")[:20_000]),
        subject=clean_line(headers.get("Subject"))[:500],
    )


def _received_for(headers: Headers) -> tuple[str, ...]:
    """The address that the first server took the letter for: «Received: … for <a@b.test>;»."""
    found = [_FOR.search(value) for value in headers.all("Received")[-20:]]
    return tuple(canonical(match[1]) for match in found if match)[-1:]


def _returned_headers(message: ParsedMessage, text: str) -> Headers | None:
    for part in message.parts:
        if part.depth == 0 and part.enclosed is not None:
            return part.enclosed
    for part in message.parts:
        if part.depth == 0 and part.content_type in _HEADER_TYPES:
            block = split_headers(part.data)
            if block.fields:
                return Headers(block.fields, part.headers.hints)
    start = _copy_start(text)
    if start is None:
        return None
    copied = re.sub(r"(?m)^>[ \t]?", "", text[start : start + 30_000])
    first = re.search(
        r"(?im)^[ \t]{0,8}(?:received|return-path|message-id|from|to|date|subject|mime-version|x-[\w-]+):", copied
    )
    if first is None:
        return None
    unindented = re.sub(r"(?m)^[ \t]{1,8}(?=[A-Za-z-]{2,40}:)", "", copied[first.start() :])
    block = split_headers(unindented.encode("utf-8", "replace"))
    return Headers(block.fields) if block.fields else None
