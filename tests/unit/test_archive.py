"""The archive: what was confirmed is there, whole, and under the hash of its bytes."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline import archive as archive_module
from pipeline.archive import Archive
from pipeline.errors import ConfigurationError, Incident


@pytest.fixture(params=["syncfs", "fsync"])
def archive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Both ways to the disk: Linux's and everybody's."""
    if request.param == "fsync":
        monkeypatch.setattr(archive_module, "_syncfs", None)
    return Archive(tmp_path / "received")


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_bytes_come_back_as_they_were(archive: Archive) -> None:
    data = b"Subject: \xcf\xf0\xe8\xe2\xe5\xf2\r\n\r\n\x00\xff"
    sha256 = archive.put(data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert archive.get(sha256) == data


def test_a_batch_keeps_its_order_and_equal_messages_are_one_file(archive: Archive, tmp_path: Path) -> None:
    batch = [b"one", b"two", b"one", b""]
    hashes = archive.put_many(batch)
    assert [archive.get(sha256) for sha256 in hashes] == batch
    assert len(files(tmp_path)) == 3
    assert archive.put_many([]) == []


def test_m07_putting_again_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    sha256 = archive.put(b"once")
    (path,) = files(tmp_path)
    before = path.stat().st_mtime_ns
    assert archive.put(b"once") == sha256
    assert path.stat().st_mtime_ns == before


def test_files_are_spread_over_folders_and_closed_to_others(archive: Archive, tmp_path: Path) -> None:
    sha256 = archive.put(b"personal data")
    (path,) = files(tmp_path)
    assert path.relative_to(tmp_path / "received") == Path(sha256[:2], sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"once more", b"onc3"])
def test_damaged_bytes_are_an_incident_and_the_same_message_mends_them(
    archive: Archive, tmp_path: Path, damage: bytes
) -> None:
    sha256 = archive.put(b"once")
    (path,) = files(tmp_path)
    path.write_bytes(damage)  # what a crash before the sync, or a failing disk, leaves behind
    with pytest.raises(Incident) as caught:
        archive.get(sha256)
    assert caught.value.what == "archive.damaged"
    archive.put(b"once")
    assert archive.get(sha256) == b"once"


def test_missing_bytes_and_names_that_are_no_hash_are_incidents(archive: Archive) -> None:
    with pytest.raises(Incident) as missing:
        archive.get("0" * 64)
    assert missing.value.what == "archive.missing"
    with pytest.raises(Incident) as bad:
        archive.get("../../etc/passwd")
    assert bad.value.what == "archive.bad_name"


def test_m07_a_batch_is_forced_to_the_disk_once_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[int] = []
    monkeypatch.setattr(archive_module, "_syncfs", lambda _descriptor: forced.append(len(files(tmp_path))))
    archive = Archive(tmp_path)
    archive.put_many([bytes([number]) for number in range(50)])
    assert forced == [50]  # once, when every file had its final name
    assert not [path for path in files(tmp_path) if path.suffix == ".tmp"]


def test_without_syncfs_every_file_and_its_folders_are_forced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[str] = []

    def fsync(descriptor: int) -> None:
        forced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(archive_module, "_syncfs", None)
    monkeypatch.setattr(os, "fsync", fsync)
    root = tmp_path / "received"
    sha256 = Archive(root).put(b"x")
    assert forced[0] == sha256
    assert set(forced[1:]) == {sha256[:2], "received"}


def test_a_failed_write_says_so_and_the_next_one_mends_it(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, mode: str) -> NoReturn:
        os.write(descriptor, b"half")
        os.close(descriptor)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdopen", full)
        with pytest.raises(ConfigurationError, match="No space left"):
            archive.put(b"half and half")
    assert archive.get(archive.put(b"half and half")) == b"half and half"
    assert len(files(tmp_path)) == 1


def test_a_failed_replacement_leaves_nothing_behind(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    archive.put(b"x")
    (found,) = files(tmp_path)
    found.write_bytes(b"spoilt")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        archive.put(b"x")
    assert files(tmp_path) == [found]


def test_two_writers_of_the_same_bytes_do_not_disturb_each_other(archive: Archive) -> None:
    batch = [f"message {number}".encode() for number in range(100)]
    faults: list[BaseException] = []

    def write() -> None:
        try:
            archive.put_many(batch)
        except BaseException as error:
            faults.append(error)
            raise

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [archive.get(hashlib.sha256(data).hexdigest()) for data in batch] == batch
