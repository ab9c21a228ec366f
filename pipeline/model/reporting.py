"""Numbered reports, and what a step says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """A numbered product."""

    EXPORT = "export"
    PARTICIPANTS = "participants"
    DOWNLOADS = "downloads"


class ReportState(StrEnum):
    """«формируется» and «готов к загрузке» (seed, Fig. 22)."""

    FORMING = "forming"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A numbered report on a publication; ``region`` None means all; ``sha256`` names its bytes once ready."""

    number: int
    kind: ReportKind
    publication: str
    region: str | None
    requested_by: str | None
    state: ReportState
    created_at: datetime
    name: str = ""
    sha256: str | None = None
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a step did: its name, counts by stable names, and remarks for the operator."""

    step: str
    counts: Mapping[str, int]
    remarks: Sequence[str] = ()
