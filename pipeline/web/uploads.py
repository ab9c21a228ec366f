"""What is handed in through the page, as files: rosters that wait to be imported, publications before they are put.

Rosters lie in ``uploads`` of the state folder, where the act of the console finds them by name. A publication is staged
there until it was looked at, then put into ``publications/`` whole or not at all; the folder that it replaces is kept.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pipeline.cabinet.roster import RosterReport
from pipeline.catalogue import MOSCOW
from pipeline.errors import ConfigurationError
from pipeline.files.named import read_bytes
from pipeline.files.names import safe_name
from pipeline.private import create_whole, make_folder
from pipeline.settings import Settings
from pipeline.sources import DOWNLOADS, UPLOADS, publication_codes, roster

T = TypeVar("T")
_STAGED = "staged"
_INCOMING, _REPLACED = ".incoming", ".replaced"
_KEY = re.compile(r"[0-9a-f]{32}")
_STAGED_SECONDS = 24 * 60 * 60
_TRIES = 100


def keep_roster(settings: Settings, name: str, data: bytes, now: datetime) -> str:
    """Keep a roster as it was handed in and return the name by which it is found; nothing is ever overwritten."""
    folder = settings.state / UPLOADS
    clean = safe_name(Path(name.replace("\\", "/")).name, "roster", longest=100)
    stamp = f"{now.astimezone(MOSCOW):%Y-%m-%d-%H%M%S}"

    def keep() -> str:
        make_folder(folder)
        for number in range(1, _TRIES):
            kept = f"{stamp}-{clean}" if number == 1 else f"{stamp}-{number}-{clean}"
            if create_whole(folder / kept, data):
                return kept
        raise FileExistsError(folder / clean)

    return _told(folder, keep)


def kept_roster(settings: Settings, name: str) -> RosterReport:
    """Return the roster that was kept under ``name``. Raises ConfigurationError when it is not there or no roster."""
    path = settings.state / UPLOADS / name
    if not _is_plain(name) or not path.is_file():
        raise ConfigurationError("upload.gone", name=safe_name(name))
    return roster(path)


def stage(settings: Settings, code: str, files: Mapping[str, bytes], now: datetime) -> str:
    """Keep a publication's folder until somebody has looked at it, a day at most, and return its key."""
    folder, key = settings.state / UPLOADS / _STAGED, secrets.token_hex(16)

    def keep() -> str:
        _clear(folder, now)
        _write(folder / key / (safe_name(code) or "_"), files)
        return key

    return _told(folder, keep)


def staged(settings: Settings, key: str) -> tuple[str, dict[str, bytes]]:
    """Return the code and the files of a staged publication. Raises ConfigurationError when it is not kept any more."""
    folder = settings.state / UPLOADS / _STAGED / key
    inside = sorted(folder.iterdir()) if _KEY.fullmatch(key) and folder.is_dir() else []
    if len(inside) != 1:
        raise ConfigurationError("upload.stage_gone")
    (top,) = inside
    found = sorted(path for path in top.rglob("*") if path.is_file())
    return top.name, {path.relative_to(top).as_posix(): read_bytes(path) for path in found}


def is_there(settings: Settings, code: str) -> bool:
    """Whether there is a publication with this code."""
    return code in publication_codes(settings)


def put(settings: Settings, code: str, files: Mapping[str, bytes], now: datetime, *, replace: bool) -> Path | None:
    """Put a publication into its place; return where the one lies that was there before.

    Raises ConfigurationError when there is one and ``replace`` does not say that it may go, or nothing can be written.
    """
    home = settings.home / "publications"
    target = home / code

    def exchange() -> Path | None:
        made = home / _INCOMING / secrets.token_hex(8)
        _write(made, files)
        before: Path | None = None
        try:
            if target.exists():
                if not replace:
                    raise ConfigurationError("upload.exists", code=code)
                before = home / _REPLACED / f"{code}-{now.astimezone(MOSCOW):%Y-%m-%d-%H%M%S}-{secrets.token_hex(2)}"
                make_folder(before.parent)
                target.rename(before)
            try:
                made.rename(target)
            except OSError:
                if before is not None:
                    before.rename(target)
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return before

    return _told(home, exchange)


def downloads(settings: Settings) -> list[tuple[str, int, float]]:
    """Return (name, bytes, when written) of the files that runs have left to be fetched, the newest first."""
    folder = settings.state / DOWNLOADS
    found = [(path, path.stat()) for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    found.sort(key=lambda item: item[1].st_mtime, reverse=True)
    return [(path.relative_to(folder).as_posix(), facts.st_size, facts.st_mtime) for path, facts in found]


def download(settings: Settings, name: str) -> bytes:
    """Return a file that a run has left. Raises ConfigurationError when it is not there."""
    if name not in {known for known, _, _ in downloads(settings)}:
        raise ConfigurationError("upload.no_download", name=safe_name(name))
    return read_bytes(settings.state / DOWNLOADS / name)


def _is_plain(name: str) -> bool:
    return bool(name) and safe_name(name) == name and not name.startswith(".")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    make_folder(folder)
    for path, data in files.items():
        target = folder / path
        make_folder(target.parent)
        create_whole(target, data)


def _clear(folder: Path, now: datetime) -> None:
    """Take away what was staged a day ago and put nowhere."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if now.timestamp() - path.stat().st_mtime > _STAGED_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _told(folder: Path, run: Callable[[], T]) -> T:
    """Return what ``run`` does; what the disk refuses is one sentence."""
    try:
        return run()
    except OSError as error:
        raise ConfigurationError("file.unwritable", path=folder, reason=error.strerror or "") from error
