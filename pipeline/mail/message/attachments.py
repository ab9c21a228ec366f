"""Attachments: what a file is by its content, what it is called, and what a zip archive holds."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.mail.message.headers import clean_line

if TYPE_CHECKING:
    from pipeline.mail.message.parts import Part

LONGEST_NAME = 200
_END_RECORD = b"PK\x05\x06"
MOST_ENTRIES = 2_000
WORKBOOKS = frozenset({"xlsx", "xls", "ods"})
BODY_TYPES = ("text/plain", "text/html", "text/enriched")

_MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ole": "application/x-ole-storage",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "gzip": "application/gzip",
    "rtf": "application/rtf",
    "tnef": "application/ms-tnef",
}
_EXTENSIONS = {
    "application/ms-tnef": ".dat",
    "application/octet-stream": ".bin",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "message/delivery-status": ".txt",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message. ``name`` is decoded, NFC and safe to write to a disk; ``content_type`` is the declared one.

    ``form`` is what the bytes are: ``xlsx xls ods docx ole pdf zip tnef …`` or "". ``depth`` counts the messages and
    archives around it; ``returned`` marks what stands within an enclosed message; ``opened`` a winmail.dat whose files
    follow it.
    """

    name: str
    content_type: str
    data: bytes
    inline: bool = False
    depth: int = 0
    path: str = "1"
    form: str = ""
    returned: bool = False
    opened: bool = False

    @property
    def true_type(self) -> str:
        """The media type by content where the content is known, else the declared one."""
        return _MIME.get(self.form, self.content_type)


def form_of(data: bytes) -> str:
    """Return what ``data`` is by its signature, or "" when it has none that we know."""
    head = data[:8]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_form(data)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _ole_form(data)
    if head.startswith((b"\x09\x08\x08\x00", b"\x09\x08\x10\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00")):
        return "xls"
    signatures = {
        b"%PDF": "pdf",
        b"\x89PNG": "png",
        b"\xff\xd8\xff": "jpeg",
        b"GIF8": "gif",
        b"Rar!": "rar",
        b"7z\xbc\xaf": "7z",
        b"\x1f\x8b": "gzip",
        b"{\\rt": "rtf",
        b"\x78\x9f\x3e\x22": "tnef",
    }
    return next((name for signature, name in signatures.items() if head.startswith(signature)), "")


def _ole_form(data: bytes) -> str:
    """An OLE2 container: its directory names the streams in UTF-16. An encrypted .xlsx is one too (MS-OFFCRYPTO)."""
    for stream in ("Workbook", "Book", "EncryptedPackage"):
        if (stream.encode("utf-16-le") + b"\0\0") in data:
            return "xls"
    return "ole"


def _zip_form(data: bytes) -> str:
    names = [name.lower() for name in _zip_names(data)]
    if not names:
        return "zip"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if "mimetype" in names and b"opendocument.spreadsheet" in _mimetype(data):
        return "ods"
    if "[content_types].xml" in names and not any(name.startswith(("ppt/", "visio/")) for name in names):
        return "xlsx"
    return "zip"


def _mimetype(data: bytes) -> bytes:
    """An OpenDocument file names its kind in its first member, unless an archiver packed it again."""
    archive = open_zip(data)
    if archive is None:
        return data[:200]
    with archive:
        try:
            with archive.open(
                next(info for info in archive.infolist() if info.filename.lower() == "mimetype")
            ) as stream:
                return stream.read(200)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
            return b""


def _zip_names(data: bytes) -> list[str]:
    """Return the members' names; of a damaged archive those that its local headers still tell."""
    if plain := _directory(data):
        return plain
    if (archive := open_zip(data)) is not None:
        with archive:
            return archive.namelist()
    names: list[str] = []
    position = 0
    while (position := data.find(b"PK\x03\x04", position)) >= 0 and len(names) < 50:
        if position + 30 > len(data):
            break
        (length,) = struct.unpack_from("<H", data, position + 26)
        names.append(data[position + 30 : position + 30 + length].decode("latin-1"))
        position += 30
    return names


