"""The one error of the reader."""

from __future__ import annotations

from pipeline.catalogue import text
from pipeline.errors import KabinetError


class UnreadableWorkbook(KabinetError):  # noqa: N818 - the design's own word, it names a result rather than a fault
    """The file cannot be read as a form. ``reason`` is a stable code, ``message`` Russian with the remedy."""

    def __init__(self, reason: str, /, **values: object) -> None:
        self.reason = reason
        self.values = values
        self.message = text(f"workbook.unreadable.{reason}", **values)
        super().__init__(self.message)
