"""Which letters a message is about, by every header that may name them: replies, robots' answers, receipts, reports."""

from __future__ import annotations

from pipeline.mail.kinds.returned import Returned
from pipeline.mail.message.headers import Headers, message_ids, split_headers
from pipeline.mail.message.parse import ParsedMessage

MOST_IDS = 30


def answered_ids(message: ParsedMessage, returned: Returned) -> tuple[str, ...]:
    """Return the Message-IDs that ``message`` names, brackets included, the likeliest first, at most ``MOST_IDS``.

    The letter that a report returns comes first, then what a read receipt is about (RFC 8098), then In-Reply-To, then
    References from the newest on.
    """
    found = [returned.message_id] if returned.message_id else []
    for part in message.parts:
        if part.depth == 0 and part.content_type == "message/disposition-notification":
            fields = Headers(split_headers(part.data[:50_000]).fields)
            found += message_ids(fields.get("Original-Message-ID"))
    found += [message.in_reply_to] if message.in_reply_to else []
    found += [*reversed(message.references), *reversed(returned.references)]
    return tuple(dict.fromkeys(found))[:MOST_IDS]
