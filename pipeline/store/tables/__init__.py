"""The tables. Instants are aware UTC, enumerations words with a CHECK, everything with a shape of its own is JSON.

``logins.code`` keeps the case as issued and is found by ``code_key``, its lower case; foreign keys follow a corrected
code. Messages on record (``receipts``) name logins and publications without foreign keys: what a message claims to be
about is recorded as judged, whatever exists.
"""

from __future__ import annotations

from pipeline.store.tables.base import Base
from pipeline.store.tables.letters import (
    LetterEvent,
    LetterEventRow,
    LetterRow,
    SharedRow,
    TaskClosing,
    TaskKind,
    TaskRow,
)
from pipeline.store.tables.publications import (
    FormRow,
    ParticipationRow,
    PublicationRow,
    ReportRow,
    ReturnRow,
    StatusEventRow,
)
from pipeline.store.tables.receipts import ConfirmationRow, Purpose, ReceiptEvent, ReceiptEventRow, ReceiptRow
from pipeline.store.tables.roster import AddressRow, ChangeNumberRow, ChangeRow, ChangeState, LoginRow

__all__ = [
    "AddressRow",
    "Base",
    "ChangeNumberRow",
    "ChangeRow",
    "ChangeState",
    "ConfirmationRow",
    "FormRow",
    "LetterEvent",
    "LetterEventRow",
    "LetterRow",
    "LoginRow",
    "ParticipationRow",
    "PublicationRow",
    "Purpose",
    "ReceiptEvent",
    "ReceiptEventRow",
    "ReceiptRow",
    "ReportRow",
    "ReturnRow",
    "SharedRow",
    "StatusEventRow",
    "TaskClosing",
    "TaskKind",
    "TaskRow",
]
