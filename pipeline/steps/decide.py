"""Deciding about letters in doubt: an operator finds out whether they have left, and sends or drops them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.catalogue import text
from pipeline.model import Letter, Summary
from pipeline.model.audit import Deed
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import copy_name
from pipeline.store import Session, audit, doubts


@dataclass(frozen=True, slots=True)
class Doubt:
    """A letter in doubt; ``left`` when its copy lies in ``outbox/sent``: then the server has taken it."""

    letter: Letter
    left: bool


def listed(context: Context, numbers: Sequence[int] = (), *, left: bool = False) -> list[Doubt]:
    """Return the letters in doubt, of these ``numbers`` where given; with ``left`` those alone that did leave."""
    names = context.spool.sent_names()
    with context.store.reading() as session:
        waiting = doubts.listed(session)
    found = [Doubt(letter, copy_name(letter) in names) for letter in waiting if not numbers or letter.id in numbers]
    return [doubt for doubt in found if doubt.left or not left]


def send(context: Context, chosen: Sequence[Doubt], now: datetime, who: str) -> Summary:
    """Let letters go once more, under the Message-IDs that they have. Counts: ``queued``, ``too_late`` past their time.

    What is too late stays in doubt.
    """
    ids = [doubt.letter.id for doubt in chosen]
    with context.store.transaction() as session:
        queued = doubts.send(session, ids, now, who)
        _note(session, "doubts_sent", ids, now, who)
    late = len(ids) - queued
    remarks = [text("doubts.too_late", count=late)] if late else []
    return Summary("doubts", {"queued": queued, "too_late": late}, remarks)


def drop(context: Context, chosen: Sequence[Doubt], now: datetime, who: str) -> Summary:
    """Say that letters are not to go. Counts: ``dropped``."""
    ids = [doubt.letter.id for doubt in chosen]
    with context.store.transaction() as session:
        dropped = doubts.drop(session, ids, now, who)
        _note(session, "doubts_dropped", ids, now, who)
    return Summary("doubts", {"dropped": dropped})


def _note(session: Session, what: str, ids: Sequence[int], now: datetime, who: str) -> None:
    if ids:
        audit.note(session, Deed(now, who, what, detail=text("doubts.numbers", count=len(ids), first=ids[0])))
