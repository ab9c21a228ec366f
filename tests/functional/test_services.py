"""``kabinet demo`` and ``kabinet up`` as a stranger runs them: in a process of their own, with everything embedded."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline import wiring
from pipeline.catalogue import MOSCOW
from pipeline.console.acts import ACTS
from pipeline.embedded import acting
from pipeline.embedded.campaign import Calendar
from pipeline.model import Counts
from tests.functional.exposed import CODE, TAG, in_database, open_to_others, plain, seen
from tests.functional.world import SCHEDULE, World, letter, opened, text_of
from tests.systems.programs import free_port

FLOWS = frozenset(act.name for act in ACTS)

ROOT = Path(__file__).resolve().parent.parent.parent
PORTS = (
    "KABINET_EMBEDDED_SMTP_PORT",
    "KABINET_EMBEDDED_IMAP_PORT",
    "KABINET_EMBEDDED_WEB_PORT",
    "KABINET_PREFECT_PORT",
    "KABINET_WEB_PORT",
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


def test_f7_f12_demonstration_ends_on_the_figures_of_the_seed_works_twice_and_shows_nothing_to_others(
    environment: dict[str, str], tmp_path: Path
) -> None:
    outside = {"KABINET_SMTP_HOST": "mail.example.org", "KABINET_IMAP_HOST": "mail.example.org"}  # never used
    for umask in (0o000, 0o022):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "demo"],
            cwd=ROOT,
            env=environment | outside,
            capture_output=True,
            text=True,
            timeout=180,
            umask=umask,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert open_to_others(tmp_path / "state", tmp_path / "outbox") == []
        last = done.stdout.rpartition("Сбор «")[2]
        figures = [int(number) for number in re.findall(r": (\d+)$", last, flags=re.MULTILINE)][:4]
        assert figures == [13, 9, 3, 1]
        assert "13 организаций и 1 координатор" in done.stdout
        demonstrated = tmp_path / "state" / "demo" / "outbox"
        assert str(demonstrated / "sent") in done.stdout
        assert len(list((demonstrated / "sent").rglob("*.eml"))) == 63  # of this run alone
        assert [path for path in (tmp_path / "outbox").rglob("*") if path.is_file()] == []
        assert _left_running(tmp_path / "state") == []

    settings = wiring.load_settings(state=tmp_path / "state" / "demo", outbox=demonstrated)
    world = World(settings, servers=None)  # type: ignore[arg-type]  # only the database is asked
    assert world.counts(SCHEDULE) == Counts(not_started=9, in_progress=3, submitted=1)
    results = {path.suffix: path for path in (tmp_path / "state" / "demo" / "results").iterdir()}
    assert "13" in text_of(letter(results[".eml"].read_bytes()))
    (export,) = (tmp_path / "state" / "demo" / "results").glob("*Экспорт*.xlsx")
    rows = list(opened(export.read_bytes())[acting.COLLECTION_SHEET].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [acting.GOOD] * 4
    assert not list((demonstrated / "ready").rglob("*.eml"))
    letters_of_2021 = [path for path in demonstrated.rglob("*.eml") if "2021" in text_of(letter(path.read_bytes()))]
    assert letters_of_2021 == []
    handed_in = {value for row in rows[1:] for value in row if isinstance(value, datetime) and not value.hour}
    assert {abs(day.date() - now().date()) < timedelta(days=20) for day in handed_in} == {True}
    _assert_prefect_knows_nothing(world, tmp_path / "state" / "demo")


def now() -> datetime:
    """The present instant by Moscow's clock."""
    return datetime.now(MOSCOW)


def _assert_prefect_knows_nothing(world: World, state: Path) -> None:
    """F12: whoever may open Prefect's page reads logins and codes of publications there, and nothing of this."""
    typed = ("Алхимия", "двадцать", Calendar(now().date()).text("32.09.2021"), acting.OPT_OUT)
    key = (state / "tag.key").read_text(encoding="ascii").strip()
    kept = list(in_database(state / "prefect" / "prefect.db"))
    assert seen(kept, [acting.GOOD, SCHEDULE], [])  # what the runs were asked for
    assert seen(kept, [*world.addresses().values(), *typed, key], [TAG, CODE]) == []
    logs = [(path.name, plain(path.read_bytes())) for path in (state / "kabinet.log", state / "prefect" / "server.log")]
    assert seen(logs, [*typed, key], [CODE]) == []


@contextmanager
def _up(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "up"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        umask=0,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_f7_f12_up_serves_every_flow_until_interrupted_and_leaves_nothing_running_or_open(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ports = {name: str(free_port()) for name in PORTS}
    with _up(environment | ports) as process:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{ports['KABINET_PREFECT_PORT']}"
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line and "Остановить" in line:
                break
        assert any("только с этого компьютера и не спрашивает пароля" in line for line in said)
        assert _wait_for_deployments(url, FLOWS) == FLOWS
        _assert_pages_of_others_are_not_answered(url)
        with urllib.request.urlopen(f"http://127.0.0.1:{ports['KABINET_EMBEDDED_WEB_PORT']}/") as page:
            assert page.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    deadline = time.monotonic() + 15
    while _left_running(tmp_path / "state") and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _left_running(tmp_path / "state") == []
    assert open_to_others(tmp_path / "state", tmp_path / "outbox") == []


def _assert_pages_of_others_are_not_answered(url: str) -> None:
    """F12: a page that somebody opens on this machine could otherwise start runs, and programs, through the API."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for origin, answered in ((url, True), ("http://127.0.0.1:1", False), ("https://example.org", False)):
        request = urllib.request.Request(
            f"{url}/api/deployments/filter", headers=asked | {"Origin": origin}, method="OPTIONS"
        )
        try:
            with urllib.request.urlopen(request) as answer:
                allowed = answer.headers["Access-Control-Allow-Origin"]
        except urllib.error.HTTPError as error:
            allowed = error.headers["Access-Control-Allow-Origin"]
            error.close()
        assert allowed == (origin if answered else None)


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
