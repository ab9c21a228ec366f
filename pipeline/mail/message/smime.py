"""S/MIME opaque signatures (``smime.p7m``, RFC 8551): the letter inside is found, nothing is verified (M23).

A small reader of the few BER elements on the way from ContentInfo to the encapsulated content (RFC 5652, 3–5), bounded
in depth and count. Outlook cuts the content into pieces of indefinite length, others write plain DER.
"""

from __future__ import annotations

from dataclasses import dataclass

DEEPEST = 12
MOST_ELEMENTS = 200_000
_SIGNED = bytes.fromhex("2a864886f70d010702")
_CLOSED = {
    bytes.fromhex("2a864886f70d010703"),  # enveloped-data
    bytes.fromhex("2a864886f70d010706"),  # encrypted-data
    bytes.fromhex("2a864886f70d0109100117"),  # authEnvelopedData, RFC 5083
}
_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PIECES, _CONTEXT_0 = 0x30, 0x06, 0x04, 0x24, 0xA0


class _NotBerError(Exception):
    """The bytes do not follow the grammar as far as it is needed here."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One element: its tag byte, where its content begins and ends (None: until the end mark), both in the data."""

    tag: int
    start: int
    end: int | None


def signed_content(data: bytes) -> bytes | None:
    """Return what a CMS signed-data in ``data`` encapsulates, or None for anything else. Never raises."""
    try:
        reader = _Reader(data)
        kind, inner = reader.content_info()
        return reader.encapsulated(inner) if kind == _SIGNED else None
    except _NotBerError:
        return None


def is_closed(data: bytes) -> bool:
    """Whether ``data`` is CMS content that only its recipient can open. Never raises."""
    try:
        return _Reader(data).content_info()[0] in _CLOSED
    except _NotBerError:
        return False


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._seen = 0

    def content_info(self) -> tuple[bytes, int]:
        """Return (object identifier of the content's type, place of the content) of the outermost ContentInfo."""
        outer = self._expect(0, _SEQUENCE)
        kind = self._expect(outer.start, _OID)
        assert kind.end is not None
        return self._data[kind.start : kind.end], self._expect(kind.end, _CONTEXT_0).start

    def encapsulated(self, position: int) -> bytes | None:
        """SignedData: version, digest algorithms, then the content wanted; what follows is of no matter."""
        position = self._expect(position, _SEQUENCE).start
        for _ in range(2):
            position = self._after(self._element(position), 0)
        wrapped = self._expect(position, _SEQUENCE)
        kind = self._element(wrapped.start)
        if kind.tag != _OID or kind.end is None:
            raise _NotBerError
        if (wrapped.end is not None and kind.end >= wrapped.end) or self._data[kind.end : kind.end + 1] != b"\xa0":
            return None  # a detached signature encapsulates nothing
        pieces: list[bytes] = []
        self._octets(self._expect(kind.end, _CONTEXT_0).start, pieces, 0)
        return b"".join(pieces)

    def _octets(self, position: int, pieces: list[bytes], depth: int) -> int:
        """Collect an octet string, whole or in pieces; return where it ends."""
        element = self._element(position)
        if element.tag == _OCTETS and element.end is not None:
            pieces.append(self._data[element.start : element.end])
            return element.end
        if element.tag != _OCTETS_IN_PIECES or depth >= DEEPEST:
            raise _NotBerError
        position = element.start
        while not self._ends(element, position):
            position = self._octets(position, pieces, depth + 1)
        return position if element.end is not None else position + 2

    def _after(self, element: _Element, depth: int) -> int:
        """Return where ``element`` ends, its content passed over."""
        if element.end is not None:
            return element.end
        if depth >= DEEPEST:
            raise _NotBerError
        position = element.start
        while not self._ends(element, position):
            position = self._after(self._element(position), depth + 1)
        return position + 2

    def _ends(self, element: _Element, position: int) -> bool:
        if element.end is not None:
            return position >= element.end
        return self._data[position : position + 2] == b"\0\0"

    def _expect(self, position: int, tag: int) -> _Element:
        element = self._element(position)
        if element.tag != tag:
            raise _NotBerError
        return element

    def _element(self, position: int) -> _Element:
        self._seen += 1
        if self._seen > MOST_ELEMENTS or position + 2 > len(self._data):
            raise _NotBerError
        tag, length = self._data[position], self._data[position + 1]
        start = position + 2
        if tag & 0x1F == 0x1F:
            raise _NotBerError
        if length == 0x80:
            if not tag & 0x20:
                raise _NotBerError
            return _Element(tag, start, None)
        if length > 0x80:
            octets = length & 0x7F
            if octets > 4 or start + octets > len(self._data):
                raise _NotBerError
            length = int.from_bytes(self._data[start : start + octets], "big")
            start += octets
        if start + length > len(self._data):
            length = len(self._data) - start  # a message cut on its way: what is there is still worth reading
        return _Element(tag, start, start + length)
