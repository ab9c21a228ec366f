"""Files that are whole or not there, whatever fails meanwhile."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.files import atomic

ROOT = Path(__file__).parents[3]
STEPS = ("open", "fdopen", "fsync", "replace")


def listed(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("sync", [True, False])
@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_the_new_content_has_the_rights_that_were_asked_for(tmp_path: Path, sync: bool, mode: int) -> None:
    path = tmp_path / "file"
    before = os.umask(0o022)  # a command run earlier in this process may have left a stricter one
    try:
        for content in (b"old and longer", b"new"):
            atomic.replace(path, content, mode, sync=sync)
            assert listed(tmp_path) == {"file": content}
            assert stat.S_IMODE(path.stat().st_mode) == mode
    finally:
        os.umask(before)


@pytest.mark.parametrize("step", STEPS)
def test_whatever_fails_leaves_the_old_content_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        with pytest.raises(OSError, match="No space left"):
            atomic.replace(path, b"new", 0o600)
    assert listed(tmp_path) == {"file": b"old"}


_CRASH = """
import os, pathlib, signal, sys
from pipeline.files import atomic
step, folder = sys.argv[1], pathlib.Path(sys.argv[2])
done = getattr(os, step)
def die(*args, **named):
    if step == "fsync":
        done(*args, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, step, die)
atomic.replace(folder / "file", b"new" * 1000, 0o600)
"""


@pytest.mark.parametrize("step", ["fdopen", "fsync", "replace"])
def test_a_kill_at_any_step_leaves_the_old_content(tmp_path: Path, step: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    child = subprocess.run(
        [sys.executable, "-c", _CRASH, step, str(tmp_path)], env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60
    )
    assert child.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert {name for name in listed(tmp_path) if not name.endswith(".tmp")} == {"file"}


def test_meanwhile_it_may_lie_in_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lists the folder of the file never sees a name that is none."""
    day = tmp_path / "day"
    day.mkdir()
    seen: list[list[str]] = []
    moved: Callable[[Path, Path], Path] = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append([path.name for path in day.iterdir()])
        return moved(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    atomic.replace(day / "file", b"new", 0o600, sync=False, beside=tmp_path)
    assert seen == [[]]
    assert listed(day) == {"file": b"new"}


def test_a_missing_folder_is_the_callers_to_make(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        atomic.replace(tmp_path / "gone" / "file", b"new", 0o600)
    with pytest.raises(FileNotFoundError):
        atomic.write_new(tmp_path / "gone" / "file", b"new", 0o600)


def test_what_is_there_is_never_overwritten_by_create(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: atomic.create(path, bytes([number]) * 1000, 0o600), range(8)))
    assert sum(won) == 1
    assert listed(tmp_path) == {"key": bytes([won.index(True)]) * 1000}
    assert not atomic.create(path, b"other", 0o600)


def test_a_new_file_is_refused_where_one_is(tmp_path: Path) -> None:
    atomic.write_new(tmp_path / "file", b"one", 0o600)
    with pytest.raises(FileExistsError):
        atomic.write_new(tmp_path / "file", b"two", 0o600)
    assert listed(tmp_path) == {"file": b"one"}
