"""What is worth a look at in a participation, by stable name and in words."""

from __future__ import annotations

from pipeline.catalogue import format_date, format_short, text
from pipeline.model import Participant


def flags(participant: Participant) -> list[str]:
    """Stable names of what is worth a look at: ``correction_rejected``, ``disputed``, ``extended``, ``departed``."""
    part = participant.participation
    found = {
        "correction_rejected": part.correction_rejected,
        "disputed": part.disputed,
        "extended": participant.extended_to is not None,
        "departed": participant.departed_at is not None,
    }
    return [name for name, is_so in found.items() if is_so]


def flags_in_words(participant: Participant) -> list[str]:
    """What ``flags`` names, as people read it."""
    until = format_short(participant.extended_to) if participant.extended_to else ""
    departed = format_date(participant.departed_at) if participant.departed_at else ""
    return [text(f"flag.{flag}", until=until, departed=departed) for flag in flags(participant)]
