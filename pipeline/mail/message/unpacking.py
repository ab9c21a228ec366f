"""What is inside other files: zip archives and winmail.dat, with one allowance for the whole message (M23).

However many archives a message brings and however they are packed, what comes out of them stays bounded in bytes, in
number and so in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from pipeline.files.sniff import begins_like_workbook
from pipeline.files.zips import BadZip, Entry, beginning_of, content_of, entries_of
from pipeline.mail.message.attachments import (
    WORKBOOKS,
    Attachment,
    form_of,
    received_name,
)
from pipeline.mail.message.charsets import decode

MOST_ATTACHMENTS = 200
MOST_UNPACKED = 20  # from one archive
MOST_TRIED = 200  # members looked at, in the whole message
LARGEST_MEMBER = 12 * 1024 * 1024
LARGEST_TOTAL = 32 * 1024 * 1024  # inflated, in the whole message
MOST_TNEF = 3  # each costs a child process
log = structlog.get_logger()

UnpackTnef = Callable[[bytes], Any]
"""Bytes of a winmail.dat → pairs (name, content), as ``Isolated.run("tnef", …)`` gives them; ``Refused`` or any
exception leaves the file closed."""


@dataclass
class Allowance:
    """What may still be unpacked: bytes inflated and members tried."""

    size: int = LARGEST_TOTAL
    members: int = MOST_TRIED


@dataclass
class Files:
    """The attachments of a message as they are found, those inside archives after their archive."""

    unpack_tnef: UnpackTnef | None = None
    found: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    _left: Allowance = field(default_factory=Allowance)
    _tnef_left: int = MOST_TNEF

    def add(self, attachment: Attachment) -> None:
        """Take one attachment with what it holds; more than a message may have are left out, and that is a defect."""
        if len(self.found) >= MOST_ATTACHMENTS:
            self._defect("too_many_attachments")
            return
        if attachment.form == "tnef" and self.unpack_tnef is not None and self._tnef_left:
            self._tnef_left -= 1
            self._add_tnef(attachment, self.unpack_tnef)
            return
        self.found.append(attachment)
        if attachment.form == "zip":
            self._extend(workbooks_in_zip(attachment, self._left))

    def _add_tnef(self, attachment: Attachment, unpack: UnpackTnef) -> None:
        try:
            inside = [(str(name), bytes(data)) for name, data in unpack(attachment.data)]
        except Exception as error:  # noqa: BLE001 - a child that died on a hostile file; the letter says it stayed closed
            log.info("message.tnef_unreadable", error=type(error).__name__, size=len(attachment.data))
            self._defect("tnef_unreadable")
            self.found.append(attachment)
            return
        self.found.append(replace(attachment, opened=True))
        for number, (name, data) in enumerate(inside[:MOST_UNPACKED], 1):
            if len(data) > min(LARGEST_MEMBER, self._left.size):
                self._defect("too_large_inside")
                continue
            self._left.size -= len(data)
            form = form_of(data)
            item = Attachment(
                name=received_name(name, f"attachment-{attachment.path}.{number}.{form or 'bin'}"),
                content_type="application/octet-stream",
                data=data,
                depth=attachment.depth + 1,
                path=f"{attachment.path}.{number}",
                form=form,
                returned=attachment.returned,
            )
            self._extend([item])
            if form == "zip":
                self._extend(workbooks_in_zip(item, self._left))

    def _extend(self, items: Iterable[Attachment]) -> None:
        for item in items:
            if len(self.found) >= MOST_ATTACHMENTS:
                self._defect("too_many_attachments")
                return
            self.found.append(item)

    def _defect(self, name: str) -> None:
        if name not in self.defects:
            self.defects.append(name)


def workbooks_in_zip(archive: Attachment, left: Allowance | None = None, deeper: int = 1) -> list[Attachment]:
    """Return the workbooks a zip archive holds, also those in archives inside it, ``deeper`` levels down.

    Sizes are bounded by what really comes out, not by what the directory claims; encrypted members are passed over.
    ``left`` is drawn on.
    """
    left = left or Allowance()
    try:
        entries = entries_of(archive.data)
    except BadZip:
        return []
    found: list[Attachment] = []
    for entry in entries:
        if len(found) >= MOST_UNPACKED or left.members <= 0 or left.size <= 0:
            break
        if entry.is_folder or entry.is_encrypted:
            continue
        left.members -= 1
        data = _workbook_bytes(archive.data, entry, left)
        if data is None:
            continue
        form, number = form_of(data), len(found) + 1
        name = received_name(_member_name(entry), f"archive-{number}.{form}")
        item = Attachment(name, "application/octet-stream", data, form=form, returned=archive.returned)
        item = replace(item, content_type=item.true_type, depth=archive.depth + 1, path=f"{archive.path}.{number}")
        if form in WORKBOOKS:
            found.append(item)
        elif form == "zip" and deeper:
            found += workbooks_in_zip(item, left, deeper - 1)
    return found[:MOST_UNPACKED]


def _workbook_bytes(archive: bytes, entry: Entry, left: Allowance) -> bytes | None:
    """The member's bytes if it begins like a workbook and fits what is left."""
    largest = min(LARGEST_MEMBER, left.size)
    if entry.size > largest:
        return None
    try:
        if not begins_like_workbook(beginning_of(archive, entry, 8)):
            return None
        data = content_of(archive, entry, largest)
    except BadZip as bad:
        if bad.reason == "damaged":
            left.size -= largest // 8  # nobody knows what a damaged member cost
        return None
    left.size -= len(data)
    return data


def _member_name(entry: Entry) -> str:
    """Archivers on Russian Windows write names in cp866 and do not say so."""
    raw = entry.raw_name.partition(b"\0")[0].replace(b"\\", b"/").rstrip(b"/").rpartition(b"/")[2]
    return raw.decode("utf-8", "replace") if entry.says_utf8 else decode(raw, None, ("cp866",))
