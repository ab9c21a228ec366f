"""Readable copies of letters in ``outbox/``, for people: the ledger is the truth, nothing is read back as state."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from pipeline import private
from pipeline.catalogue import MOSCOW
from pipeline.errors import ConfigurationError
from pipeline.files import atomic
from pipeline.files.names import safe_name

_DATE = re.compile(rb"^Date:[ \t]*([^ \t\r\n][^\r\n]*)\r?$", re.IGNORECASE | re.MULTILINE)


class Spool:
    """Copies under ``root``: ``ready/ sent/ failed/ dry-run/``, a folder a day in each.

    Days are Moscow's, as people count them: in ``ready`` and ``dry-run`` the day of the letter's Date, in the others
    the day it happened. A copy is whole or not there; it is not forced to the disk, for it can be made again from the
    letter's row. Methods raise ConfigurationError when the folder cannot be written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: set[Path] = set()

    def ready(self, name: str, content: bytes) -> Path:
        """Write the copy of a letter that waits to be sent and return its path."""
        return self._write("ready", _day_of(content), _named(name), content)

    def dry_run(self, name: str, content: bytes) -> Path:
        """Write a letter that is only tried and will never be sent."""
        return self._write("dry-run", _day_of(content), _named(name), content)

    def sent(self, name: str, content: bytes, now: datetime) -> Path:
        """Keep the copy of a letter that the server has taken; the one in ``ready/`` goes."""
        return self._settle("sent", name, content, now)

    def failed(self, name: str, content: bytes, now: datetime) -> Path:
        """Keep the copy of a letter that will not be sent; the one in ``ready/`` goes."""
        return self._settle("failed", name, content, now)

    def waiting_copy(self, name: str, dated: datetime) -> bytes | None:
        """Return what lies in ``ready/`` under this name of a letter dated so; None when nothing can be read there."""
        try:
            return _read(self._ready_path(name, dated))
        except OSError:
            return None

    def discard(self, name: str, dated: datetime) -> None:
        """Take the copy of a letter dated so out of ``ready/``: it waits no more."""
        with suppress(OSError):
            Path(self._ready_path(name, dated)).unlink()

    def waiting(self) -> frozenset[str]:
        """Return the names of the copies in ``ready/``, so that none is made twice."""
        return self._names("ready")

    def sent_names(self) -> frozenset[str]:
        """Return the names of the copies in ``sent/``, a hint for people: the server has taken these letters."""
        return self._names("sent")

    def _names(self, state: str) -> frozenset[str]:
        folder = self._root / state
        try:
            days = [day for day in folder.iterdir() if day.is_dir()] if folder.is_dir() else []
            return frozenset(path.name for day in days for path in day.iterdir())
        except OSError as error:
            raise self._fault(error) from error

    def _settle(self, state: str, name: str, content: bytes, now: datetime) -> Path:
        name = _named(name)
        ready = f"{self._root}/ready/{_day_of(content)}/{name}"
        target = f"{self._root}/{state}/{_day(now)}/{name}"
        try:
            if _same(ready, content):
                _move(ready, target)
                return Path(target)
        except FileNotFoundError:
            return self._write(state, _day(now), name, content)
        except OSError as error:
            raise self._fault(error) from error
        path = self._write(state, _day(now), name, content)
        Path(ready).unlink(missing_ok=True)
        return path

    def _ready_path(self, name: str, dated: datetime) -> str:
        return f"{self._root}/ready/{_day(dated)}/{_named(name)}"

    def _write(self, state: str, day: str, name: str, content: bytes) -> Path:
        folder = f"{self._root}/{state}"
        path = f"{folder}/{day}/{name}"
        try:
            try:
                _put(path, content, folder)
            except FileNotFoundError:
                private.make_folder(Path(path).parent)
                _put(path, content, folder)
        except OSError as error:
            raise self._fault(error) from error
        return Path(path)

    def _fault(self, error: OSError) -> ConfigurationError:
        return ConfigurationError("spool.unwritable", path=str(self._root), reason=error.strerror or str(error))


# Plain calls of the system, not pathlib: every letter that is sent passes here.


def _put(path: str, content: bytes, folder: str) -> None:
    # Beside the days, so that no day ever lists a name that is no letter's.
    atomic.replace(path, content, private.FILE, sync=False, beside=folder)


def _read(path: str) -> bytes:
    number = os.open(path, os.O_RDONLY)
    try:
        size, content = os.fstat(number).st_size, b""
        while more := os.read(number, size + 1 - len(content)):
            content = content + more if content else more
        return content
    finally:
        os.close(number)


def _same(path: str, content: bytes) -> bool:
    """Whether a file holds exactly this; raises FileNotFoundError when there is none."""
    number = os.open(path, os.O_RDONLY)
    try:
        return os.read(number, len(content) + 1) == content
    finally:
        os.close(number)


def _move(source: str, target: str) -> None:
    try:
        os.replace(source, target)  # noqa: PTH105 - as above
    except FileNotFoundError:
        private.make_folder(Path(target).parent)
        os.replace(source, target)  # noqa: PTH105 - as above


def _day(instant: datetime) -> str:
    return instant.astimezone(MOSCOW).strftime("%Y-%m-%d")


def _day_of(content: bytes) -> str:
    """Return the Moscow day of the Date header, or a folder of its own for letters without one."""
    found = _DATE.search(content, 0, max(content.find(b"\r\n\r\n"), 0))
    return _day_named(found[1].decode("latin-1")) if found else "undated"


@lru_cache(maxsize=64)
def _day_named(date: str) -> str:
    with suppress(ValueError, OverflowError):
        return _day(parsedate_to_datetime(date))
    return "undated"


def _named(name: str) -> str:
    return safe_name(name, octets=True)
