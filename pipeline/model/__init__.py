"""The words of the domain as frozen types: what a publication, a letter, a receipt and a return are made of.

Instants are aware UTC. Values of the enumerations are stored and printed as they are here: they are contracts.
"""

from __future__ import annotations

from pipeline.model.incoming import (
    FILING_OUTCOMES,
    Finding,
    Outcome,
    RawMessage,
    Receipt,
    ReceiptState,
    Refused,
    Return,
    Severity,
    Suspicion,
)
from pipeline.model.outgoing import (
    Allowance,
    AttachmentKind,
    AttachmentSpec,
    Hours,
    Letter,
    LetterState,
    Parcel,
    SendOutcome,
    SendResult,
    WireMessage,
)
from pipeline.model.participation import Counts, Participant, Participation, Status, StatusEvent
from pipeline.model.publication import (
    Audience,
    Collection,
    FileStorage,
    Issued,
    IssueHow,
    LatePolicy,
    Publication,
    ReadHow,
    StoredFile,
)
from pipeline.model.reporting import Report, ReportKind, ReportState, Summary
from pipeline.model.roster import Login, Role

__all__ = [
    "FILING_OUTCOMES",
    "Allowance",
    "AttachmentKind",
    "AttachmentSpec",
    "Audience",
    "Collection",
    "Counts",
    "FileStorage",
    "Finding",
    "Hours",
    "IssueHow",
    "Issued",
    "LatePolicy",
    "Letter",
    "LetterState",
    "Login",
    "Outcome",
    "Parcel",
    "Participant",
    "Participation",
    "Publication",
    "RawMessage",
    "ReadHow",
    "Receipt",
    "ReceiptState",
    "Refused",
    "Report",
    "ReportKind",
    "ReportState",
    "Return",
    "Role",
    "SendOutcome",
    "SendResult",
    "Severity",
    "Status",
    "StatusEvent",
    "StoredFile",
    "Summary",
    "Suspicion",
    "WireMessage",
]
