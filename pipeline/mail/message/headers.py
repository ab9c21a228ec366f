"""Header blocks (RFC 5322): where one ends, its fields by name, dates and message ids, whatever a client made of them.

Values are read by ``encoded_words``, ``mailboxes`` and ``parameters``. Nothing in these modules raises on any bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pipeline.mail.message.encoded_words import decode_value
from pipeline.mail.message.lexical import strip_comments
from pipeline.mail.message.mailboxes import addresses

MOST_FIELDS = 2_000
LONGEST_VALUE = 200_000
LARGEST_BLOCK = 2_000_000  # bytes of one header block: whatever folds without end stops here
_FIELD = re.compile(rb"\A([!-9;-~]{1,200})[ \t]*:")
_USUAL = re.compile(
    rb"(?i)(received|from|to|cc|subject|date|message-id|mime-version|content-[a-z-]{1,80}|return-path|reply-to"
    rb"|x-[\w-]{1,80}):"
)
_USUAL_LINE = re.compile(rb"(?m)^" + _USUAL.pattern.replace(b"(?i)", b"(?i:", 1) + b")")
_LONGEST_LOOK = 200_000  # bytes in which the end of a torn header is looked for
_BOM = b"\xef\xbb\xbf"


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
