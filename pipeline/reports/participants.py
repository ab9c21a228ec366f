"""«Список участников» (seed, Fig. 20) as data for letters and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline.catalogue import text
from pipeline.model import Participant, Status
from pipeline.reports.flags import flags_in_words
from pipeline.reports.sheets import Table, write_tables


def as_letter_rows(participants: Sequence[Participant]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return (begun, not begun) as the digest's template takes them, each in the order given."""
    begun: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    for participant in participants:
        row: dict[str, Any] = {"login": participant.login.code, "name": participant.login.name}
        row["flags"] = flags_in_words(participant)
        if participant.participation.status is Status.NOT_STARTED:
            waiting.append(row)
            continue
        part = participant.participation
        begun.append(
            row
            | {
                "status": part.status.value,
                "begun_at": _iso(part.begun_at),
                "handed_in_at": _iso(part.handed_in_at),
            }
        )
    return begun, waiting


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


def _row(participant: Participant) -> list[Any]:
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


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
