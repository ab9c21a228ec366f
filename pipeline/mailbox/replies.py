"""What IMAP servers say and what they read: answers about messages, dates, sets of UIDs, words of errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import structlog
from imap_tools.errors import UnexpectedCommandStatusError

log = structlog.get_logger()
_SET_LENGTH = 4000  # characters of one UID set; servers cut command lines at 8,000 and more (M26)
_TEMPORARY = re.compile(rb"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\b", re.IGNORECASE)
_START = re.compile(rb"\A\d+ \(")
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_EMPTY = re.compile(rb'\bBODY\[(?:HEADER)?\](?:<0>)? ""', re.IGNORECASE)
_DATE = re.compile(
    rb'\bINTERNALDATE "([ \d]?\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")
_NAMESPACE = re.compile(rb'^\(\("((?:[^"\\]|\\.)*)" "(\\?.)"')
_LISTED = re.compile(rb'^\([^)]*\) "(\\?.)"')


@dataclass(slots=True)
class Parts:
    """The answer about one message: everything but the literal, and the literal."""

    words: bytes
    body: bytes | None


def grouped(answers: Iterable[Any]) -> Iterator[Parts]:
    """Put together what imaplib hands out in pieces: a pair (words, literal) and the words that follow it.

    Some servers name the UID after the body, so the words of one message are looked at as a whole.
    """
    current: Parts | None = None
    for answer in answers:
        if answer is None:
            continue
        words, body = answer if isinstance(answer, tuple) else (answer, None)
        if current is not None and not _START.match(words):
            current.words += b" " + words
            current.body = body if body is not None else current.body
            continue
        if current is not None:
            yield current
        current = Parts(words, body if body is not None else b"" if _EMPTY.search(words) else None)
    if current is not None:
        yield current


def uid_of(words: bytes) -> int:
    """Return the UID that an answer names, 0 for none."""
    found = _UID.search(words)
    return int(found[1]) if found else 0


def size_of(words: bytes) -> int:
    """Return RFC822.SIZE, 0 when the server does not tell."""
    found = _SIZE.search(words)
    return int(found[1]) if found else 0


def hierarchy(namespace: object, listed: object) -> tuple[str, str]:
    """Return (what our own folders must begin with, the separator) from what NAMESPACE and ``LIST "" ""`` answered."""
    if isinstance(namespace, bytes) and (found := _NAMESPACE.match(namespace)):
        return found[1].decode("ascii", "replace"), found[2][-1:].decode("ascii", "replace")
    if isinstance(listed, bytes) and (found := _LISTED.match(listed)):
        return "", found[1][-1:].decode("ascii", "replace")
    return "", "/"


def internal_date(uid: int, words: bytes) -> datetime:
    """Return INTERNALDATE in UTC: it is the instant that decides about deadlines."""
    found = _DATE.search(words)
    if found is None or found[2].lower() not in _MONTHS:
        # A message must not be lost or block the rest for want of a date: it is being received now.
        log.warning("mailbox.no_internaldate", uid=uid)
        return datetime.now(UTC)
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    local = datetime(
        int(year),
        _MONTHS.index(month.lower()) + 1,
        int(day),
        int(hour),
        int(minute),
        min(int(second), 59),
        tzinfo=timezone(-offset if sign == b"-" else offset),
    )
    return local.astimezone(UTC)


def uid_sets(uids: Sequence[int]) -> Iterator[str]:
    """Write ascending UIDs as IMAP sets like ``3:7,9``, each within the length that every server reads."""
    ranges: list[str] = []
    length = 0
    for first, last in _runs(uids):
        text = str(first) if first == last else f"{first}:{last}"
        if ranges and length + len(text) > _SET_LENGTH:
            yield ",".join(ranges)
            ranges, length = [], 0
        ranges.append(text)
        length += len(text) + 1
    if ranges:
        yield ",".join(ranges)


def _runs(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in range(1, len(uids) + 1):
        if end == len(uids) or uids[end] != uids[end - 1] + 1:
            yield uids[start], uids[end - 1]
            start = end


def is_temporary(error: Exception) -> bool:
    return bool(_TEMPORARY.search(str(error).encode("utf-8", "replace")))


def reason_of(error: BaseException) -> str:
    """Return the server's or the system's words, on one line and short enough for a sentence."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, UnexpectedCommandStatusError):
        status, data = error.command_result[0], error.command_result[1]
        text = f"{status} " + b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
    else:
        first = next(iter(error.args), "")
        text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
    return " ".join(text.split())[:200] or type(error).__name__
