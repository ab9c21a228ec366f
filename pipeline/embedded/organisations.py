"""The organisations of the demonstration: each opens its own mailbox, fills the workbook it got and answers by SMTP.

They know nothing of the store or the steps: what they see is what arrived in their mailbox, and what they do is send
mail in the manner of the client that they use.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.embedded import clients
from pipeline.errors import Incident
from pipeline.mailbox import ImapMailbox, ImapSettings
from pipeline.outbox import SmtpSettings, SmtpTransport

_XLSX = ".xlsx"


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the simulated people's mail lives. Each mailbox's user is its address."""

    smtp: SmtpSettings
    imap: ImapSettings


@dataclass(frozen=True, slots=True)
class Received:
    """One letter in a mailbox, as a mail client shows it."""

    subject: str
    reply_to: str
    message_id: str
    references: str
    workbooks: tuple[tuple[str, bytes], ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person at an address, with the mail client that writes their letters."""

    servers: Servers
    address: str
    compose: clients.Client = clients.thunderbird

    def letters(self) -> list[Received]:
        """Return what lies in the mailbox, oldest first."""
        settings = replace(self.servers.imap, user=self.address)
        with ImapMailbox(settings) as mailbox:
            mailbox.select("INBOX")
            return [_received(message.data) for message in mailbox.fetch(mailbox.uids())]

    def answer(
        self, letter: Received, text: str, attachment: tuple[str, bytes] | None = None, subject: str | None = None
    ) -> None:
        """Answer ``letter`` as this person's client does; ``subject`` None is «Re:» and theirs."""
        message = self.compose(self.address, letter.reply_to, subject or f"Re: {letter.subject}", text, attachment)
        message["In-Reply-To"] = letter.message_id
        message["References"] = f"{letter.references} {letter.message_id}".strip()
        with SmtpTransport(self.servers.smtp) as transport:
            transport.send(self.address, letter.reply_to, message.as_bytes(policy=policy.SMTP))


@contextmanager
def filled(content: bytes) -> Iterator[tuple[Workbook, Callable[[], bytes]]]:
    """Open a workbook as a spreadsheet editor does; yields it and a function that saves it."""
    book = load_workbook(io.BytesIO(content))

    def save() -> bytes:
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    try:
        yield book, save
    finally:
        book.close()


Typed: TypeAlias = str | int | date | None
"""What an organisation types into a cell."""


def type_rows(sheet: Worksheet, rows: Sequence[Sequence[Typed]]) -> None:
    """Type ``rows`` below the header of a form's sheet: the first unlocked row is where a person begins."""
    first = first_input_row(sheet)
    for offset, row in enumerate(rows):
        for column, value in enumerate(row, start=1):
            if value is not None:
                sheet.cell(first + offset, column).value = value


def first_input_row(sheet: Worksheet) -> int:
    """Return the first row whose first cell is unlocked for input."""
    for row in range(1, sheet.max_row + 1):
        if not sheet.cell(row, 1).protection.locked:
            return row
    raise Incident("demonstration.no_input_row", sheet=sheet.title)


def _received(data: bytes) -> Received:
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise Incident("demonstration.not_a_message")
    books = tuple(
        (part.get_filename() or "", part.get_payload(decode=True))
        for part in message.iter_attachments()
        if (part.get_filename() or "").lower().endswith(_XLSX)
    )
    return Received(
        subject=str(message["Subject"]),
        reply_to=parseaddr(str(message["Reply-To"] or message["From"]))[1],
        message_id=str(message["Message-ID"]),
        references=str(message["References"] or ""),
        workbooks=tuple((name, payload) for name, payload in books if isinstance(payload, bytes)),
        raw=data,
    )


# What the seed's organisations typed (Fig. 21), in the seven columns of Fig. 14.
GOOD_ROWS: tuple[tuple[Typed, ...], ...] = (
    ("Обществознание", date(2021, 9, 15), 1, 2, date(2021, 9, 16), 1, 2),
    ("Химия", date(2021, 9, 17), 3, 4, date(2021, 9, 18), 3, 4),
    ("Математика", date(2021, 9, 19), 5, 6, date(2021, 9, 20), 5, 6),
    ("Русский язык", date(2021, 9, 21), 7, 8, date(2021, 9, 22), 7, 8),
)
FAULTY_ROWS: tuple[tuple[Typed, ...], ...] = (
    ("Русский язык", date(2021, 9, 15), "двадцать", 40, date(2021, 9, 16), 2, 30),
    ("Математика", date(2021, 9, 17), 250, 40, date(2021, 9, 20), 2, 30),
    ("Алхимия", date(2021, 9, 21), 2, 25, date(2021, 9, 22), 2, 30),
    ("История", "32.09.2021", 2, 25, date(2021, 11, 25), 2, 30),
)
HALF_MENDED_ROWS: tuple[tuple[Typed, ...], ...] = (
    ("Русский язык", date(2021, 9, 15), 20, 40, date(2021, 9, 16), 2, 30),
    ("Математика", date(2021, 9, 17), 25, 40, date(2021, 9, 20), 2, 30),
    ("Химия", date(2021, 9, 21), 2, 25, date(2021, 9, 22), 2, 30),
    ("История", "32.09.2021", 2, 25, date(2021, 11, 25), 2, 30),
)
DRAFT_ROWS: tuple[tuple[Typed, ...], ...] = (("Физика", date(2021, 9, 15), 1, 12, None, None, None),)
