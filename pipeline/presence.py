"""Who is at work: every worker holds a lock of the kernel while it lives, so that its death is known at once.

A process id proves nothing: it is given again. A lock on an open file (flock) ends with its process, however that ends.
Who can take the lock of a worker's file therefore knows that the worker is dead, and may take back what it had claimed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import structlog

from pipeline import private

log = structlog.get_logger()
_LOCK, _NEW = ".lock", ".new"
_TRIES = 10  # a file that is not locked yet may be swept away by another worker
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_held: set[int] = set()


class Presence:
    """The workers whose files lie in ``folder``; each file is named after its owner.

    Works between processes of one machine and between threads of one process: each lock has a descriptor of its own.
    Workers of other machines are left alone, for a lock may not be seen across a network. Where the folder cannot hold
    locks nobody is present: what a dead worker has claimed is then free when its lease ends.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def working(self) -> Iterator[str]:
        """Be present as a new worker, and yield its name as the owner of claims.

        When the block raises the file stays, without its lock: claims may be left, and the next worker takes them back.
        """
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        try:
            lock = self._announce(owner)
        except OSError as error:
            log.warning("presence.unavailable", reason=error.strerror or str(error))
            yield owner
            return
        try:
            yield owner
            with suppress(OSError):
                self._path(owner).unlink()  # before the lock goes: nobody finds the file and takes us for dead
        finally:
            _close(lock)

    @contextmanager
    def dead(self) -> Iterator[list[str]]:
        """Yield the owners that died; nobody else is given them meanwhile.

        When the block ends well their files go. When it raises they stay, and the owners are found again.
        """
        with contextlib.ExitStack() as stack:
            found: list[str] = []
            for path in self._files():
                lock = _locked(path)
                if lock is None:
                    continue
                stack.callback(_close, lock)
                if path.suffix == _NEW:  # died before it had a name, so it has claimed nothing
                    path.unlink(missing_ok=True)
                elif _of_this_machine(path.stem, lock):
                    found.append(path.stem)
            yield found
            for owner in found:
                with suppress(OSError):
                    self._path(owner).unlink()

    def _files(self) -> Sequence[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix in (_LOCK, _NEW))
        except OSError:  # nobody has ever worked here
            return ()

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}{_LOCK}"

    def _announce(self, owner: str) -> int:
        """Make and lock the file under another name first: under its own it is never seen without its lock."""
        private.make_folder(self._folder)
        new = self._folder / f"{owner}{_NEW}"
        for _ in range(_TRIES):
            lock = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, private.FILE)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.write(lock, _boot_id().encode())
                new.rename(self._path(owner))
            except (BlockingIOError, FileNotFoundError):  # swept away between its making and its lock
                os.close(lock)
                new.unlink(missing_ok=True)
            except BaseException:
                os.close(lock)
                raise
            else:
                _held.add(lock)
                return lock
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _locked(path: Path) -> int | None:
    """Return a descriptor that holds the lock of ``path``; None while its worker lives, or when the file is gone."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), path.stat()):
            _held.add(lock)
            return lock
    except OSError:  # it is held, or another worker has removed it since
        pass
    os.close(lock)
    return None


def _of_this_machine(owner: str, lock: int) -> bool:
    """A machine is known by its name after a restart, and by its boot when a container has got another name."""
    boot = os.pread(lock, 64, 0).decode("ascii", "replace")
    return owner.partition(":")[0] == socket.gethostname() or (bool(boot) and boot == _boot_id())


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:  # not Linux
        return ""


def _close(lock: int) -> None:
    if lock in _held:
        _held.remove(lock)
        os.close(lock)


def _forget_in_child() -> None:
    """A forked child shares the open files: it would keep a dead worker alive. O_CLOEXEC helps only where it execs."""
    for lock in _held:
        with suppress(OSError):
            os.close(lock)
    _held.clear()


os.register_at_fork(after_in_child=_forget_in_child)