def _directory(data: bytes) -> list[str]:
    """The names in a directory that is just where the end record says; [] for anything less plain."""
    end = data.rfind(_END_RECORD, max(0, len(data) - 66_000))
    if end < 0 or end + 22 > len(data):
        return []
    entries, size, position = struct.unpack_from("<HII", data, end + 10)
    if not 0 < entries <= MOST_ENTRIES or position + size != end:
        return []
    names: list[str] = []
    for _ in range(entries):
        if data[position : position + 4] != b"PK\x01\x02" or position + 46 > end:
            return []
        name, extra, comment = struct.unpack_from("<HHH", data, position + 28)
        names.append(data[position + 46 : position + 46 + name].decode("latin-1"))
        position += 46 + name + extra + comment
    return names if position == end else []


def open_zip(data: bytes) -> zipfile.ZipFile | None:
    """Open an archive whose directory is of a sane size; None for damaged and monstrous ones."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if end < 0 or end + 22 > len(data):
        return None
    entries, size = struct.unpack_from("<HI", data, end + 10)
    if entries > MOST_ENTRIES or size > 1_000_000:
        return None
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError, UnicodeError, IndexError):
        return None


_PATHLIKE = re.compile(r"\A(?:[A-Za-z]:[\\/]|\\\\|/|~|\.{1,2}[\\/]|file:)")
_SEPARATORS = re.compile(r"[\\/]")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_RESERVED = re.compile(r"(?i)\A(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)")


def safe_name(name: str, fallback: str) -> str:
    """Return ``name`` normalised (NFC) and safe as a file name, or ``fallback`` when nothing is left of it.

    Folders, path separators, control and direction marks go; a long name is cut before its extension.
    """
    name = name.strip()
    if _PATHLIKE.match(name) or "/../" in name or "\\..\\" in name:
        name = re.split(r"[\\/]", name)[-1]
    name = unicodedata.normalize("NFC", clean_line(name))
    name = "".join(letter for letter in name if unicodedata.category(letter) not in _INVISIBLE)
    name = _SEPARATORS.sub("_", name)
    name = " ".join(name.split())
    if not name.strip("_. "):
        return fallback
    if _RESERVED.match(name):
        name = "_" + name
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:LONGEST_NAME].rstrip(" .")
    return stem[: LONGEST_NAME - len(extension) - 1].rstrip(" .") + "." + extension


def attachment_of(part: Part) -> Attachment:
    """Return a leaf part as an attachment, its name taken from wherever a client may have put it."""
    disposition, values = part.disposition
    data = part.data
    form = form_of(data)
    candidates = [values.get("filename", ""), part.params.get("name", ""), values.get("name", "")]
    named = [name for name in candidates if name.strip()]
    best = min(named, key=_damage) if named else ""
    if not best and part.enclosed is not None and (subject := part.enclosed.get("Subject")):
        best = subject + ".eml"
    return Attachment(
        name=safe_name(best, f"attachment-{part.path}{_extension(part, form)}"),
        content_type=part.content_type,
        data=data,
        inline=disposition == "inline" or (disposition == "" and "Content-ID" in part.headers),
        depth=part.depth,
        path=part.path,
        form=form,
        returned=part.depth > 0,
    )


def _damage(name: str) -> int:
    """How broken a decoded name looks; the client's other spelling of it may be whole."""
    return name.count("\ufffd") * 10 + ("=?" in name) * 5 + sum(letter < " " for letter in name)


def _extension(part: Part, form: str) -> str:
    if form == "tnef":
        return ".dat"
    if form and form != "ole":
        return "." + form
    if part.content_type.startswith("message/") and part.enclosed is not None:
        return ".eml"
    if known := _EXTENSIONS.get(part.content_type):
        return known
    if part.content_type.startswith("message/"):
        return ".txt"
    subtype = part.content_type.rpartition("/")[2]
    return f".{subtype}" if re.fullmatch(r"[a-z0-9]{2,5}", subtype) else ".bin"


def is_attachment(part: Part) -> bool:
    """Whether a leaf is a file and not the message's own words."""
    disposition, values = part.disposition
    if part.content_type not in BODY_TYPES:
        return True
    named = bool(values.get("filename") or part.params.get("name"))
    return disposition == "attachment" or (named and not _is_body_by_place(part))


def _is_body_by_place(part: Part) -> bool:
    """Some clients give the words of a message a name: alone or within an alternative they are still its text."""
    return not part.within or part.within[-1] == "multipart/alternative"
