"""Pictures of what an administrator sees in the browser: ``python -m tests.tools.console_pictures FOLDER``.

The services run on free ports of loopback with a state folder of their own. The shipped campaign, its days moved to
the present, is imported and published by the acts that the guide tells of; four organisations answer; each screen is
``console-<screen>.png``. Needs Debian's ``chromium``. Prefect's UI asks its makers' host at page load: it gets none.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openpyxl import load_workbook

from flows.demonstration import free_ports
from pipeline import wiring
from pipeline.catalogue import MOSCOW
from pipeline.console.acts import BY_KEY, Tag
from pipeline.console.answers import option_words
from pipeline.console.markdown import CAMPAIGN
from pipeline.embedded import acting
from pipeline.embedded.campaign import ROSTER, Calendar, lay_out
from pipeline.embedded.organisations import Servers
from pipeline.settings import PROJECT, Settings
from pipeline.store import participations, roster
from pipeline.web.uploads import keep_roster
from tests.tools.images import squeeze

PUBLICATION = "vpr-spo-2021-schedule"
WHO = "Анна Петрова"
_PATIENCE = 180  # seconds for a start, a run or an exchange
_PORTS = ("EMBEDDED_SMTP_PORT", "EMBEDDED_IMAP_PORT", "EMBEDDED_WEB_PORT", "PREFECT_PORT", "WEB_PORT")
_WRONG_LINES = (
    ("spo240099", "Колледж без адреса", "24", "college-at-example.test", "Организация"),
    ("", "Техникум без логина", "24", "technicum@example.test", "Организация"),
)
_WIDTH = 1280
_COLOURS = 48
_OVER = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


@dataclass(frozen=True)
class Console:
    """What runs: Prefect with its acts, and the page beside it."""

    settings: Settings
    home: Path

    @property
    def prefect(self) -> str:
        """The address of Prefect's server."""
        return f"http://127.0.0.1:{self.settings.prefect_port}"

    @property
    def page(self) -> str:
        """The address of our own page."""
        return f"http://127.0.0.1:{self.settings.web_port}"

    def ask(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Return what Prefect's API answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.prefect}/api{path}", data, {"Content-Type": "application/json"})
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.loads(answer.read())
            except urllib.error.HTTPError as error:
                error.close()
                if error.code != 503 or time.monotonic() > deadline:  # its database is locked: its own clients wait too
                    raise
                time.sleep(1)

    def deployment(self, key: str) -> dict[str, Any] | None:
        """Return the deployment of an act, None as long as nobody serves it."""
        found = self.ask("/deployments/filter", {"deployments": {"name": {"any_": [BY_KEY[key].name]}}})
        return found[0] if found and found[0]["status"] == "READY" else None

    def run(self, key: str, given: Mapping[str, object]) -> dict[str, Any]:
        """Run an act with its form filled in, and return the page that its run has left."""
        deployment = until(lambda: self.deployment(key))
        run = self.ask(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": dict(given)})

        def over() -> Any:
            found = self.ask(f"/flow_runs/{run['id']}")
            return found if found["state_type"] in _OVER else None

        ended = until(over)
        if ended["state_type"] != "COMPLETED":
            raise RuntimeError(f"{key}: {ended['state']['message']}")
        pages = {"flow_run_id": {"any_": [run["id"]]}, "key": {"any_": ["result"]}}
        (left, *_) = self.ask("/artifacts/filter", {"artifacts": pages})
        return dict(left)


def until(ready: Callable[[], Any]) -> Any:
    """Return what ``ready`` returns once it is true."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            if found := ready():
                return found
        except OSError:
            pass  # not up yet
        if time.monotonic() > deadline:
            raise TimeoutError(ready.__qualname__)
        time.sleep(0.5)


def main(arguments: Sequence[str]) -> int:
    """Write the pictures into the folder named. Returns the exit code."""
    browser = shutil.which("chromium")
    if browser is None or len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.tools.console_pictures FOLDER; needs chromium\n")
        return 2
    folder = Path(arguments[0]).resolve()
    folder.mkdir(parents=True, exist_ok=True)

    def take(name: str, address: str, height: int) -> None:
        path = folder / f"console-{name}.png"
        picture(browser, address, path, height)
        sys.stdout.write(f"{path}\n")

    with tempfile.TemporaryDirectory(prefix="kabinet-console-") as place, running(Path(place)) as console:
        play(console, take)
    return 0


def play(console: Console, take: Callable[[str, str, int], None]) -> None:
    """The campaign as the guide tells it, each screen taken where the guide comes to it."""
    name = keep_roster(console.settings, ROSTER, _with_wrong_lines(console.home), datetime.now(UTC))
    until(lambda: console.deployment("end"))  # the last of those that are shown
    take("home", console.page, 1060)
    take("roster", f"{console.page}/roster/{quote(name, safe='')}", 1500)
    tag = quote(json.dumps([Tag.EVERYDAY.value], ensure_ascii=False))
    take("acts", f"{console.prefect}/v2/deployments?tags={tag}", 860)
    console.run("roster", {"action": option_words(BY_KEY["roster"], "import"), "path": ROSTER, "who": WHO})
    publishing = until(lambda: console.deployment("publish"))
    choices = publishing["parameter_openapi_schema"]["properties"]["publication"]["enum"]
    chosen = next(choice for choice in choices if choice.endswith(PUBLICATION))
    take("form", f"{console.prefect}/v2/deployments/deployment/{publishing['id']}/run", 1250)
    given = {"action": option_words(BY_KEY["publish"], "publish"), "publication": chosen, "who": WHO}
    take("run", f"{console.prefect}/v2/artifacts/artifact/{console.run('publish', given)['id']}", 1300)
    _answer(console)
    (standing,) = console.ask("/artifacts/filter", {"artifacts": {"key": {"any_": [CAMPAIGN]}}})
    take("standing", f"{console.prefect}/v2/artifacts/artifact/{standing['id']}", 1500)


def picture(browser: str, address: str, path: Path, height: int) -> None:
    """Take a page as a person in Moscow sees it, when it has settled."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--lang=ru",
            f"--user-data-dir={profile}",
            f"--window-size={_WIDTH},{height}",
            "--virtual-time-budget=15000",
            "--timeout=30000",
            f"--screenshot={path}",
            address,
        ]
        environment = os.environ | {"TZ": MOSCOW.key, "LANGUAGE": "ru"}
        subprocess.run(command, capture_output=True, timeout=120, check=True, env=environment)
    squeeze(path, _COLOURS)


@contextmanager
def running(place: Path) -> Iterator[Console]:
    """Run the services in ``place`` as ``make up`` does; only what is embedded, whatever is configured."""
    before = dict(os.environ)
    home = place / "home"
    lay_out(PROJECT, home, Calendar(datetime.now(MOSCOW).date()))
    for name in list(os.environ):
        if name.startswith(("KABINET_", "PREFECT_")):
            del os.environ[name]
    ours = {"HOME": home, "STATE": place / "state", "OUTBOX": place / "outbox", "WAKING_HOURS": "0-24"}
    ours |= {"INTERVALS": "exchange:10"} | dict(zip(_PORTS, map(str, free_ports(len(_PORTS))), strict=True))
    os.environ |= {f"KABINET_{name}": str(value) for name, value in ours.items()}
    log = place / "up.log"
    try:
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", "up"],
                cwd=PROJECT,
                env=os.environ | {"PYTHONPATH": str(PROJECT)},
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield Console(wiring.load_settings(), home)
            except BaseException:
                sys.stderr.write(log.read_text(encoding="utf-8", errors="replace"))
                raise
            finally:
                _end(process)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C; what does not end by it is killed with all that it began."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answer(console: Console) -> None:
    """Four organisations answer; wait until the schedule has taken them in and the page shows it."""
    with wiring.context(console.settings) as context, context.store.reading() as session:
        addresses = {login.code: login.addresses[0] for login in roster.logins(session) if login.addresses}
    servers = Servers(console.settings.smtp(), console.settings.imap())
    acting.first_answers(servers, addresses, Calendar(datetime.now(MOSCOW).date()))

    def came_in() -> bool:
        with wiring.context(console.settings) as context, context.store.reading() as session:
            counts = participations.counts(session, PUBLICATION).values()
            return sum(each.submitted for each in counts) == 1 and sum(each.in_progress for each in counts) >= 2

    until(came_in)
    seen = datetime.now(UTC) + timedelta(seconds=1)

    def shown() -> bool:
        found = console.ask("/artifacts/filter", {"artifacts": {"key": {"any_": [CAMPAIGN]}}})
        return any(datetime.fromisoformat(page["updated"]) > seen for page in found)

    until(shown)


def _with_wrong_lines(home: Path) -> bytes:
    """The shipped list with two lines that a person has to mend."""
    book = load_workbook(home / "publications" / ROSTER)
    sheet = book.active
    assert sheet is not None
    for line in _WRONG_LINES:
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
