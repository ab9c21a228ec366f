"""Whether a message came through a mailing list, a group or a mass mailer: by the headers of today's and older ones."""

from __future__ import annotations

import re

from pipeline.mail.message.headers import Headers

_HEADERS = frozenset(
    {
        "list-id",
        "list-post",
        "list-unsubscribe",
        "list-subscribe",
        "list-help",
        "list-archive",
        "mailing-list",
        "x-mailing-list",
        "x-mailman-version",
        "x-beenthere",
        "x-list-administrivia",
        "x-listname",
        "x-ml-name",
        "feedback-id",
    }
)
_SENDER = re.compile(
    r"(?i)\A(?:owner-[\w.-]+|[\w.-]+-(?:owner|bounces?|return-\d+)(?:[-+=].{0,256})?|bounces?[-+].{0,256})@"
)


def through_list(headers: Headers, return_path: str | None) -> bool:
    """Whether a message went to many: a list's headers, «Precedence: list», or a list's address as the sender.

    ``return_path`` is the sender of the envelope.
    """
    if headers.any_of(_HEADERS) or headers.token("Precedence") == "list":
        return True
    if any("mailing list" in value.lower() for value in headers.all("Delivered-To")):
        return True
    return any(_SENDER.match(address) for address in (*headers.addresses("Sender"), return_path or ""))


def person_in_group(headers: Headers) -> bool:
    """Whether a provider's group passes on a letter that one of its members wrote, and no mass mailer sent (M34).

    The group says who wrote to it, or is one of a provider that names a member of it in Reply-To or From.
    """
    if "Feedback-ID" in headers or headers.token("Precedence") in ("bulk", "junk"):
        return False
    groups = set(headers.addresses("List-Post", "To", "Cc", "Sender", "List-ID", "Mailing-list"))
    if named := headers.addresses("X-Original-Sender", "X-Original-From"):
        return not groups.issuperset(named)
    if not headers.get("Mailing-list").lower().startswith("list "):  # Google, Yahoo, groups.io
        return False
    writers = headers.addresses("Reply-To") or headers.addresses("From")
    return bool(writers) and not groups.issuperset(writers)
