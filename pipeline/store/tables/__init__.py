"""The tables. Instants are aware UTC, enumerations words with a CHECK, everything with a shape of its own is JSON.

``logins.code`` keeps the case as issued and is found by ``code_key``, its lower case; foreign keys follow a corrected
code. Messages on record (``receipts``) name logins and publications without foreign keys: what a message claims to be
about is recorded as judged, whatever exists.
"""

from __future__ import annotations

from pipeline.store.tables.base import Base
from pipeline.store.tables.extensions import ExtensionRow, LateReturnRow
from pipeline.store.tables.letters import LetterEventRow, LetterRow, SharedRow, TaskRow
from pipeline.store.tables.operations import (
    AlertRow,
    AuditRow,
    GivenUpRow,
    PulseRow,
    RestoreRow,
    ServerFaultRow,
    TellingRow,
)
from pipeline.store.tables.publications import (
    EditionRow,
    FormRow,
    ParticipationRow,
    PublicationReadRow,
    PublicationRow,
    ReportRow,
    ReturnRow,
    StatusEventRow,
)
from pipeline.store.tables.receipts import ConfirmationRow, ReceiptEventRow, ReceiptRow
from pipeline.store.tables.roster import AddressRow, ChangeNumberRow, ChangeRow, LoginRow
from pipeline.store.tables.sending import DomainWaitRow, IssuedFileRow, PauseRow, ReminderRow

__all__ = [
    "AddressRow",
    "AlertRow",
    "AuditRow",
    "Base",
    "ChangeNumberRow",
    "ChangeRow",
    "ConfirmationRow",
    "DomainWaitRow",
    "EditionRow",
    "ExtensionRow",
    "FormRow",
    "GivenUpRow",
    "IssuedFileRow",
    "LateReturnRow",
    "LetterEventRow",
    "LetterRow",
    "LoginRow",
    "ParticipationRow",
    "PauseRow",
    "PublicationReadRow",
    "PublicationRow",
    "PulseRow",
    "ReceiptEventRow",
    "ReceiptRow",
    "ReminderRow",
    "ReportRow",
    "RestoreRow",
    "ReturnRow",
    "ServerFaultRow",
    "SharedRow",
    "StatusEventRow",
    "TaskRow",
    "TellingRow",
]
