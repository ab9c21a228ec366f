"""A requested export is ready and attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import Row
from pipeline.mail.letters.products import ProductLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReadyRow(Row):
    """One report with so many rows."""

    report_number: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReadyLetter(ProductLetter[ExportReadyRow]):
    """One report, or ``several``."""

    kind: ClassVar[str] = "export_ready"
