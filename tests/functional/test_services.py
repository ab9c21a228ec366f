"""``kabinet demo`` and ``kabinet up`` as a stranger runs them: in a process of their own, with everything embedded."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline import wiring
from pipeline.embedded import acting
from pipeline.model import Counts
from tests.functional.world import SCHEDULE, World, letter, opened, text_of
from tests.systems.programs import free_port

FLOWS = frozenset(
    {
        "check",
        "close",
        "collect",
        "deliver",
        "digest",
        "exchange",
        "export",
        "extend",
        "fill",
        "pause",
        "publish",
        "remind",
        "resume",
        "roster",
        "watch",
        "withdraw",
    }
)

ROOT = Path(__file__).resolve().parent.parent.parent
PORTS = (
    "KABINET_EMBEDDED_SMTP_PORT",
    "KABINET_EMBEDDED_IMAP_PORT",
    "KABINET_EMBEDDED_WEB_PORT",
    "KABINET_PREFECT_PORT",
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KABINET_", "PREFECT_"))}
    return kept | {"KABINET_STATE": str(tmp_path / "state"), "KABINET_OUTBOX": str(tmp_path / "outbox")}


def _left_running(folder: Path) -> list[str]:
    """Command lines of processes that still know ``folder``: by argument or by environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in known and int(process.name) != os.getpid():
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_demonstration_ends_on_the_figures_of_the_seed_and_works_twice(
    environment: dict[str, str], tmp_path: Path
) -> None:
    outside = {"KABINET_SMTP_HOST": "mail.example.org", "KABINET_IMAP_HOST": "mail.example.org"}  # never used
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "demo"],
            cwd=ROOT,
            env=environment | outside,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        last = done.stdout.rpartition("Сбор «")[2]
        figures = [int(number) for number in re.findall(r": (\d+)$", last, flags=re.MULTILINE)][:4]
        assert figures == [13, 9, 3, 1]
        assert _left_running(tmp_path / "state") == []

    settings = wiring.load_settings(state=tmp_path / "state" / "demo", outbox=tmp_path / "outbox")
    world = World(settings, servers=None)  # type: ignore[arg-type]  # only the database is asked
    assert world.counts(SCHEDULE) == Counts(not_started=9, in_progress=3, submitted=1)
    results = {path.suffix: path for path in (tmp_path / "state" / "demo" / "results").iterdir()}
    assert "13" in text_of(letter(results[".eml"].read_bytes()))
    (export,) = (tmp_path / "state" / "demo" / "results").glob("*Экспорт*.xlsx")
    rows = list(opened(export.read_bytes())[acting.COLLECTION_SHEET].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [acting.GOOD] * 4
    assert len(list((tmp_path / "outbox" / "sent").rglob("*.eml"))) == 2 * 63
    assert not list((tmp_path / "outbox" / "ready").rglob("*.eml"))


@contextmanager
def _up(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "up"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_up_serves_every_flow_until_interrupted_and_leaves_nothing_running(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ports = {name: str(free_port()) for name in PORTS}
    with _up(environment | ports) as process:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{ports['KABINET_PREFECT_PORT']}"
        for line in process.stdout:
            if "Ctrl-C" in line and "Остановить" in line:
                break
        assert _wait_for_deployments(url, FLOWS) == FLOWS
        with urllib.request.urlopen(f"http://127.0.0.1:{ports['KABINET_EMBEDDED_WEB_PORT']}/") as page:
            assert page.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    deadline = time.monotonic() + 15
    while _left_running(tmp_path / "state") and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _left_running(tmp_path / "state") == []


def _wait_for_deployments(url: str, expected: frozenset[str]) -> set[str]:
    request = urllib.request.Request(
        f"{url}/api/deployments/filter", data=b"{}", headers={"Content-Type": "application/json"}
    )
    names: set[str] = set()
    deadline = time.monotonic() + 90
    while len(names) < len(expected) and time.monotonic() < deadline:
        with urllib.request.urlopen(request) as answer:
            names = {item["name"] for item in json.load(answer)}
        time.sleep(0.5)
    return names
