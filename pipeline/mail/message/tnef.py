"""Outlook's winmail.dat (TNEF, [MS-OXTNEF]) → the files in it. Run in the isolated child only.

tnefparse runs away on hostile streams until memory ends; the bounds below are on what it returns, the child's limits on
the rest.
"""

from __future__ import annotations

from typing import Any

from tnefparse import TNEF  # type: ignore[import-untyped]  # it has no types

from pipeline.model import Refused

MOST_FILES = 50
LARGEST_TOTAL = 24 * 1024 * 1024
_LONGEST_NAME = 400


def unpack(data: bytes) -> list[list[str | bytes]] | Refused:
    """The task of the child: pairs of name, as it stands in the file, and content; or why it is refused."""
    try:
        parsed = TNEF(data, do_checksum=False)
        attachments = [(_name(attachment, parsed.codepage), attachment.data) for attachment in parsed.attachments]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever it raises, the stream is not what it should be
        return Refused("damaged")
    if len(attachments) > MOST_FILES:
        return Refused("too_many_parts")
    files: list[list[str | bytes]] = []
    left = LARGEST_TOTAL
    for name, content in attachments:
        if not isinstance(content, bytes):
            continue  # an object of Outlook's own, no file
        left -= len(content)
        if left < 0:
            return Refused("too_large")
        files.append([name, content])
    return files


def _name(attachment: Any, codepage: str | None) -> str:  # noqa: ANN401 - the library has no types
    """The long name, else the short one, which stands in the sender's codepage and not in the library's UTF-8."""
    try:
        name = attachment.long_filename()
    except UnicodeDecodeError:
        name = vars(attachment)["_name"]
    if isinstance(name, bytes):
        name = name.decode(codepage or "cp1251", "replace")
    return str(name).strip("\0")[:_LONGEST_NAME]
