"""The records of an old Excel workbook's stream (BIFF8) and the strings in them. Layout: [MS-XLS], sections beside."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from pipeline.forms.reading.sheetxml import MAX_STRINGS, MAX_TEXT
from pipeline.forms.workbooks.cells import Raised, Struck
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

_CONTINUE: Final = 0x003C
_HEAD = struct.Struct("<2H")
Pieces = list[bytes]
"""The bytes of a record, and those of the records that go on with it."""


def records(stream: bytes, at: int) -> Iterator[tuple[int, Pieces]]:
    """Yield each record as its kind and its bytes, those of CONTINUE records as further pieces (2.1.4, 2.4.58)."""
    end = len(stream)
    kind = -1
    pieces: Pieces = []
    while at + 4 <= end:
        following, size = _HEAD.unpack_from(stream, at)
        at += 4
        if at + size > end:
            raise UnreadableWorkbook("damaged")
        if following == _CONTINUE and pieces:
            pieces.append(stream[at : at + size])
        else:
            if pieces:
                yield kind, pieces
            kind, pieces = following, [stream[at : at + size]]
        at += size
    if pieces:
        yield kind, pieces


def font_look(record: bytes) -> type[str]:
    """Whether a font is struck through, or raised or lowered (2.4.122)."""
    flags, escapement = struct.unpack_from("<2xH4xH", record)
    return Struck if flags & 0x08 else Raised if escapement in (1, 2) else str


class Text:
    """Strings that may run on from one piece of a record into the next (2.5.293 XLUnicodeRichExtendedString)."""

    def __init__(self, pieces: Pieces, at: int, font: Callable[[int], type[str]] | None = None) -> None:
        self._pieces = pieces
        self._font = font
        self._number = 0
        self._at = at

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._number == len(self._pieces) - 1 and self._at >= len(self._pieces[-1])

    def string(self) -> str:
        """Return the next string, marked by what its formatting runs show; phonetic runs are passed over."""
        length, flags = struct.unpack("<HB", self._take(3))
        if length > MAX_TEXT:
            raise UnreadableWorkbook("too_much_text")
        runs = int.from_bytes(self._take(2), "little") * 4 if flags & 0x08 else 0
        phonetic = int.from_bytes(self._take(4), "little") if flags & 0x04 else 0
        text = self._characters(length, wide=bool(flags & 1))
        formatted = self._take(runs)
        self._take(phonetic)
        return self._marked(text, formatted) if formatted and self._font else text

    def _marked(self, text: str, runs: bytes) -> str:
        """Each run says where a font begins (2.5.129); it ends where the next begins."""
        starts = [*struct.iter_unpack("<2H", runs), (len(text), 0)]
        looks = {
            self._font(font)
            for (start, font), (end, _) in pairwise(starts)
            if self._font is not None and text[start:end].strip()
        }
        return Struck(text) if Struck in looks else Raised(text) if Raised in looks else text

    def _characters(self, count: int, *, wide: bool) -> str:
        parts: list[bytes] = []  # UTF-16: a pair of surrogates may be split between two pieces
        while count:
            if self._at >= len(self._pieces[self._number]):
                self._next()
                wide = bool(self._take(1)[0] & 1)  # the width is said again for each piece
            piece = self._pieces[self._number]
            size = 2 if wide else 1
            taken = min(count, (len(piece) - self._at) // size)
            if not taken:
                raise UnreadableWorkbook("damaged")
            raw = piece[self._at : self._at + taken * size]
            parts.append(raw if wide else raw.decode("latin-1").encode("utf-16-le"))
            self._at += taken * size
            count -= taken
        return b"".join(parts).decode("utf-16-le", "replace")

    def _take(self, size: int) -> bytes:
        taken = b""
        while True:
            piece = self._pieces[self._number]
            part = piece[self._at : self._at + size - len(taken)]
            taken += part
            self._at += len(part)
            if len(taken) == size:
                return taken
            self._next()

    def _next(self) -> None:
        if self._number + 1 >= len(self._pieces):
            raise UnreadableWorkbook("damaged")
        self._number += 1
        self._at = 0


def strings_of(pieces: Pieces, font: Callable[[int], type[str]]) -> list[str]:
    """Return the shared strings (2.4.265); how many it says there are is not believed."""
    (count,) = struct.unpack_from("<L", pieces[0], 4)
    if count > MAX_STRINGS:
        raise UnreadableWorkbook("too_much_text")
    text = Text(pieces, 8, font)
    strings: list[str] = []
    while len(strings) < count and not text.ended:
        strings.append(text.string())
    return strings
