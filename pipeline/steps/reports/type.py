"""What a kind of report is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.model import Publication, ReportKind
from pipeline.reports.sheets import Tell
from pipeline.store import Session

Form = Callable[[Session, Publication, str | None, datetime, Tell], tuple[bytes, int]]
"""(session, publication, region or None for all, now, who is told of rows) → (.xlsx, rows that it holds)."""


@dataclass(frozen=True, slots=True)
class ReportType:
    """A kind of report. ``collects``: it is about a collection, so a publication without one has none."""

    kind: ReportKind
    form: Form
    collects: bool = True
