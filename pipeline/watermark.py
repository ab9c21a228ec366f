"""The highest numbers that the database has given, kept beside it: an older copy that is put back has lower ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import structlog

from pipeline import private

log = structlog.get_logger()


class Watermark:
    """Numbers by name in the file ``path``. A file that is not there holds none.

    Nor does a broken one, and the log says so (``alert.numbers_broken``): what it warns of is then not seen.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, int]:
        """Return what was written last."""
        try:
            found = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            log.error("alert.numbers_broken", path=str(self._path), reason=type(error).__name__)  # noqa: TRY400 - no more
            return {}
        if not isinstance(found, dict):
            log.error("alert.numbers_broken", path=str(self._path), reason=type(found).__name__)
            return {}
        return {name: number for name, number in found.items() if isinstance(number, int)}

    def write(self, numbers: Mapping[str, int]) -> None:
        """Keep ``numbers``; who reads meanwhile sees the old or the new. A full disk is logged and stops nothing."""
        try:
            private.write_whole(self._path, json.dumps(numbers).encode("ascii"))
        except OSError as error:
            log.warning("watermark.unwritable", reason=error.strerror or str(error))
