"""What came where a workbook was meant: the one word by which the answer tells its cause and the remedy (M23)."""

from __future__ import annotations

from pipeline.mail.kinds.classify import Classification
from pipeline.mail.message.attachments import Attachment
from pipeline.mail.message.parse import ParsedMessage

CAUSES = ("encrypted", "link", "winmail", "scan", "pdf", "word", "archive", "other", "nothing")

_SCANS = ("image/",)
_WORDS = (
    "application/msword",
    "application/rtf",
    "text/rtf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.",
)
_ARCHIVES = ("application/zip", "application/x-zip", "application/vnd.rar", "application/x-rar", "application/x-7z")


def instead_of_workbook(message: ParsedMessage, classification: Classification) -> str:
    """Return one of ``CAUSES`` for a message that meant to hand in and brought no workbook.

    What closes the whole message comes first, then what the files are; files of several sorts are ``other``, but a scan
    beside a PDF is a scan of the same.
    """
    obstacles = classification.obstacles
    if "encrypted" in obstacles:
        return "encrypted"
    # A winmail.dat that was opened is an envelope: what came is the files in it.
    opened = tuple(f"{item.path}." for item in message.attachments if item.opened)
    sent = [item for item in message.attachments if not item.opened and not item.inline]
    files = [item for item in sent if item.depth == 0 or (item.depth == 1 and item.path.startswith(opened))]
    if "tnef" in obstacles and not any(_sort(item) for item in files):
        return "winmail"
    if "cloud_link" in obstacles and not any(_sort(item) for item in files):
        return "link"
    sorts = {_sort(item) or "other" for item in files}
    if not sorts:
        return "link" if "cloud_link" in obstacles else "nothing"
    if sorts == {"scan", "pdf"}:
        return "scan"
    return sorts.pop() if len(sorts) == 1 else "other"


def _sort(item: Attachment) -> str:
    for sort, types in (("scan", _SCANS), ("pdf", ("application/pdf",)), ("word", _WORDS), ("archive", _ARCHIVES)):
        if item.true_type.startswith(types):
            return sort
    return ""
