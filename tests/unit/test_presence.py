"""Locks of the kernel tell who is at work: killed processes, threads, workers that race (M45)."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from pipeline import presence
from pipeline.presence import Presence

_WORKER = """
import os, sys, time
from pathlib import Path
from pipeline.presence import Presence
with Presence(Path(sys.argv[1])).working() as owner:
    if sys.argv[2] == "forks":
        ready, told = os.pipe()
        if os.fork():
            os.read(ready, 1)  # until the child runs: an instant before it still holds what the fork gave it
        else:
            os.write(told, b".")
            time.sleep(60)
    print(owner, flush=True)
    time.sleep(60)
"""


@contextmanager
def worker(folder: Path, how: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process at work, and its name; nothing of it is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WORKER, folder, how], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def dead(folder: Path) -> list[str]:
    with Presence(folder).dead() as found:
        return list(found)


def test_e2_m45_a_killed_process_is_dead_at_once_and_a_living_one_is_not(tmp_path: Path) -> None:
    with worker(tmp_path) as (process, owner), worker(tmp_path) as (_, alive):
        assert dead(tmp_path) == []
        process.kill()
        process.wait()
        assert dead(tmp_path) == [owner]
        assert [path.stem for path in tmp_path.iterdir()] == [alive]
        assert dead(tmp_path) == []


def test_e2_m45_a_child_of_the_dead_does_not_keep_it_alive(tmp_path: Path) -> None:
    with worker(tmp_path, "forks") as (process, owner):
        process.kill()
        process.wait()
        assert dead(tmp_path) == [owner]


def test_e2_m45_a_program_that_a_worker_has_started_does_not_keep_it_alive(tmp_path: Path) -> None:
    children: list[subprocess.Popen[bytes]] = []
    try:
        with suppress(KeyboardInterrupt), Presence(tmp_path).working() as owner:
            children.append(subprocess.Popen(["sleep", "60"], close_fds=False))
            assert dead(tmp_path) == []
            raise KeyboardInterrupt
        assert dead(tmp_path) == [owner]
    finally:
        for child in children:
            child.kill()
            child.wait()


def test_e2_who_ends_well_leaves_nothing_and_who_raises_is_taken_for_dead(tmp_path: Path) -> None:
    with Presence(tmp_path).working():
        assert dead(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError), Presence(tmp_path).working() as owner:
        raise RuntimeError
    assert dead(tmp_path) == [owner]


def test_e2_the_dead_are_found_again_when_taking_back_failed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Presence(tmp_path).working() as owner:
        raise RuntimeError
    with pytest.raises(OSError, match="the database"), Presence(tmp_path).dead():
        raise OSError("the database")
    assert dead(tmp_path) == [owner]


def test_e2_m10_of_two_that_take_back_at_once_one_is_given_the_dead(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Presence(tmp_path).working() as owner:
        raise RuntimeError
    with Presence(tmp_path).dead() as first, Presence(tmp_path).dead() as second:
        assert (first, second) == ([owner], [])
    assert dead(tmp_path) == []


def test_e2_m10_workers_that_start_while_others_look_are_never_taken_for_dead(tmp_path: Path) -> None:
    """Each of eight threads works and looks in turn; whoever is working at that moment must not be found."""
    working: set[str] = set()
    wronged: set[str] = set()
    together = threading.Barrier(8)

    def live(_: int) -> None:
        together.wait()
        for _ in range(40):
            with Presence(tmp_path).working() as owner:
                working.add(owner)
                with Presence(tmp_path).dead() as found:
                    wronged.update(working.intersection(found))
                working.discard(owner)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(live, range(8)))
    assert wronged == set()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], None]]]:
    """Acts that happen just before the next locks are asked for, one each."""
    acts: list[Callable[[], None]] = []
    flock = fcntl.flock

    def acted(descriptor: int, how: int) -> None:
        if acts:
            acts.pop(0)()
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", acted)
    yield acts
    assert acts == []


def test_e2_m10_between_making_and_locking_its_file_a_worker_is_not_taken_for_dead(
    tmp_path: Path, meanwhile: list[Callable[[], None]]
) -> None:
    found: list[str] = []
    meanwhile.append(lambda: found.extend(dead(tmp_path)))
    with Presence(tmp_path).working():
        assert found == dead(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_e2_m10_who_ends_well_while_others_look_is_not_taken_for_dead(
    tmp_path: Path, meanwhile: list[Callable[[], None]]
) -> None:
    with ExitStack() as stack:
        stack.enter_context(Presence(tmp_path).working())
        meanwhile.append(stack.close)
        assert dead(tmp_path) == []


def test_e2_a_worker_that_died_as_it_started_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "host:1:abcd.new").write_bytes(b"")
    assert dead(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_e2_workers_of_other_machines_keep_their_leases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere:1:abcd.lock").write_bytes(b"another boot")
    assert dead(tmp_path) == []
    (tmp_path / "renamed:1:abcd.lock").write_bytes(presence._boot_id().encode() or b"?")
    assert dead(tmp_path) == (["renamed:1:abcd"] if presence._boot_id() else [])
    assert (tmp_path / "elsewhere:1:abcd.lock").exists()


def test_e2_where_nothing_can_be_locked_work_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    with Presence(tmp_path / "file").working() as owner:
        assert owner
    assert dead(tmp_path / "file") == []

    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with Presence(tmp_path / "network").working() as owner:
        assert owner
        assert dead(tmp_path / "network") == []
