"""Pause: a running mailing is stopped within the batch in hand, and goes on when somebody says so."""

from __future__ import annotations

from datetime import datetime

from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.model import Summary
from pipeline.model.audit import Deed
from pipeline.model.delivery import Pause
from pipeline.model.outgoing import CAMPAIGN
from pipeline.steps.base.context import Context
from pipeline.steps.sending import stops
from pipeline.store import (
    Session,
    audit,
    pauses,
    publications,
)
from pipeline.store.base import turns

EVERYTHING = 0  # the priority from which on letters are held: answers too


def stop(context: Context, code: str | None, why: str, now: datetime, who: str, *, answers: bool = False) -> Summary:
    """Hold the campaigns of publication ``code``, with None all campaigns; with ``answers`` every letter.

    Counts: ``stopped`` (0 when it was before), ``waiting`` letters that are held now. Raises UserError without a reason
    and for an unknown publication.
    """
    if not why.strip():
        raise UserError("pause.why")
    with context.store.transaction() as session:
        turns.take(session, ":pauses")
        _known(session, code)
        new = pauses.pause(session, Pause(code, EVERYTHING if answers else CAMPAIGN, now, who, why.strip()))
        if new:
            detail = text("pause.answers") if answers else ""
            audit.note(session, Deed(now, who, "paused", code, detail=detail, why=why.strip()))
        waiting = pauses.waiting(session)
        remarks = [] if new else [text("pause.already")]
        remarks += [text("pause.held", count=waiting)] if waiting else []
    return Summary("pause", {"stopped": int(new), "waiting": waiting}, remarks)


def resume(context: Context, code: str | None, now: datetime, who: str, *, general: bool = False) -> Summary:
    """Let the letters of publication ``code`` go again, with None all that was stopped.

    ``general`` ends also the stop of all campaigns, without which they would not leave; never one that holds answers.

    Counts: ``resumed`` pauses, ``waiting`` letters that are held still. A remark names each pause still in force.
    """
    with context.store.transaction() as session:
        _known(session, code)
        ended = pauses.resume(session, code, who, now)
        ended += pauses.resume_general(session, CAMPAIGN, who, now) if general else 0
        if ended:
            audit.note(session, Deed(now, who, "resumed", code))
        waiting = pauses.waiting(session)
        still = [stops.line(stop) for stop in pauses.paused(session, now).in_force]
        remarks = still if ended else [text("pause.nothing"), *still]
    return Summary("pause", {"resumed": ended, "waiting": waiting}, remarks)


def _known(session: Session, code: str | None) -> None:
    if code is not None and publications.publication(session, code) is None:
        raise UserError("pause.unknown", code=code)
