"""The container, checked before anything in it is believed: sizes, counts, methods, overlaps.

The central directory is read here rather than by ``zipfile``, which builds an object for every entry before the count
can be looked at, trusts the sizes written in the file and raises a dozen kinds of exception. Layout: APPNOTE.TXT
6.3.10, sections 4.3.7, 4.3.12, 4.3.14–4.3.16 and 4.5.3.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

MAX_FILE = 10 * 1024 * 1024
MAX_ENTRIES = 200
MAX_MEMBER = 8 * 1024 * 1024
MAX_TOTAL = 24 * 1024 * 1024
_MAX_DIRECTORY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a workbook may be: bytes of the file, of one member and of all, then what its sheets hold together.

    ``area`` counts the cells of every row up to its last value, ``texts`` characters, ``strings`` shared strings.
    """

    file: int = MAX_FILE
    member: int = MAX_MEMBER
    total: int = MAX_TOTAL
    cells: int = 250_000
    area: int = 2_000_000
    texts: int = 8_000_000
    strings: int = 200_000


SENT = Bounds()
"""What somebody sent us."""
KEPT = Bounds(20_000_000, 96 * 1024 * 1024, 192 * 1024 * 1024, 1_000_000, 4_000_000, 40_000_000, 500_000)
"""A table that the administrator keeps: the list of all schools of the country."""

LOCAL_SIGNATURE = b"PK\x03\x04"
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_END_SIGNATURE = b"PK\x05\x06"
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_LOCAL = struct.Struct("<4s2B4H3L2H")
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800


class Member(NamedTuple):
    """An entry of the archive: where its header and bytes lie, and how large it says it is."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    header: int
    start: int


class Package:
    """Members of an archive by name, compared without case as OPC does (ECMA-376 part 2, 6.2.2.3)."""

    def __init__(self, data: bytes, members: Mapping[str, Member]) -> None:
        self._data = data
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the members in lower case, in the order of the directory."""
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """Return the member's bytes; KeyError when there is none.

        Raises UnreadableWorkbook when it is not what the directory says: one byte more than promised is enough.
        """
        member = self._members[name.lower()]
        packed = memoryview(self._data)[member.start : member.start + member.packed]
        content = bytes(packed) if member.method == _STORED else _inflate(packed, member.size + 1)
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise UnreadableWorkbook("damaged")
        return content


def open_package(data: bytes, bounds: Bounds = SENT) -> Package:
    """Check the archive in ``data`` and return it. Raises UnreadableWorkbook with the reason."""
    if len(data) > bounds.file:
        raise UnreadableWorkbook("too_large")
    members: dict[str, Member] = {}
    for member in _members(data):
        name = member.name.lower()
        if name in members:
            raise UnreadableWorkbook("unsafe")
        members[name] = member
    _check_sizes(members.values(), bounds)
    return Package(data, members)


def directory_names(data: bytes) -> tuple[str, ...]:
    """Return the names in the archive's directory in lower case, none when it cannot be read; never raises."""
    try:
        return tuple(member.name.lower() for member in _members(data, only_names=True))
    except UnreadableWorkbook:
        return ()


def _inflate(packed: memoryview, limit: int) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, limit)
    except zlib.error as error:
        raise UnreadableWorkbook("damaged") from error


def _check_sizes(members: Iterable[Member], bounds: Bounds) -> None:
    total = 0
    spans = []
    for member in members:
        if member.size > bounds.member:
            raise UnreadableWorkbook("too_large")
        if member.method == _STORED and member.packed != member.size:
            raise UnreadableWorkbook("damaged")
        total += member.size
        spans.append((member.header, member.start + member.packed))
    if total > bounds.total:
        raise UnreadableWorkbook("too_large")
    spans.sort()
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start < end:
            raise UnreadableWorkbook("unsafe")


