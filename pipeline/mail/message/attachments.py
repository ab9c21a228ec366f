"""Attachments: what a file is by its content, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.files.names import SEPARATORS, safe_name, visible
from pipeline.files.sniff import Kind, by_signature
from pipeline.mail.message.lexical import clean_line

if TYPE_CHECKING:
    from pipeline.mail.message.parts import Part

LONGEST_NAME = 200
WORKBOOKS = frozenset({"xlsx", "xls", "ods"})
BODY_TYPES = ("text/plain", "text/html", "text/enriched")

_FORMS: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.XLSX, Kind.XLSM, Kind.XLSB, Kind.PACKAGE), "xlsx"),
    **dict.fromkeys((Kind.XLS, Kind.ENCRYPTED, Kind.DOC_WITH_SHEET, Kind.PPT_WITH_SHEET), "xls"),
    Kind.ODS: "ods",
    Kind.DOCX: "docx",
    **dict.fromkeys((Kind.DOC, Kind.PPT, Kind.COMPOUND), "ole"),
    **dict.fromkeys((Kind.ZIP, Kind.ODT, Kind.ODF, Kind.PPTX, Kind.VSDX), "zip"),
    **{
        kind: kind.value
        for kind in (Kind.PDF, Kind.RTF, Kind.PNG, Kind.JPEG, Kind.GIF, Kind.RAR, Kind.SEVEN_ZIP, Kind.GZIP, Kind.TNEF)
    },
    **dict.fromkeys((Kind.BMP, Kind.TIFF, Kind.WEBP, Kind.HEIC), ""),
    **dict.fromkeys((Kind.HTML, Kind.XML, Kind.CSV, Kind.TEXT, Kind.EMPTY, Kind.UNKNOWN), ""),
}
"""What mail calls each kind of file. What may hold a workbook counts as one: the reader of forms says what is wrong."""
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
    archives around it; ``returned`` marks what is within an enclosed message; ``opened`` a winmail.dat whose files
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
    kind = by_signature(data)
    return _FORMS[kind] if kind else ""


_PATHLIKE = re.compile(r"\A(?:[A-Za-z]:[\\/]|\\\\|/|~|\.{1,2}[\\/]|file:)")


def received_name(name: str, fallback: str) -> str:
    """Return the name that somebody gave a file, normalised and safe, or ``fallback`` when nothing is left of it.

    Of a path only the last part is left; control and direction marks go: they show a name as what it is not. A long
    name is cut before its extension.
    """
    name = name.strip()
    if _PATHLIKE.match(name) or "/../" in name or "\\..\\" in name:
        name = re.split(r"[\\/]", name)[-1]
    return safe_name(visible(clean_line(name)), fallback, forbidden=SEPARATORS, edges="", longest=LONGEST_NAME)


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
        name=received_name(best, f"attachment-{part.path}{_extension(part, form)}"),
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
