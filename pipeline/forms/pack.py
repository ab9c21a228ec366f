"""An openpyxl workbook → bytes, the same for the same content: fixed times and order, no trace of the machine."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.writer.excel import ExcelWriter

_EPOCH = (2000, 1, 1, 0, 0, 0)
_PLAIN_NOTE = re.compile(rb"<text><t( [^>]*)?>(.*?)</t></text>", re.DOTALL)
MAX_TEXT = 32_767


def pack(book: Workbook, at: datetime) -> bytes:
    """Return ``book`` as .xlsx; ``at`` (aware) is written as the time it was made and changed."""
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.created = book.properties.modified = moment
    loose = io.BytesIO()
    with zipfile.ZipFile(loose, "w", zipfile.ZIP_STORED) as archive:
        # Not Workbook.save(): it writes the present moment into the properties.
        ExcelWriter(book, archive).write_data()
    return _repack(loose)


def put_text(cell: Cell | MergedCell, value: str) -> None:
    """Write ``value`` as text whatever it begins with: never as a formula or an error (W24)."""
    assert isinstance(cell, Cell), "only the first cell of a merge holds a value"
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_TEXT]
    cell.data_type = "s"
    if value[:1] in ("=", "+", "-", "@", "#"):
        cell.quotePrefix = True  # an editor keeps it text when the cell is edited again


def _repack(loose: io.BytesIO) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/comments/"):
                # exceljs shows a note only where its text is a run (<r><t>), Excel and LibreOffice show both.
                content = _PLAIN_NOTE.sub(rb"<text><r><t\1>\2</t></r></text>", content)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            target.writestr(info, content)
    return packed.getvalue()
