"""What a browser sends with a form: fields and files (RFC 7578), read up to a bound and taken apart whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl

from starlette.requests import Request

from pipeline.errors import UserError

_FIELD_BYTES = 10_000  # of one field that is no file
_MOST_PARTS = 1_000
_NAME = re.compile(r'\bname="([^"]*)"')
_FILE = re.compile(r'\bfilename="([^"]*)"')
_QUOTED = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""How browsers write in a name what would end it."""


class TooLargeError(UserError):
    """More bytes came than this page takes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in. ``name`` is the browser's and may hold folders."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form by name, and its files by the name of their field; a field without a file has none."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Sequence[Upload]] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """Text of a field without blanks around it, empty when there is none."""
        return self.fields.get(name, "").strip()

    def all(self, name: str) -> Sequence[Upload]:
        """Every file of a field."""
        return self.files.get(name, ())

    def one(self, name: str) -> Upload | None:
        """The file of a field, None when none was chosen."""
        found = self.all(name)
        return found[0] if found else None


async def read(request: Request, most: int) -> Posted:
    """Return what ``request`` brings. Raises TooLargeError beyond ``most`` bytes, UserError for a broken body."""
    body = await _body(request, most)
    written = request.headers.get("content-type", "")
    head = Message()
    head["Content-Type"] = written
    boundary = head.get_boundary()
    if boundary is not None and head.get_content_type() == "multipart/form-data":
        return parse(body, boundary)
    try:
        return Posted(dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_PARTS)))
    except ValueError as error:
        raise UserError("web.broken_form") from error


def parse(body: bytes, boundary: str) -> Posted:
    """Take the body of a form apart. Raises UserError when it is not whole."""
    try:
        pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"), _MOST_PARTS + 2)
    except UnicodeEncodeError as error:
        raise UserError("web.broken_form") from error
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise UserError("web.broken_form" if len(pieces) < _MOST_PARTS else "web.too_many_files")
    fields: dict[str, str] = {}
    files: dict[str, list[Upload]] = {}
    for piece in pieces[1:-1]:
        headers, gap, data = piece.partition(b"\r\n\r\n")
        name, file = _names(headers.decode("utf-8", "replace"))
        if not gap or name is None:
            raise UserError("web.broken_form")
        if file is None:
            fields[name] = data[:_FIELD_BYTES].decode("utf-8", "replace")
        elif file or data:
            files.setdefault(name, []).append(Upload(file, data))
    return Posted(fields, files)


def _names(headers: str) -> tuple[str | None, str | None]:
    """Return the names of a part's field and file, None for what is not there."""
    for line in headers.split("\r\n"):
        kind, _, value = line.partition(":")
        if kind.strip().lower() == "content-disposition":
            file = _FILE.search(value)
            name = _NAME.search(value.replace(file[0], "") if file else value)
            return (_unquoted(name[1]) if name else None), (_unquoted(file[1]) if file else None)
    return None, None


def _unquoted(name: str) -> str:
    for written, meant in _QUOTED.items():
        name = name.replace(written, meant)
    return name


async def _body(request: Request, most: int) -> bytes:
    """Read the body; what says that it is too large is not read at all."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise TooLargeError("web.too_large", limit=max(1, most // 1_000_000))
    read_so_far = bytearray()
    async for chunk in request.stream():
        read_so_far += chunk
        if len(read_so_far) > most:
            raise TooLargeError("web.too_large", limit=max(1, most // 1_000_000))
    return bytes(read_so_far)
