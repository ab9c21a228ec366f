"""The one reader of zip archives: the directory and its members, believed only as far as the bytes agree.

Not ``zipfile``, which builds an object for every entry before the count can be looked at, trusts the sizes written in
the file and raises a dozen kinds of exception. Layout: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.14–16, 4.5.3.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LOCAL_SIGNATURE = b"PK\x03\x04"
END_SIGNATURE = b"PK\x05\x06"
MOST_ENTRIES = 2_000
_LARGEST_DIRECTORY = 1_000_000
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s4x2H4x3L3H8xL")
_LOCAL = struct.Struct("<4s2B4H3L2H")
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_HEAD_PACKED = 4_096
"""Packed bytes that are enough for a member's first few."""
_MOST_HEADERS = 50


class BadZip(Exception):  # noqa: N818 - it names what was found in somebody's file rather than a fault of ours
    """The archive is not read. ``reason``: ``damaged encrypted unsafe too_large too_many_parts``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Entry(NamedTuple):
    """A line of the directory: what it says of a member. ``header`` is where the member's own header begins."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int

    @property
    def says_utf8(self) -> bool:
        """Whether the archiver declared the name to be UTF-8; else it is the code page of somebody's machine."""
        return bool(self.flags & _UTF8)

    @property
    def name(self) -> str:
        """The name as paths are written here, in UTF-8 or code page 437."""
        name = self.raw_name
        written = (
            name.decode("ascii") if name.isascii() else name.decode("utf-8" if self.says_utf8 else "cp437", "replace")
        )
        return written.replace("\\", "/").lstrip("/")

    @property
    def is_encrypted(self) -> bool:
        """Whether the member is under a password."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder, which holds no bytes."""
        return self.raw_name.endswith((b"/", b"\\"))


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an archive may be: entries, bytes of its directory, of one member and of all together."""

    entries: int = MOST_ENTRIES
    directory: int = _LARGEST_DIRECTORY
    member: int = _FULL32
    total: int = _FULL32


ANY = Limits()


class _Place(NamedTuple):
    entry: Entry
    start: int


class Package:
    """Members of an archive by name, compared without case as OPC does (ECMA-376 part 2, 6.2.2.3)."""

    def __init__(self, data: bytes, members: Mapping[str, _Place]) -> None:
        self._data = data
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the members in lower case, in the order of the directory."""
        return tuple(self._members)

    def within(self, folder: str) -> Package:
        """Return the members of ``folder``, which ends with a slash, by their names inside it."""
        inside = {name.removeprefix(folder): place for name, place in self._members.items() if name.startswith(folder)}
        return Package(self._data, inside)

    def read(self, name: str) -> bytes:
        """Return the member's bytes; KeyError when there is none.

        Raises BadZip when it is not what the directory says: one byte more than promised is enough.
        """
        entry, start = self._members[name.lower()]
        return _content(self._data, entry, start)


def open_package(data: bytes, limits: Limits = ANY) -> Package:
    """Check the whole archive in ``data`` and return it: sizes, counts, methods, overlaps. Raises BadZip."""
    entries, promised = _directory(data, limits)
    if len(entries) != promised:
        raise BadZip("damaged")
    members: dict[str, _Place] = {}
    for entry in entries:
        if entry.is_folder:
            continue
        name = entry.name.lower()
        if name in members:
            raise BadZip("unsafe")
        members[name] = _Place(entry, _start(data, entry))
    _check_sizes(members.values(), limits)
    return Package(data, members)


def entries_of(data: bytes, limits: Limits = ANY) -> Sequence[Entry]:
    """Return the directory of an archive as it is written, folders included. Raises BadZip."""
    return _directory(data, limits)[0]


def content_of(data: bytes, entry: Entry, most: int) -> bytes:
    """Return a member's bytes. Raises BadZip, ``too_large`` when it says that it is larger than ``most``."""
    if entry.size > most:
        raise BadZip("too_large")
    return _content(data, entry, _start(data, entry))


def beginning_of(data: bytes, entry: Entry, count: int) -> bytes:
    """Return the first bytes of a member, ``count`` at most and unchecked. Raises BadZip."""
    start = _start(data, entry)
    packed = data[start : start + min(entry.packed, _HEAD_PACKED)]
    return packed[:count] if entry.method == _STORED else _inflated(packed, count)


def names_by_headers(data: bytes) -> list[str]:
    """Return the names that are written before the members, for an archive whose directory at its end is lost."""
    names: list[str] = []
    at = 0
    while (at := data.find(LOCAL_SIGNATURE, at)) >= 0 and at + _LOCAL.size <= len(data) and len(names) < _MOST_HEADERS:
        size = int(_LOCAL.unpack_from(data, at)[-2])
        at += _LOCAL.size
        names.append(data[at : at + size].decode("cp437"))
    return names


