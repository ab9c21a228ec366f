"""The fields of a delivery report (RFC 3464, RFC 6533): who was not reached, what the server did, its own words.

They are read wherever a server puts them: in their own part, in a plain text part or a file, in the text itself.
"""

from __future__ import annotations

import re

from pipeline.mail.kinds.recipients import (
    Bounced,
    addresses_in,
    codes,
)
from pipeline.mail.message.headers import Headers, split_headers
from pipeline.mail.message.lexical import clean_line, strip_comments
from pipeline.mail.message.parse import ParsedMessage
from pipeline.mail.message.parts import Part

MOST_BLOCKS = 500  # groups of fields, in one part and in all
MOST_PARTS = 10

_REPORT_TYPES = ("message/delivery-status", "message/global-delivery-status")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


_FILES = ("application/octet-stream", "text/plain", "text/rfc822-headers", "application/x-delivery-status")
_NAMES = re.compile(rb"(?im)^[ \t>]{0,8}(?:final|original)-recipient[ \t]{0,3}:[^\n]{0,300}@")
_SAYS = re.compile(rb"(?im)^[ \t>]{0,8}(?:action|status)[ \t]{0,3}:[ \t]{0,3}[a-z245]")
_INDENTED = re.compile(rb"(?m)^[ \t>]{1,8}(?=[A-Za-z-]{4,40}[ \t]{0,3}:)")


def has_report_part(message: ParsedMessage) -> bool:
    """Whether the message itself has a part of its own for the fields."""
    return any(part.depth == 0 and part.content_type in _REPORT_TYPES for part in message.parts)


def recipient_blocks(message: ParsedMessage, *, anywhere: bool = False) -> list[Headers]:
    """Return the groups of fields that each name one recipient.

    ``anywhere``: also in parts of another type, in the text and in an enclosed message. Only of a message that a
    server has written: people quote such fields and pass reports on.
    """
    own = [part for part in message.parts if part.depth == 0 and part.content_type in _REPORT_TYPES]
    if not own and anywhere:
        own = [part for part in message.parts if _holds_fields(part)]
        outer = min((part.depth for part in own), default=0)
        own = [part for part in own if part.depth == outer]
    blocks = [block for part in own[:MOST_PARTS] for block in _field_blocks(part)][:MOST_BLOCKS]
    return [block for block in blocks if _is_recipient_block(block)]


def _holds_fields(part: Part) -> bool:
    if part.content_type in _REPORT_TYPES:
        return True
    data = part.data[:100_000] if part.content_type in _FILES and part.enclosed is None else b""
    return bool(_NAMES.search(data) and _SAYS.search(data))


def _field_blocks(part: Part) -> list[Headers]:
    """The groups of fields of a part, blank lines between them."""
    data = part.data[:500_000].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = data if part.content_type in _REPORT_TYPES else _INDENTED.sub(b"", data)
    groups = re.split(rb"\n[ \t]*\n", data, maxsplit=MOST_BLOCKS)[:MOST_BLOCKS]
    blocks = [Headers(split_headers(group[:20_000]).fields, part.headers.hints) for group in groups if group.strip()]
    return [block for block in blocks if len(block)]


def _is_recipient_block(block: Headers) -> bool:
    return any(name in block for name in ("Final-Recipient", "Original-Recipient", "Action", "X-Actual-Recipient"))


def recipient(block: Headers, text: str) -> Bounced:
    """Return the recipient that a group of fields names. ``text`` gives a status that is missing.

    The address is the original one where the report has both: a mailbox may pass letters on (RFC 3464, 2.3.1).
    """
    action = strip_comments(block.get("Action")).strip().lower()
    action = next(
        (word for word in ("failed", "delayed", "delivered", "relayed", "expanded") if action[:5] == word[:5]), ""
    )
    status_match = _STATUS.search(block.get("Status"))
    status = status_match[1] if status_match else ""
    if not action and status:
        action = {"5": "failed", "4": "delayed", "2": "delivered"}[status[0]]
    reason = clean_line(block.get("Diagnostic-Code"))
    reason = re.sub(r"(?i)^\s*(smtp|x-[\w-]+|x\.400|lmtp|local)\s*;\s*", "", reason)[:500]
    address = ""
    for name in ("Original-Recipient", "Final-Recipient", "X-Actual-Recipient", "X-Original-Recipient"):
        if address := _recipient_address(block.get(name)):
            break
    if address and not status and text:
        status = codes(text, address, "bounce")[0]
    return Bounced(address, status, action, reason)


def _recipient_address(value: str) -> str:
    kind, separator, rest = value.partition(";")
    candidate = rest if separator else kind
    if re.search(r"(?i)\+[0-9a-f]{2}\+?|\\x\{", candidate) and "utf-8" in kind.lower():  # utf-8-addr-xtext, RFC 6533
        candidate = re.sub(r"\\x\{([0-9A-Fa-f]{2,6})\}", lambda match: chr(int(match[1], 16) % 0x110000), candidate)
    found = addresses_in(candidate)
    return _unwrapped(found[0]) if found else ""


def _unwrapped(address: str) -> str:
    """Exchange wraps foreign addresses: ``imceasmtp-user+40host@gateway`` is user@host; a directory path is nobody."""
    local = address.partition("@")[0]
    if local.startswith("imceasmtp-"):
        inner = addresses_in(re.sub(r"\+([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), local[10:]))
        return inner[0] if inner else ""
    return "" if local.startswith("imcea") else address
