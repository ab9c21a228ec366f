"""What somebody has stopped, in words: otherwise nobody knows why nothing leaves."""

from __future__ import annotations

from datetime import datetime

from pipeline.catalogue import format_short, text
from pipeline.model.delivery import Pause
from pipeline.model.outgoing import CAMPAIGN
from pipeline.store import Session, pauses


def what(stopped: Pause) -> str:
    """Return what a pause holds."""
    whose = text("pause.publication", code=stopped.publication) if stopped.publication else text("pause.everybody")
    return f"{whose}, {text('pause.answers')}" if stopped.priority < CAMPAIGN else whose


def line(stopped: Pause) -> str:
    """Return a pause as a line: since when, what, who and why."""
    said = text("pause.line", since=format_short(stopped.at), what=what(stopped), who=stopped.who, why=stopped.why)
    if stopped.ended_at is None:
        return said
    return f"{said}; {text('pause.ended', at=format_short(stopped.ended_at), who=stopped.ended_by or '')}"


def remarks(session: Session, now: datetime) -> list[str]:
    """Return a sentence for the operator for each pause in force."""
    return [
        text("pause.in_force", since=format_short(stop.at), what=what(stop), who=stop.who, why=stop.why)
        for stop in pauses.paused(session, now).in_force
    ]
