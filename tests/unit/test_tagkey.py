"""The signing key in the state folder: whole or not there, never overwritten, refused when it is anything else (F6)."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import pytest

from pipeline import tagkey, wiring
from pipeline.errors import ConfigurationError
from pipeline.mail.identity import Tagger
from pipeline.settings import load_settings
from pipeline.store import letters

ROOT = Path(__file__).parents[2]


def _key(state: Path) -> bytes:
    return (state / "tag.key").read_bytes()


@pytest.fixture
def settings(tmp_path: Path) -> wiring.Settings:
    return load_settings(state=tmp_path / "state", outbox=tmp_path / "outbox")


def test_f6_m48_a_key_is_made_once_and_stays(settings: wiring.Settings) -> None:
    keys, signing = settings.signing_keys()
    assert len(keys[signing]) == 64
    assert settings.signing_keys() == (keys, signing)
    assert [path.name for path in settings.state.iterdir()] == ["tag.key"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"short", b"a" * 63, b"\0" * 64, b"a" * 32 + b"\0" * 32, "ключ".encode() * 20, b"a b" * 30],
)
def test_f6_m48_a_key_that_is_not_whole_is_never_used(settings: wiring.Settings, content: bytes) -> None:
    """An empty one signs what anybody can sign: it was taken without a word."""
    settings.state.mkdir()
    (settings.state / "tag.key").write_bytes(content)
    for make in (True, False):
        with pytest.raises(ConfigurationError, match="восстановите файл из резервной копии"):
            settings.signing_keys(make=make)
    assert _key(settings.state) == content


def test_f6_m48_a_key_that_cannot_be_read_is_told(settings: wiring.Settings) -> None:
    (settings.state / "tag.key").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"tag\.key не читается"):
        settings.signing_keys()


class _Full:
    """A file on a disk that becomes full in the middle of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> _Full:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        self._file.write(data[: len(data) // 2])
        self._file.flush()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_f6_m48_a_disk_that_is_full_in_the_middle_leaves_no_key(
    settings: wiring.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fdopen = os.fdopen
    with monkeypatch.context() as full:
        full.setattr(os, "fdopen", lambda number, _mode: _Full(fdopen(number, "wb")))
        with pytest.raises(ConfigurationError, match="освободите место"):
            settings.signing_keys()
    assert list(settings.state.iterdir()) == []
    keys, signing = settings.signing_keys()
    assert len(keys[signing]) == 64


_DIES = """
import os, pathlib, signal, sys
from pipeline import tagkey
setattr(os, sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
tagkey.read_or_make(pathlib.Path(sys.argv[1]))
"""


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_f6_m48_a_kill_in_the_middle_leaves_no_key_and_the_next_start_makes_one(tmp_path: Path, call: str) -> None:
    path = tmp_path / "state" / "tag.key"
    died = subprocess.run([sys.executable, "-c", _DIES, str(path), call], cwd=ROOT, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert not path.exists()
    assert len(tagkey.read_or_make(path)) == 64


def test_f6_m48_starts_at_once_end_with_one_key(tmp_path: Path) -> None:
    for turn in range(20):
        path, barrier = tmp_path / str(turn) / "tag.key", threading.Barrier(6)

        def start(path: Path = path, barrier: threading.Barrier = barrier) -> bytes:
            barrier.wait(30)
            return tagkey.read_or_make(path)

        with ThreadPoolExecutor(6) as pool:
            started = [pool.submit(start) for _ in range(6)]
            keys = {one.result(30) for one in started}
        assert keys == {_key(path.parent)}
        assert [found.name for found in path.parent.iterdir()] == ["tag.key"]


@pytest.mark.parametrize("value", ["1:short", "1:", "1", "1:" + " " * 20, f"1:{'a' * 20},1:{'b' * 20}"])
def test_f6_m48_a_key_of_the_settings_that_is_too_short_or_doubled_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("KABINET_TAG_KEYS", value)
    with pytest.raises(ConfigurationError, match="KABINET_TAG_KEYS"):
        load_settings()


def test_f6_m48_whoever_signs_takes_no_short_key() -> None:
    with pytest.raises(ConfigurationError, match="KABINET_TAG_KEYS"):
        Tagger({"1": b"a" * 32, "2": b"a" * 15}, "1")


def test_f6_a_new_key_beside_letters_that_the_old_one_signed_is_told(
    settings: wiring.Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleting the file is the way to go on without a copy; by mistake it must not pass without a word."""
    with wiring.context(settings):
        pass
    assert "tag_key_new" not in capsys.readouterr().out
    (settings.state / "tag.key").unlink()
    monkeypatch.setattr(letters, "listed", lambda _session, limit: ["a letter"][:limit])
    with wiring.context(settings):
        pass
    assert "alert.tag_key_new" in capsys.readouterr().out
