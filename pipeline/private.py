"""Files and folders for their owner's eyes only, whatever the umask of the caller, and files that are whole or absent.

What we keep holds tags, codes and children's data: folders are made with mode 0700 and files with 0600. Functions raise
OSError; who calls them knows which sentence a person should read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline.files import atomic

FOLDER, FILE = 0o700, 0o600
UMASK = 0o077
"""For child processes that make files by themselves (Prefect, the embedded mail server)."""
_OTHERS = 0o077
_callers: list[int] = []


def begin() -> None:
    """Let this process, and what it starts, make private files only. For the beginning of a program."""
    before = os.umask(UMASK)
    if not _callers:
        _callers.append(before)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it. What is there stays as it is; a file in the way is an OSError."""
    try:
        folder.mkdir(mode=FOLDER)
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER, exist_ok=True)
    except FileExistsError:
        if not folder.is_dir():
            raise


def open_appending(path: Path) -> int:
    """Return a descriptor for adding to ``path``; the file is made, or closed to others, and so is its folder."""
    make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE)
    close([path])
    return descriptor


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``path``: who reads it, also after a crash, finds the old or the new, whole."""
    atomic.replace(path, data, FILE)


def create_whole(path: Path, data: bytes) -> bool:
    """Make ``path`` with ``data``, or return False when there is one already: it is never overwritten.

    Of several that do it at once one wins, and nobody ever sees a part of it.
    """
    return atomic.create(path, data, FILE)


def write_named(path: Path, data: bytes, *, private: bool) -> None:
    """Write a file to a place that a person names. ``private``: for its owner only, else as their umask says.

    A file that is there keeps its rights. One that cannot be written to the end is removed if it was made here.
    """
    try:
        descriptor, made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE), True
    except FileExistsError:
        descriptor, made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE), False
    try:
        with os.fdopen(descriptor, "wb") as file:
            if made and not private:
                os.fchmod(file.fileno(), 0o666 & ~_callers_umask())
            file.write(data)
    except BaseException:
        if made:
            atomic.remove(path)
        raise


def opened(paths: Iterable[Path]) -> list[Path]:
    """Return those of ``paths`` that other users of the machine may read, write or enter."""
    return [path for path in paths if _mode(path) & _OTHERS]


def close(paths: Iterable[Path]) -> list[Path]:
    """Take the rights of others from those of ``paths`` that are ours, and return those that were open and are not now.

    What belongs to somebody else, and a folder that everybody may write into (/tmp), is left alone.
    """
    closed = []
    for path in opened(paths):
        with suppress(OSError):
            found = path.stat()
            if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
                path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
                closed.append(path)
    return closed


def _callers_umask() -> int:
    """The umask that this process was started with."""
    if _callers:
        return _callers[0]
    found = os.umask(UMASK)  # there is no other way to ask for it
    os.umask(found)
    return found


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