def _end_record(data: bytes) -> tuple[int, int, int, int]:
    """Return (entries, directory size, directory offset, end of the directory) from the end record."""
    at = data.rfind(_END_SIGNATURE, max(0, len(data) - _FULL16 - _END.size))
    if at < 0 or at + _END.size > len(data):
        raise UnreadableWorkbook("damaged")
    _, _, _, _, entries, size, offset, _ = _END.unpack_from(data, at)
    if entries == _FULL16 or _FULL32 in (size, offset):
        where = at - _LOCATOR64.size
        at = where - _END64.size
        if at < 0 or data[where : where + 4] != b"PK\x06\x07" or data[at : at + 4] != b"PK\x06\x06":
            raise UnreadableWorkbook("damaged")
        entries, size, offset = _END64.unpack_from(data, at)[-3:]
    return entries, size, offset, at


def _members(data: bytes, *, only_names: bool = False) -> list[Member]:
    entries, size, offset, end = _end_record(data)
    if entries > MAX_ENTRIES or size > _MAX_DIRECTORY:
        raise UnreadableWorkbook("too_many_parts")
    position, shift = offset, 0
    if data[offset : offset + 4] != _CENTRAL_SIGNATURE:
        # Bytes put before the archive shift it: what the end record says is relative to the archive itself.
        position, shift = end - size, end - size - offset
    end = position + size
    if position < 0 or shift < 0 or end > len(data):
        raise UnreadableWorkbook("damaged")
    members = []
    for _ in range(entries):
        member, position = _central_entry(data, position, end, shift, only_names=only_names)
        if not member.name.endswith("/"):
            members.append(member)
    if position != end:
        raise UnreadableWorkbook("damaged")
    return members


def _central_entry(data: bytes, at: int, end: int, shift: int, *, only_names: bool) -> tuple[Member, int]:
    if at + _CENTRAL.size > end:
        raise UnreadableWorkbook("damaged")
    fields = _CENTRAL.unpack_from(data, at)
    flags, method, crc, packed, size = fields[5], fields[6], fields[9], fields[10], fields[11]
    name_size, extra_size, comment_size, offset = fields[12], fields[13], fields[14], fields[18]
    following = at + _CENTRAL.size + name_size + extra_size + comment_size
    if fields[0] != _CENTRAL_SIGNATURE or following > end:
        raise UnreadableWorkbook("damaged")
    raw_name = data[at + _CENTRAL.size : at + _CENTRAL.size + name_size]
    name = raw_name.decode("utf-8" if flags & _UTF8 else "cp437", "replace").replace("\\", "/").lstrip("/")
    if only_names:
        return Member(name, method, crc, packed, size, 0, 0), following
    extra = data[at + _CENTRAL.size + name_size : at + _CENTRAL.size + name_size + extra_size]
    size, packed, offset = _wide(extra, size, packed, offset)
    if flags & _ENCRYPTED:
        raise UnreadableWorkbook("encrypted")
    if method not in (_STORED, _DEFLATED):
        raise UnreadableWorkbook("unsafe")
    start = _content_start(data, offset + shift, raw_name)
    if start + packed > len(data):
        raise UnreadableWorkbook("damaged")
    return Member(name, method, crc, packed, size, offset + shift, start), following


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Take from the zip64 extra field what did not fit 32 bits (APPNOTE 4.5.3)."""
    if _FULL32 not in (size, packed, offset):
        return size, packed, offset
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4))
            wide = [next(values, _FULL32) if value == _FULL32 else value for value in (size, packed, offset)]
            return wide[0], wide[1], wide[2]
        at += 4 + length
    return size, packed, offset


def _content_start(data: bytes, at: int, raw_name: bytes) -> int:
    """Return where the member's bytes begin; its local header must name the same member."""
    if at < 0 or at + _LOCAL.size > len(data):
        raise UnreadableWorkbook("damaged")
    fields = _LOCAL.unpack_from(data, at)
    name_size, extra_size = int(fields[-2]), int(fields[-1])
    name_at = at + _LOCAL.size
    if fields[0] != LOCAL_SIGNATURE or data[name_at : name_at + name_size] != raw_name:
        raise UnreadableWorkbook("damaged")
    return name_at + name_size + extra_size
