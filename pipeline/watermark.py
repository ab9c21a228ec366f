"""The highest numbers that the database has given, kept beside it: an older copy that is put back has lower ones."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger()


class Watermark:
    """Numbers by name in the file ``path``. A file that is not there, or cannot be read, holds none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, int]:
        """Return what was written last."""
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        numbers = found.items() if isinstance(found, dict) else ()
        return {name: number for name, number in numbers if isinstance(number, int)}

    def write(self, numbers: Mapping[str, int]) -> None:
        """Keep ``numbers``; who reads meanwhile sees the old or the new. A full disk is logged and stops nothing."""
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}.tmp")
        try:
            temporary.write_text(json.dumps(numbers), encoding="ascii")
            os.replace(temporary, self._path)  # noqa: PTH105 - as the other adapters
        except OSError as error:
            log.warning("watermark.unwritable", reason=error.strerror or str(error))
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
