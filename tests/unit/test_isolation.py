"""The child with limits: whatever a reader does, we live, hear why, and read the next file."""

from __future__ import annotations

import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline.isolation import TASKS, Isolated, Limits, Refused
from tests.factories import isolated_tasks
from tests.factories.isolated_tasks import UNHURRIED, children_seconds

_MOST_PROCESSOR = 4.0  # seconds: the limit of two, its last grace, and starting twice
_ENVIRONMENT = "KABINET_SMTP_PASSWORD"


@pytest.fixture
def isolated() -> Isolated:
    """Without the wall, which has its own tests: a busy machine stops nobody here."""
    return Isolated(Limits(wall=UNHURRIED, patience=0), isolated_tasks.TASKS)


def test_every_task_of_the_registry_is_there() -> None:
    assert set(TASKS) == {"xls", "ods", "tnef", "header"}
    assert all(callable(pkgutil.resolve_name(target)) for target in TASKS.values())


def test_bytes_go_in_and_plain_values_come_out(isolated: Isolated) -> None:
    data = os.urandom(9_000_000)  # many times what a pipe holds, in both directions
    assert isolated.run("echo", data) == ["имя", data]


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("loop", "out_of_time"),
        ("bomb", "out_of_memory"),
        ("abort", "reader_crashed"),
        ("segfault", "reader_crashed"),
        ("leave", "reader_crashed"),
        ("panic", "damaged"),
        ("strange", "damaged"),
        ("chatter", "too_large"),
    ],
)
def test_w28_a_reader_that_runs_away_is_stopped_and_the_next_file_is_read(
    isolated: Isolated, task: str, reason: str
) -> None:
    """W28: by its memory, its answer or its processor time; how long others kept it waiting is no matter."""
    before = children_seconds()
    assert isolated.run(task, b"x" * 100) == Refused(reason)
    assert isolated.run("length", b"x" * 100) == 100
    assert children_seconds() - before < _MOST_PROCESSOR


def test_a_reader_writes_nothing_to_the_disk(isolated: Isolated, tmp_path: Path) -> None:
    file = tmp_path / "written"
    assert isolated.run("write", str(file).encode()) == Refused("damaged")
    assert not file.exists() or file.stat().st_size == 0


def test_a_reader_that_waits_is_stopped_at_the_wall(isolated: Isolated) -> None:
    """Had it been waited for, it would have answered."""
    limits = Limits(wall=0.6, patience=0)
    assert Isolated(limits, isolated_tasks.TASKS).run("sleep", b"") == Refused("out_of_time")


def test_a_file_is_not_blamed_for_a_machine_too_busy_to_read_it() -> None:
    """Time passed and the child had none of it: a second wait gives the answer."""
    assert Isolated(Limits(wall=0.5, patience=UNHURRIED), isolated_tasks.TASKS).run("nap", b"") == "выспался"


def test_the_processor_limit_holds_however_long_the_wait() -> None:
    limits, before = Limits(processor=1, wall=UNHURRIED, patience=0), children_seconds()
    assert Isolated(limits, isolated_tasks.TASKS).run("loop", b"") == Refused("out_of_time")
    assert children_seconds() - before < _MOST_PROCESSOR - 1


def test_a_reader_that_does_not_listen_still_answers(isolated: Isolated) -> None:
    assert isolated.run("deaf", b"x") == "не слушал"


def test_nothing_of_ours_reaches_the_child(isolated: Isolated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_ENVIRONMENT, "secret")
    with Path(__file__).open() as open_file:
        os.set_inheritable(open_file.fileno(), True)  # noqa: FBT003 - it takes no keyword
        seen = isolated.run("surroundings", b"")
    assert isinstance(seen, dict)
    assert _ENVIRONMENT not in seen["environment"]
    assert seen["folder"] == "/"
    assert len(seen["files"]) == 4  # the three of any program, and the folder that is being listed


def test_no_child_and_no_pipe_is_left(isolated: Isolated) -> None:
    before = _open_files(), _children()
    for task in ("length", "abort", "panic"):
        isolated.run(task, b"x")
    assert (_open_files(), _children()) == before


def test_threads_read_side_by_side(isolated: Isolated) -> None:
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda size=size: results.append(isolated.run("length", b"x" * size)))
        for size in (1, 2, 3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["1", "2", "3"]


def test_a_child_whose_parent_was_killed_ends_by_itself(soak: bool) -> None:
    """Processor time and an alarm bound it: nothing is left running for ever."""
    script = """
from pipeline.isolation import Isolated, Limits
from tests.factories import isolated_tasks
Isolated(Limits(wall=1, patience=1), isolated_tasks.TASKS).run("sleep", b"")
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    child = _child_of(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}/cmdline").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(child)


def _open_files() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


def _children() -> list[str]:
    """Children of this process, ended and not waited for included; fixtures of other tests may have some running."""
    found = [path.read_text(encoding="ascii").split() for path in Path("/proc/self/task").glob("*/children")]
    return sorted(pid for pids in found for pid in pids)


def _child_of(pid: int) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        written = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if written:
            return int(written[0])
        time.sleep(0.02)
    raise AssertionError("no child was started")


def _runs(pid: int) -> bool:
    """Whether the process still does something: one that nobody has waited for yet is gone all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
