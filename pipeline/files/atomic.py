"""Files that are whole or not there: whoever reads one, also after a crash, finds the old content or the new.

This module opens files, so adapters alone use it (an import contract); all others take and give bytes. ``mode`` is the
rights of a new file: ``pipeline.private`` says which are ours. Functions raise OSError; who calls them knows which
sentence a person should read.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_new(path: Path | str, data: bytes, mode: int, *, sync: bool = False) -> None:
    """Write a file that is not there yet; ``sync`` forces its bytes to the disk.

    Raises FileExistsError when there is one, FileNotFoundError when its folder is missing. A write that fails leaves a
    short file: whether it may be removed depends on who else writes there.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(descriptor)


def replace(path: Path | str, data: bytes, mode: int, *, sync: bool = True, beside: Path | str | None = None) -> None:
    """Put ``data`` in the place of ``path``, which keeps its old content when this fails.

    Without ``sync`` a crash of the machine may lose it, yet leaves no part of it where the file system writes bytes
    before names. ``beside`` is a folder of the same file system for the name it has meanwhile, by default its own.
    """
    temporary = _written(path, data, mode, sync=sync, beside=beside)
    try:
        Path(temporary).replace(path)
    except BaseException:
        remove(temporary)
        raise
    if sync:
        sync_folder(Path(path).parent)


def create(path: Path, data: bytes, mode: int) -> bool:
    """Make ``path`` with ``data``, or return False when there is one already: it is never overwritten.

    Of several that do it at once one wins, and nobody ever sees a part of it.
    """
    temporary = _written(path, data, mode, sync=True, beside=None)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        remove(temporary)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Force the entries of ``folder`` to the disk."""
    with suppress(PermissionError):  # a folder that cannot be opened cannot be forced; the file itself is
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(path: Path | str) -> None:
    """Remove a file if that can be done."""
    with suppress(OSError):
        Path(path).unlink(missing_ok=True)


def _written(path: Path | str, data: bytes, mode: int, *, sync: bool, beside: Path | str | None) -> str:
    """Write ``data`` under another name and return it."""
    temporary = f"{beside or Path(path).parent}/.{secrets.token_hex(8)}.tmp"
    try:
        write_new(temporary, data, mode, sync=sync)
    except BaseException:
        remove(temporary)
        raise
    return temporary
