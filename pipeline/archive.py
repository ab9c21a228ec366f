"""Archive: received and published bytes by their sha256, kept before anything looks at them.

A file is written beside its place, renamed into it and forced to the disk before ``put`` returns, so what the ledger
names is always there, whole. On Linux one ``syncfs`` makes a whole batch and its directory entries durable; elsewhere
every file and directory is forced singly.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import private
from pipeline.errors import ConfigurationError, Incident
from pipeline.files import atomic

_HEX = frozenset("0123456789abcdef")


class Archive:
    """Bytes under ``root/ab/abcd…``; safe for several processes at once, never overwrites good bytes."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its sha256 (64 hexadecimal digits); see ``put_many``."""
        return self.put_many([data])[0]

    def put_many(self, batch: Sequence[bytes]) -> list[str]:
        """Keep every item and return their sha256 in the same order, when all are on the disk.

        What is there already and whole is left alone. Raises ConfigurationError when the folder cannot be written.
        """
        hashes = [hashlib.sha256(data).hexdigest() for data in batch]
        places = {self._place(sha256): data for sha256, data in zip(hashes, batch, strict=True)}
        try:
            # A crash or a full disk may leave a short file under the final name. No ledger row names it yet, and since
            # what is there is compared and not trusted, the next run repairs it. It is not removed here: another writer
            # of the same bytes may have repaired it already.
            for place, data in places.items():
                if not _made(place, data) and not _holds(place, data):
                    atomic.replace(place, data, private.FILE, sync=False)
            # Files found in place are forced too: a run that was killed may have left them in the cache only.
            if places:
                _force(self._root, list(places))
        except OSError as error:
            raise ConfigurationError(
                "archive.unwritable", path=str(self._root), reason=error.strerror or str(error)
            ) from error
        return hashes

    def has(self, sha256: str) -> bool:
        """Whether there are bytes under this name; ``get`` says whether they are whole."""
        return self._place(sha256).is_file()

    def get(self, sha256: str) -> bytes:
        """Return the bytes, checked against their name.

        Raises Incident ``archive.missing`` or ``archive.damaged``: both mean that the disk lost what it had confirmed.
        """
        try:
            data = self._place(sha256).read_bytes()
        except FileNotFoundError as error:
            raise Incident("archive.missing", sha256=sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Incident("archive.damaged", sha256=sha256, size=len(data))
        return data

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not _HEX.issuperset(sha256):
            raise Incident("archive.bad_name", sha256=sha256[:64])
        return self._root / sha256[:2] / sha256


def _made(path: Path, data: bytes) -> bool:
    """Write a new file, False when there is one. Received mail holds personal data: it is for the owner's eyes only."""
    try:
        atomic.write_new(path, data, private.FILE)
    except FileExistsError:
        return False
    except FileNotFoundError:
        private.make_folder(path.parent)
        return _made(path, data)
    return True


def _holds(place: Path, data: bytes) -> bool:
    try:
        return place.stat().st_size == len(data) and place.read_bytes() == data
    except FileNotFoundError:
        return False


def _force(root: Path, places: Sequence[Path]) -> None:
    if _syncfs is not None:
        _with_descriptor(root, _syncfs)
        return
    for place in places:
        _with_descriptor(place, os.fsync)
    shards = {place.parent for place in places}
    for folder in sorted(shards | {root}):
        _with_descriptor(folder, os.fsync)


def _with_descriptor(path: Path, action: Callable[[int], None]) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        action(descriptor)
    finally:
        os.close(descriptor)


def _find_syncfs() -> Callable[[int], None] | None:
    """Return Linux's syncfs(2), which the standard library does not offer, or None on other systems.

    Since Linux 5.8 it reports write errors as fsync does; before that it may not, so older kernels force singly.
    """
    if sys.platform != "linux" or _kernel() < (5, 8):
        return None
    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None

    def syncfs(descriptor: int) -> None:
        if function(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return syncfs


def _kernel() -> tuple[int, int]:
    major, _, rest = os.uname().release.partition(".")
    minor = "".join(character for character in rest.partition(".")[0] if character.isdigit())
    return int(major), int(minor or 0)


_syncfs = _find_syncfs()
