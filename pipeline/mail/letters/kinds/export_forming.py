"""Answer to «ЭКСПОРТ»: the numbers of reports that are being formed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import Row
from pipeline.mail.letters.products import ProductLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormingRow(Row):
    """One report."""

    report_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormingLetter(ProductLetter[ExportFormingRow]):
    """One report, or ``several``."""

    kind: ClassVar[str] = "export_forming"