def _content(data: bytes, entry: Entry, start: int) -> bytes:
    packed = memoryview(data)[start : start + entry.packed]
    content = bytes(packed) if entry.method == _STORED else _inflated(packed, entry.size + 1)
    if len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise BadZip("damaged")
    return content


def _inflated(packed: bytes | memoryview, most: int) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
    except zlib.error as error:
        raise BadZip("damaged") from error


def _check_sizes(members: Iterable[_Place], limits: Limits) -> None:
    total = 0
    spans = []
    for entry, start in members:
        if entry.size > limits.member:
            raise BadZip("too_large")
        if entry.method == _STORED and entry.packed != entry.size:
            raise BadZip("damaged")
        total += entry.size
        spans.append((entry.header, start + entry.packed))
    if total > limits.total:
        raise BadZip("too_large")
    spans.sort()
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start < end:
            raise BadZip("unsafe")


def _end_record(data: bytes) -> tuple[int, int, int, int]:
    """Return (entries, directory size, directory offset, end of the directory) from the end record."""
    at = data.rfind(END_SIGNATURE, max(0, len(data) - _FULL16 - _END.size))
    if at < 0 or at + _END.size > len(data):
        raise BadZip("damaged")
    _, _, _, _, entries, size, offset, _ = _END.unpack_from(data, at)
    if entries == _FULL16 or _FULL32 in (size, offset):
        where = at - _LOCATOR64.size
        at = where - _END64.size
        if at < 0 or data[where : where + 4] != b"PK\x06\x07" or data[at : at + 4] != b"PK\x06\x06":
            raise BadZip("damaged")
        entries, size, offset = _END64.unpack_from(data, at)[-3:]
    return entries, size, offset, at


def _directory(data: bytes, limits: Limits) -> tuple[list[Entry], int]:
    """Return the entries and how many the end record promises."""
    promised, size, offset, end = _end_record(data)
    if promised > limits.entries or size > limits.directory:
        raise BadZip("too_many_parts")
    position, shift = offset, 0
    if data[offset : offset + 4] != _CENTRAL_SIGNATURE:
        # Bytes put before the archive shift it: what the end record says is relative to the archive itself.
        position, shift = end - size, end - size - offset
    end = position + size
    if position < 0 or shift < 0 or end > len(data):
        raise BadZip("damaged")
    entries: list[Entry] = []
    while position < end:
        entry, position = _central_entry(data, position, end, shift)
        entries.append(entry)
        if len(entries) > limits.entries:
            raise BadZip("too_many_parts")
    return entries, promised


def _central_entry(data: bytes, at: int, end: int, shift: int) -> tuple[Entry, int]:
    name_at = at + _CENTRAL.size
    if name_at > end:
        raise BadZip("damaged")
    signature, flags, method, crc, packed, size, name_size, extra_size, comment_size, header = _CENTRAL.unpack_from(
        data, at
    )
    extra_at = name_at + name_size
    following = extra_at + extra_size + comment_size
    if signature != _CENTRAL_SIGNATURE or following > end:
        raise BadZip("damaged")
    if _FULL32 in (size, packed, header):
        size, packed, header = _wide(data[extra_at : extra_at + extra_size], size, packed, header)
    return Entry(data[name_at:extra_at], flags, method, crc, packed, size, header + shift), following


def _wide(extra: bytes, size: int, packed: int, header: int) -> tuple[int, int, int]:
    """Take from the zip64 extra field what did not fit 32 bits (APPNOTE 4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4))
            wide = [next(values, _FULL32) if value == _FULL32 else value for value in (size, packed, header)]
            return wide[0], wide[1], wide[2]
        at += 4 + length
    return size, packed, header


def _start(data: bytes, entry: Entry) -> int:
    """Return where the member's bytes begin; its own header must name the same member."""
    if entry.is_encrypted:
        raise BadZip("encrypted")
    if entry.method not in (_STORED, _DEFLATED):
        raise BadZip("unsafe")
    at = entry.header
    if at < 0 or at + _LOCAL.size > len(data):
        raise BadZip("damaged")
    fields = _LOCAL.unpack_from(data, at)
    name_at = at + _LOCAL.size
    start = name_at + int(fields[-2]) + int(fields[-1])
    if fields[0] != LOCAL_SIGNATURE or data[name_at : name_at + int(fields[-2])] != entry.raw_name:
        raise BadZip("damaged")
    if start + entry.packed > len(data):
        raise BadZip("damaged")
    return start
