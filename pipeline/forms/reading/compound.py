"""Compound files, the container of .xls: streams by name, the keywords of the summary. Layout: [MS-CFB], [MS-OLEPS].

Sizes and chains are what an attacker writes: every chain is followed no further than the file has sectors.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.files.sniff import COMPOUND
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

_HEADER = struct.Struct("<2H10x2L4x2L4xL")  # from byte 30 on (2.2)
_ENTRY = struct.Struct("<64sHB49xLQ")
_END_OF_CHAIN = 0xFFFFFFFA  # this and above name no sector (2.1)
_STREAM, _ROOT = 2, 5
_SUMMARY = "\x05summaryinformation"
_CODEPAGE, _KEYWORDS = 1, 5
_VT_I2, _VT_LPSTR, _VT_LPWSTR = 0x02, 0x1E, 0x1F


@dataclass(frozen=True, slots=True)
class _Chains:
    """Sectors of one size and the table that says which follows which."""

    data: bytes
    sector: int
    first: int
    table: Sequence[int]

    def read(self, start: int, size: int | None = None) -> bytes:
        """Return ``size`` bytes of the chain that begins at ``start``, all of it by default."""
        pieces: list[bytes] = []
        left = len(self.table) + 1 if size is None else -(-size // self.sector)
        if left > len(self.table) + 1:
            raise UnreadableWorkbook("damaged")
        at = start
        while left and at < _END_OF_CHAIN:
            if at >= len(self.table):
                raise UnreadableWorkbook("damaged")
            position = self.first + at * self.sector
            pieces.append(self.data[position : position + self.sector])
            at = self.table[at]
            left -= 1
        content = b"".join(pieces)
        if size is None:
            return content
        if len(content) < size:
            raise UnreadableWorkbook("damaged")
        return content[:size]


class Compound:
    """The streams of a compound file by name; names are compared without case (2.6.4)."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(COMPOUND):
            raise UnreadableWorkbook("damaged")
        shift, mini_shift, fats, directory, cutoff, mini_fat, difat = _HEADER.unpack_from(data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise UnreadableWorkbook("damaged")
        self._cutoff = cutoff
        sector = 1 << shift
        self._chains = _Chains(data, sector, sector, _sector_table(data, sector, fats, difat))
        entries = self._chains.read(directory)
        self._entries: dict[str, tuple[int, int]] = {}
        root: tuple[int, int] | None = None
        for at in range(0, len(entries) - _ENTRY.size + 1, 128):
            raw, length, kind, start, size = _ENTRY.unpack_from(entries, at)
            if shift == 9:
                size &= 0xFFFFFFFF  # the upper half is not defined there (2.6.3)
            if kind == _ROOT and root is None:
                root = (start, size)
            elif kind == _STREAM and 2 <= length <= 64:
                name = raw[: length - 2].decode("utf-16-le", "replace").casefold()
                self._entries.setdefault(name, (start, size))
        if root is None:
            raise UnreadableWorkbook("damaged")
        self._small = _Chains(self._chains.read(*root), 64, 0, _numbers(self._chains.read(mini_fat)))

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def read(self, name: str) -> bytes:
        """Return the bytes of a stream; KeyError when there is none, UnreadableWorkbook when it is broken."""
        start, size = self._entries[name.casefold()]
        return (self._small if size < self._cutoff else self._chains).read(start, size)


def keywords(compound: Compound) -> str:
    """Return the keywords of the document's summary, "" when it has none or is itself broken."""
    if _SUMMARY not in compound:
        return ""
    try:
        return _keywords(compound.read(_SUMMARY))
    except (UnreadableWorkbook, struct.error, LookupError):
        return ""


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}L", data[: len(data) // 4 * 4])


def _sector_table(data: bytes, sector: int, count: int, difat: int) -> list[int]:
    """Return the file's table of sectors (2.3): its own sectors are named in the header and in a chain (2.5)."""
    most = len(data) // sector + 1
    if count > most:
        raise UnreadableWorkbook("damaged")
    places = list(struct.unpack_from("<109L", data, 76))
    for _ in range(most):
        if difat >= _END_OF_CHAIN or len(places) >= count:
            break
        more = _numbers(data[(difat + 1) * sector : (difat + 2) * sector])
        if len(more) * 4 != sector:
            raise UnreadableWorkbook("damaged")
        places += more[:-1]
        difat = more[-1]
    table: list[int] = []
    for place in places[:count]:
        if place >= _END_OF_CHAIN:
            break
        table += _numbers(data[(place + 1) * sector : (place + 2) * sector])
    return table


def _keywords(stream: bytes) -> str:
    """The property ``keywords`` of the first property set ([MS-OLEPS] 2.21, 2.20; [MS-OSHARED] 2.3.3.2.1)."""
    (section,) = struct.unpack_from("<L", stream, 44)
    (count,) = struct.unpack_from("<L", stream, section + 4)
    places = dict(struct.iter_unpack("<2L", stream[section + 8 : section + 8 + 8 * min(count, 100)]))
    if _KEYWORDS not in places:
        return ""
    encoding = "cp1251"
    if _CODEPAGE in places:
        kind, page = struct.unpack_from("<LH", stream, section + places[_CODEPAGE])
        encoding = "utf-8" if page == 65001 else f"cp{page}" if kind == _VT_I2 else encoding
    at = section + places[_KEYWORDS]
    kind, size = struct.unpack_from("<2L", stream, at)
    if kind == _VT_LPWSTR:
        size, encoding = size * 2, "utf-16-le"
    elif kind != _VT_LPSTR:
        return ""
    codecs.lookup(encoding)
    return stream[at + 8 : at + 8 + min(size, 8_000)].decode(encoding, "replace").split("\0")[0].strip()
