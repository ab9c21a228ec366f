"""A note: what was put right or passed over without asking, in words, with its place in the file as it came."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """``message`` is a whole sentence for the sender; ``cell`` is the first of its cells, like ``B7``."""

    message: str
    sheet: str | None = None
    cell: str | None = None
