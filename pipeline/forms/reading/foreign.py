"""Workbooks of any format that people send: ours strictly and here, .xls and .ods by way of an isolated reader."""

from __future__ import annotations

from typing import Any, Protocol

from pipeline.catalogue import has, text
from pipeline.forms.reading.precheck import open_package
from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)
from pipeline.forms.workbooks.plain import from_plain
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.model import Refused

_TASKS = {"old_xls": "xls", "ods": "ods"}
"""The reason for which the strict reader sends a file away → the isolated task that reads it."""


class IsolatedReader(Protocol):
    """What runs a reader where it can do no harm, see ``pipeline.isolation``."""

    def run(self, task: str, data: bytes) -> Any | Refused:  # noqa: ANN401 - plain values of that task
        """Return what ``task`` makes of ``data``, or why it was refused."""


def read_any(data: bytes, isolated: IsolatedReader | None) -> tuple[RawWorkbook, tuple[str, ...]]:
    """Return the workbook in ``data`` and, in words for the sender, what was accepted though it is not .xlsx.

    Raises only ``UnreadableWorkbook``. Without ``isolated`` the other formats are refused with advice.
    """
    try:
        workbook = read_workbook(data)
        return workbook, ((text("repaired.repacked"),) if workbook.repacked else ())
    except UnreadableWorkbook as error:
        task = _TASKS.get(error.reason)
        if task is None or isolated is None:
            raise
    if task == "ods":
        open_package(data)  # bombs and lies need no child to be seen
    result = isolated.run(task, data)
    if isinstance(result, Refused):
        known = has(f"workbook.unreadable.{result.reason}")
        raise UnreadableWorkbook(result.reason if known else "damaged", **result.values)
    try:
        return from_plain(result), (text("repaired.foreign", suffix=task),)
    except ValueError as error:
        raise UnreadableWorkbook("damaged") from error
