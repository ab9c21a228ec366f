"""What coordinators and operators had done or tried: one deed a line, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SYSTEM = "kabinet"
"""Who did what a schedule does by itself."""


DEEDS = frozenset(
    {
        "published",
        "tried",
        "sample_sent",
        "filled",
        "publication_withdrawn",
        "paused",
        "resumed",
        "extended",
        "withdrawn",
        "passed_on",
        "reminded",
        "repeated",
        "refused",
        "digested",
        "closed",
        "closed_early",
        "ended",
        "exported",
        "roster_imported",
        "login_returned",
        "login_changed",
        "login_departed",
        "change_approved",
        "change_declined",
        "address_given",
        "restored",
        "restore_ended",
        "doubts_sent",
        "doubts_dropped",
    }
)
"""What is done, as stable words; ``deed.<word>`` in the catalogue is what people read."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Who (an address, a login or a user of the command line) did what when, to whom, and why.

    ``what`` is one of ``DEEDS``; ``detail`` is what it came to.
    """

    at: datetime
    who: str
    what: str
    publication: str | None = None
    login: str | None = None
    region: str | None = None
    detail: str = ""
    why: str = ""
    receipt_id: int | None = None
    id: int = 0
