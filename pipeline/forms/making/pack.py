"""Members → .xlsx bytes, the same for the same content: fixed times and order, no trace of the machine.

What is the same in every form of a version is compressed once (``Frame``); an archive is that frame, a few members of
its own and a new directory (PKWARE APPNOTE 6.3, 4.3.7, 4.3.12 and 4.3.16).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.writer.excel import ExcelWriter

MAX_TEXT = 32_767
GUARDED = ("=", "+", "-", "@", "#")
"""What a text must not begin with unless the cell says that it is text (W24)."""
_FIRST = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")
"""Members that programs look for at the beginning to tell the file's type."""
_PLAIN_NOTE = re.compile(rb"<text><t( [^<>]*)?>([^<]*)</t></text>")
_NOTES = re.compile(r"xl/comments/comment(\d+)\.xml|xl/drawings/commentsDrawing(\d+)\.vml")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

# Version 2.0, no flags, deflate, 1 January 2000 00:00.
_COMMON = struct.pack("<5H", 20, 0, zipfile.ZIP_DEFLATED, 0, (2000 - 1980) << 9 | 1 << 5 | 1)
_LOCAL = struct.Struct("<4s10s3L2H")
_CENTRAL = struct.Struct("<4sH10s3L5H2L")
_END = struct.Struct("<4s4H2LH")
_STORED = struct.Struct("<B2H")
"""Head of a block of RFC 1951 that is not compressed, 3.2.4: whether the last, its length, that inverted."""
_LONGEST_STORED = 0xFFFF
_MADE_BY_UNIX = 3 << 8 | 20
_READABLE = 0o600 << 16
_FAST = 4
"""The level for what is compressed for each login: half the time of the usual 6 for 200 bytes more a form."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Members that stay as they are: their local records as one piece and their part of the directory."""

    body: bytes = b""
    directory: bytes = b""
    count: int = 0

    def plus(self, members: Iterable[tuple[str, bytes]], level: int = zlib.Z_BEST_COMPRESSION) -> Frame:
        """Return this frame with ``members`` (name, content) after its own, compressed with all the care there is."""
        body, directory, count, offset = [self.body], [self.directory], self.count, len(self.body)
        for name, content in members:
            record, entry = _member(name.encode("ascii"), content, offset, level)
            body.append(record)
            directory.append(entry)
            offset += len(record)
            count += 1
        return Frame(b"".join(body), b"".join(directory), count)

    def closed(self, members: Iterable[tuple[str, bytes]] = (), own: Iterable[tuple[str, Filled]] = ()) -> bytes:
        """Return the archive of this frame, ``members``, which are compressed in haste, and ``own``, which are not."""
        whole = self.plus(members, _FAST)
        body, directory, offset = [whole.body], [whole.directory], len(whole.body)
        for name, filled in own:
            record, entry = _records(name.encode("ascii"), filled, offset)
            body.append(record)
            directory.append(entry)
            offset += len(record)
        whole = Frame(b"".join(body), b"".join(directory), whole.count + len(body) - 1)
        end = _END.pack(b"PK\5\6", 0, 0, whole.count, whole.count, len(whole.directory), len(whole.body), 0)
        return b"".join((whole.body, whole.directory, end))


@dataclass(frozen=True, slots=True)
class Filled:
    """A member as it is in an archive: deflated, with the checksum and length of what it holds."""

    packed: bytes
    checksum: int
    size: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A member that differs in a few places: what is between them is deflated once, the rest is put in as it is.

    Each piece ends on a full octet and refers to nothing before it (RFC 1951, 3.2.4), so any text may be between.
    """

    pieces: Sequence[bytes]
    packed: Sequence[bytes]

    @classmethod
    def of(cls, pieces: Sequence[bytes]) -> Cut:
        """Deflate ``pieces``: what is before, between and after the places."""
        return cls(pieces, [_piece(piece) for piece in pieces])

    def filled(self, texts: Sequence[bytes]) -> Filled:
        """Return the member with ``texts`` in its places."""
        size = checksum = 0
        parts: list[bytes] = []
        for piece, packed, text in zip(self.pieces, self.packed, [*texts, b""], strict=True):
            checksum = zlib.crc32(text, zlib.crc32(piece, checksum))
            size += len(piece) + len(text)
            parts.append(packed)
            for start in range(0, len(text), _LONGEST_STORED):
                stored = text[start : start + _LONGEST_STORED]
                parts += (_STORED.pack(0, len(stored), len(stored) ^ 0xFFFF), stored)
        parts.append(_STORED.pack(1, 0, 0xFFFF))
        return Filled(b"".join(parts), checksum, size)


def _piece(content: bytes) -> bytes:
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


def _member(name: bytes, content: bytes, offset: int, level: int) -> tuple[bytes, bytes]:
    """Return the local record and the directory entry of a member that begins at ``offset``."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    return _records(name, Filled(packed, zlib.crc32(content), len(content)), offset)


def _records(name: bytes, member: Filled, offset: int) -> tuple[bytes, bytes]:
    sizes = member.checksum, len(member.packed), member.size
    record = _LOCAL.pack(b"PK\3\4", _COMMON, *sizes, len(name), 0) + name + member.packed
    entry = _CENTRAL.pack(b"PK\1\2", _MADE_BY_UNIX, _COMMON, *sizes, len(name), 0, 0, 0, 0, _READABLE, offset)
    return record, entry + name


