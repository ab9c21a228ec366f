"""Why a table that the administrator keeps was not read, in the administrator's words rather than a sender's."""

from __future__ import annotations

from pipeline.catalogue import text
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

_KNOWN = frozenset({"old_xls", "encrypted", "ods", "damaged", "too_large", "too_many_cells"})


def why_unreadable(error: UnreadableWorkbook) -> str:
    """Return the cause as the end of a sentence: «она закрыта паролем»."""
    return text(f"roster.unreadable_{error.reason if error.reason in _KNOWN else 'other'}")
