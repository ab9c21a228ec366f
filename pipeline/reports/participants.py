"""«Список участников» (seed, Fig. 20) as data for letters and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.catalogue import text
from pipeline.mail.letters.rows import BegunRow, WaitingRow
from pipeline.model import Participant, Status
from pipeline.reports.flags import flags_in_words
from pipeline.reports.sheets import Table, Value, write_tables


def as_letter_rows(participants: Sequence[Participant]) -> tuple[tuple[BegunRow, ...], tuple[WaitingRow, ...]]:
    """Return (begun, not begun) as letters list them, each in the order given."""
    begun: list[BegunRow] = []
    waiting: list[WaitingRow] = []
    for participant in participants:
        part = participant.participation
        if part.status is Status.NOT_STARTED:
            waiting.append(waiting_row(participant))
            continue
        begun.append(
            BegunRow(
                login=participant.login.code,
                name=participant.login.name,
                flags=tuple(flags_in_words(participant)),
                status=part.status,
                begun_at=part.begun_at,
                handed_in_at=part.handed_in_at,
            )
        )
    return tuple(begun), tuple(waiting)


def waiting_row(participant: Participant) -> WaitingRow:
    """Return a participant who has not begun as letters list it."""
    login, flags = participant.login, flags_in_words(participant)
    return WaitingRow(login=login.code, name=login.name, flags=tuple(flags))


def participants_workbook(participants: Sequence[Participant], now: datetime) -> bytes:
    """Return the list as .xlsx: those who have begun, and those who have not on a sheet of their own."""
    begun = [p for p in participants if p.participation.status is not Status.NOT_STARTED]
    waiting = [p for p in participants if p.participation.status is Status.NOT_STARTED]
    return write_tables(
        [
            Table(
                text("report.participants"),
                [
                    text(f"report.{key}")
                    for key in ("login", "name", "region", "status", "begun_at", "handed_in_at", "flags")
                ],
                (14, 70, 8, 15, 18, 18, 32),
                [_row(p) for p in begun],
            ),
            Table(
                text("report.not_begun"),
                [text(f"report.{key}") for key in ("login", "name", "region", "status", "flags")],
                (14, 70, 8, 15, 32),
                [[*_row(p)[:4], _row(p)[-1]] for p in waiting],
            ),
        ],
        now,
    )


def _row(participant: Participant) -> list[Value]:
    part = participant.participation
    return [
        participant.login.code,
        participant.login.name,
        participant.login.region,
        text(f"status.{part.status.value}"),
        part.begun_at,
        part.handed_in_at,
        "; ".join(flags_in_words(participant)),
    ]