Places = Mapping[str, Sequence[re.Pattern[bytes]]]
"""Members that differ in a few places → what finds these places, one after another."""


def pack(
    book: Workbook, at: datetime, last: Sequence[str] = (), hasty: Sequence[str] = (), own: Places | None = None
) -> bytes:
    """Return ``book`` as .xlsx; ``at`` (aware) is written as the time it was made and changed.

    The members named in ``last``, ``hasty`` and ``own`` are put at the end, in that order; ``hasty`` ones are
    compressed in haste, those of ``own`` are cut at their places (see ``Cut``).
    """
    members, own = members_of(book, at), own or {}
    elsewhere = {*last, *hasty, *own}
    order = [*(name for name in members if name not in elsewhere), *last]
    filled = []
    for name, places in own.items():
        pieces, texts = cut_at(members[name], places)
        filled.append((name, Cut.of(pieces).filled(texts)))
    frame = Frame().plus((name, members[name]) for name in order)
    return frame.closed(((name, members[name]) for name in hasty), filled)


def cut_at(content: bytes, places: Sequence[re.Pattern[bytes]]) -> tuple[list[bytes], list[bytes]]:
    """Return what is between ``places``, which follow one another in ``content``, and what is in them."""
    pieces, texts, at = [], [], 0
    for place in places:
        found = place.search(content, at)
        assert found is not None, "the workbook is made by us"
        pieces.append(content[at : found.start()])
        texts.append(found[0])
        at = found.end()
    return [*pieces, content[at:]], texts


def members_of(book: Workbook, at: datetime) -> Mapping[str, bytes]:
    """Return the content of each member in the order in which they are written."""
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.created = book.properties.modified = moment
    loose = io.BytesIO()
    with zipfile.ZipFile(loose, "w", zipfile.ZIP_STORED) as archive:
        # Not Workbook.save(): it writes the present moment into the properties.
        ExcelWriter(book, archive).write_data()
    with zipfile.ZipFile(loose) as archive:
        names = archive.namelist()
        order = [*_FIRST, *(name for name in names if name not in _FIRST)]
        return {_NOTES.sub(_excels_name, name): _mended(name, archive.read(name)) for name in order}


def _mended(name: str, content: bytes) -> bytes:
    if name.startswith("xl/comments/"):
        # exceljs shows a note only where its text is a run (<r><t>), Excel and LibreOffice show both.
        return _PLAIN_NOTE.sub(rb"<text><r><t\1>\2</t></r></text>", content)
    if name.startswith("xl/worksheets/_rels/"):
        return _NOTES.sub(_excels_name, content.decode()).replace('"/xl/', '"../').encode()
    return _NOTES.sub(_excels_name, content.decode()).encode() if name == _FIRST[0] else content


def _excels_name(found: re.Match[str]) -> str:
    """Notes are named and pointed at as Excel does it: exceljs finds them by name and fails on openpyxl's own names."""
    return f"xl/comments{found[1]}.xml" if found[1] else f"xl/drawings/vmlDrawing{found[2]}.vml"


def clean(value: str) -> str:
    """Return what XML can carry of ``value``, as long as a cell may be."""
    return _NOT_XML.sub("", value)[:MAX_TEXT]


def cell_text(value: str) -> str:
    """Return ``value`` as it is written into a cell: what looks like an escape (``_x0041_``) is not one (18.4.12)."""
    value = clean(value)
    return _LOOKS_ESCAPED.sub("_x005F_", value)[:MAX_TEXT] if "_x" in value else value


def put_text(cell: Cell | MergedCell, value: str, *, guard: bool = True) -> None:
    """Write ``value`` as text whatever it begins with: never as a formula or an error (W24).

    ``guard``: an editor keeps it text when the cell is edited again.
    """
    assert isinstance(cell, Cell), "only the first cell of a merge holds a value"
    written = cell_text(value)
    cell.value = written
    cell.data_type = "s"
    if guard and written.startswith(GUARDED):
        cell.quotePrefix = True


@dataclass(frozen=True, slots=True)
class CellStyles:
    """The numbers of a cell's styles in styles.xml: as it is, as text that must stay text, and by number format."""

    plain: int
    guarded: int
    by_format: Mapping[str, int]


def styles_of(cell: Cell, formats: Iterable[str] = ()) -> CellStyles:
    """Return the styles that ``cell`` has for any value, and see that the workbook has them all.

    So styles.xml does not depend on values, and a value can be put in without openpyxl.
    """
    known = cell.number_format
    return CellStyles(
        plain=_style_number(cell, known),
        guarded=_style_number(cell, known, guarded=True),
        by_format={number_format: _style_number(cell, number_format) for number_format in formats},
    )


def copy_look(source: Cell, target: Cell) -> None:
    """Give ``target`` the look of ``source``, twenty times as fast as part by part."""
    target._style = copy(source._style)  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way


def _style_number(cell: Cell, number_format: str, *, guarded: bool = False) -> int:
    # A cell of its own, in no sheet: openpyxl keeps the very object, and a change later would change the entry.
    loose = Cell(cell.parent, row=1, column=1)
    copy_look(cell, loose)
    loose.number_format, loose.quotePrefix = number_format, guarded
    return loose.style_id
