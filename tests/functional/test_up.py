"""``make up`` as a user starts it: it is asked for nothing, and the exchange goes on by itself (E1, E2; M44, M45).

One machine, one start, one story, for each start of Prefect costs half a minute of this machine: schedules fire,
a message is answered; everything is killed in the middle of a run and goes on after the restart; a schedule that does
not live is reported; Ctrl-C ends all of it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.console.acts import BY_KEY, BY_SCHEDULE
from pipeline.embedded import acting, clients
from pipeline.embedded.organisations import Correspondent, filled, type_rows
from pipeline.model.problems import Problem
from pipeline.model.schedules import SCHEDULES, Every, shortened
from pipeline.steps.condition.problems import problems
from tests.factories.foreign import number, xls
from tests.factories.limits import limited
from tests.functional.exposed import CODE, TAG, in_database, open_to_others, plain, seen
from tests.functional.world import World, make_world
from tests.systems.dovecot import PASSWORD
from tests.systems.postfix import Postfix
from tests.systems.programs import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
INTERVALS = {"exchange": 8, "close": 15, "fill": 15}
SILENT_AFTER = 20
SECRETS = {"PREFECT_PASSWORD": "guarded-2718", "ALERT_WEBHOOK": "http://127.0.0.1:9/hook-3141"}
GUARD = b64encode(f"kabinet:{SECRETS['PREFECT_PASSWORD']}".encode()).decode()
PUPIL = "Незабудкина Фёкла"
SCHOOL, NEW = "Школа на горе", "directress.hill@school.test"
SHOWN = tuple(
    f"/{kind}/filter"
    for kind in ("flow_runs", "task_runs", "logs", "artifacts", "deployments", "block_documents", "variables", "events")
)
PATIENCE = 240  # seconds for what takes some: this machine may be busy, and nothing here is timed
ANSWERING = ("spo240065", "spo240066", "spo240067", "spo240068")

pytestmark = [pytest.mark.long, pytest.mark.system("dovecot"), pytest.mark.system("postfix"), pytest.mark.timeout(900)]


@dataclass
class Up:
    """A running ``make up``: what it printed, and Prefect's API."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)
    _queue: queue.Queue[str] = field(default_factory=queue.Queue)

    def read(self) -> None:
        """Keep what it prints, until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def said(self, words: str) -> bool:
        """Whether a line with ``words`` was printed."""
        return any(words in line for line in list(self.lines))

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """Return what Prefect's API answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Basic {GUARD}"},
            method=method,
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    content = answer.read()
            except urllib.error.HTTPError as error:
                error.close()
                if error.code != 503 or time.monotonic() > deadline:  # its database is locked: its own clients wait too
                    raise
                time.sleep(1)
            else:
                return json.loads(content) if content else None

    def finished(self, key: str, **filled_in: str) -> dict[str, Any]:
        """Run an act with its form ``filled_in``, and return the run when it is over."""
        asked = {"parameters": filled_in, "state": {"type": "SCHEDULED"}}
        run = self.ask(f"/deployments/{self.deployments()[BY_KEY[key].name]['id']}/create_flow_run", asked)
        over = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

        def ended() -> Any:
            found = self.ask(f"/flow_runs/{run['id']}", method="GET")
            return found if found["state_type"] in over else None

        found: dict[str, Any] = _until(f"the end of {key}", ended, self)
        return found

    def shown(self, path: str) -> str:
        """What the API shows under ``path``, as text."""
        return json.dumps(self.ask(path, {}), ensure_ascii=False)

    def deployments(self) -> dict[str, dict[str, Any]]:
        """Deployments by name."""
        return {found["name"]: found for found in self.ask("/deployments/filter", {})}

    def scheduled(self, name: str, since: str = "2000-01-01T00:00:00Z") -> list[dict[str, Any]]:
        """Runs that the schedule ``name`` made and that began after ``since``, in this order."""
        wanted = {
            "deployments": {"name": {"any_": [BY_SCHEDULE[name].name]}},
            "flow_runs": {"start_time": {"after_": since}},
            "sort": "START_TIME_ASC",
            "limit": 200,
        }
        return [run for run in self.ask("/flow_runs/filter", wanted) if run["auto_scheduled"] and run["start_time"]]

    def completed(self, name: str, since: str = "2000-01-01T00:00:00Z") -> list[dict[str, Any]]:
        """Those that ended well and had something to do."""
        return [run for run in self.scheduled(name, since) if run["state_name"] == "Completed"]


@dataclass(frozen=True)
class Place:
    """Where ``make up`` runs: the world whose mail it handles, and the environment that says so."""

    world: World
    environment: dict[str, str]
    port: int

    @property
    def state(self) -> Path:
        """The folder of its state."""
        return self.world.settings.state

    @contextmanager
    def up(self) -> Iterator[Up]:
        """Start it as the README says; whatever is left of it afterwards is killed."""
        process = subprocess.Popen(
            ["make", "--no-print-directory", "up"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            umask=0,
        )
        found = Up(process, self.port)
        reader = threading.Thread(target=found.read, daemon=True)
        reader.start()
        try:
            yield found
        finally:
            self.kill()
            process.wait()
            reader.join(10)
            if process.stdout is not None:
                process.stdout.close()

    def processes(self) -> list[int]:
        """Every process that knows the state folder, by argument or by environment."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                known = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.state).encode() in known and int(process.name) != os.getpid():
                found.append(int(process.name))
        return found

    def kill(self) -> None:
        """SIGKILL for all of it at once, as when the power goes."""
        while found := self.processes():
            for number_ in found:
                try:
                    os.kill(number_, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.1)

    def server(self) -> int:
        """The process of Prefect's server itself."""
        (found,) = [
            number_
            for number_ in self.processes()
            if b"uvicorn" in (words := Path(f"/proc/{number_}/cmdline").read_bytes()) or b"prefect\0server" in words
        ][-1:]
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds, asked from outside."""
        with closing(sqlite3.connect(f"file:{self.state / 'kabinet.db'}?mode=ro", uri=True, timeout=30)) as found:
            return list(found.execute(query))

    def silent(self) -> Problem | None:
        """The problem that the exchange does not run by itself."""
        with wiring.context(self.world.settings, look_only=True) as context:
            limits = limited(context.limits, alerting={"silent_after": timedelta(seconds=SILENT_AFTER)})
            watched = replace(context, limits=limits, schedules=shortened(INTERVALS))
            found = problems(watched, datetime.now(UTC))
        return next((problem for problem in found if problem.code == "silent.exchange"), None)

    def health(self) -> tuple[int, dict[str, Any]]:
        """What ``kabinet health`` says to a monitor: exit code and its one object."""
        done = self.command("health", "--json")
        return done.returncode, json.loads(done.stdout)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command line beside it."""
        return subprocess.run(
            [str(ROOT / ".venv" / "bin" / "kabinet"), *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def place(tmp_path: Path, postfix: Postfix) -> Place:
    """A published collection whose letters nobody has sent yet."""
    exchange = "exchange.up@kabinet.test"
    world = make_world(tmp_path, postfix.settings(), postfix.dovecot.settings(exchange))
    world.begin()
    smtp, imap, port = world.servers.smtp, world.servers.imap, free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KABINET_", "PREFECT_"))}
    ours = {
        "STATE": world.settings.state,
        "OUTBOX": world.settings.outbox,
        "ADDRESS": exchange,
        "SMTP_HOST": smtp.host,
        "SMTP_PORT": smtp.port,
        "SMTP_TLS": "none",
        "IMAP_HOST": imap.host,
        "IMAP_PORT": imap.port,
        "IMAP_USER": imap.user,
        "IMAP_PASSWORD": imap.password,
        "IMAP_TLS": "none",
        "PREFECT_PORT": port,
        "INTERVALS": ",".join(f"{name}:{seconds}" for name, seconds in INTERVALS.items()),
        "SILENT_AFTER": SILENT_AFTER,
    }
    return Place(world, kept | {f"KABINET_{name}": str(value) for name, value in (ours | SECRETS).items()}, port)


def _until(what: str, ready: Callable[[], Any], up: Up) -> Any:
    """Return what ``ready`` returns once it is true."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if found := ready():
                return found
        except (OSError, sqlite3.OperationalError, json.JSONDecodeError):
            pass  # not up yet, or just going down
        assert time.monotonic() < deadline, f"never: {what}\n" + "\n".join(up.lines[-60:])
        time.sleep(0.1)


def test_e1_e2_f7_f12_m44_m45_it_runs_by_itself_survives_a_kill_says_when_it_does_not_live_and_keeps_secrets(
    place: Place, postfix: Postfix
) -> None:
    with place.up() as up:
        _schedules_fire(place, up, postfix)
        claimed = _killed_in_mid_run(place, up)
    with place.up() as up:
        _goes_on(place, up, claimed)
        _says_that_a_schedule_does_not_live(place, up)
        _starts_a_server_that_ended(place, up)
        _tells_prefect_nothing_about_people(place, up, postfix)
        _ends_at_ctrl_c(place, up)


def _schedules_fire(place: Place, up: Up, postfix: Postfix) -> None:
    """Asked for nothing: scheduled runs end well, letters go out, and a letter that comes in is answered."""
    _until("a scheduled run of each", lambda: all(up.completed(name) for name in INTERVALS), up)
    found = up.deployments()
    assert {name for name, one in found.items() if one["schedules"]} == {act.name for act in BY_SCHEDULE.values()}
    assert set(BY_SCHEDULE) == set(SCHEDULES)
    assert {name for name, schedule in SCHEDULES.items() if isinstance(schedule, Every)} == set(INTERVALS)
    addresses = place.world.addresses()
    dovecot = postfix.dovecot
    _until("letters by themselves", lambda: all(dovecot.messages(address) for address in addresses.values()), up)
    asking = Correspondent(place.world.servers, addresses[ANSWERING[0]], clients.thunderbird)
    before = len(dovecot.messages(asking.address))
    asking.answer(asking.letters()[-1], "", subject="ПОМОЩЬ")
    _until("an answer by itself", lambda: len(dovecot.messages(asking.address)) > before, up)
    assert any("Обмен прошёл сам" in line for line in up.lines)


def _killed_in_mid_run(place: Place, up: Up) -> set[int]:
    """Kill everything while a scheduled run holds messages; return their numbers. Old workbooks take their time."""
    addresses = place.world.addresses()
    for code in ANSWERING:
        person = Correspondent(place.world.servers, addresses[code], clients.thunderbird)
        person.answer(person.letters()[-1], "Форма", (f"{code}.xls", xls(*(number(row, 0, row) for row in range(20)))))
    held = "select id from receipts where state = 'unread' and owner is not null"
    claimed = {found for (found,) in _until("messages in hand", lambda: place.rows(held), up)}
    place.kill()
    assert {found for (found,) in place.rows(held)} == claimed
    return claimed


def _goes_on(place: Place, up: Up, claimed: set[int]) -> None:
    """The very messages that the killed run held are answered by one of the first three scheduled runs."""
    _until("Prefect", lambda: up.ask("/health", method="GET"), up)
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    ids = ", ".join(map(str, claimed))
    sent_for = f"from letters where state = 'sent' and receipt_id in ({ids})"
    answered = f"select receipt_id, max(sent_at) {sent_for} group by receipt_id"
    sent = _until(
        "answers to what was in hand", lambda: len(found := place.rows(answered)) == len(claimed) and found, up
    )
    last = max(at for _, at in sent).replace(" ", "T")
    began = [run["start_time"] for run in up.scheduled("exchange", since) if run["start_time"] <= last]
    assert len(began) <= 3
    assert not place.rows(f"select id from receipts where id in ({ids}) and state != 'done'")
    assert up.said(text("demo.up_recovered", crashed=1).partition("1")[0])


def _says_that_a_schedule_does_not_live(place: Place, up: Up) -> None:
    """A paused schedule, then a server that hangs: ``health``, ``doctor`` and ``make up`` say so."""
    exchange = up.deployments()[BY_SCHEDULE["exchange"].name]["id"]
    up.ask(f"/deployments/{exchange}/pause_deployment")
    problem = _until("an alarm", place.silent, up)
    code, said = place.health()
    assert (code, said["healthy"]) == (1, False)
    assert "silent.exchange" in {found["code"] for found in said["problems"]}
    _until("a word of make up", lambda: up.said(problem.text), up)
    doctor = place.command("doctor", "--no-letter")
    assert doctor.returncode == 1
    up.ask(f"/deployments/{exchange}/resume_deployment")
    _until("good health", lambda: place.silent() is None, up)

    server = place.server()
    os.kill(server, signal.SIGSTOP)
    try:
        _until("an alarm about a server that hangs", place.silent, up)
    finally:
        os.kill(server, signal.SIGCONT)
    _until("good health again", lambda: place.silent() is None, up)
    _until("a good word of health", lambda: place.health()[0] == 0, up)


def _starts_a_server_that_ended(place: Place, up: Up) -> None:
    os.kill(place.server(), signal.SIGKILL)
    _until(
        "the word that it ended", lambda: up.said(text("prefect.ended", log=place.state / "prefect" / "server.log")), up
    )
    _until("the word that it is back", lambda: up.said(text("prefect.again")), up)
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    _until("a scheduled run after that", lambda: up.completed("exchange", since), up)


def _tells_prefect_nothing_about_people(place: Place, up: Up, postfix: Postfix) -> None:
    """F12: its page asks for the password, and what its runs leave there names no address, value, tag, code or secret.

    A run fails over a return with a pupil's name, judged later; a rehearsal of the roster reports on addresses.
    """
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{place.port}/api/flow_runs/count")
    refused.value.close()
    addresses = place.world.addresses()
    person = Correspondent(place.world.servers, addresses[ANSWERING[0]], clients.thunderbird)
    ours = place.world.settings.address.partition("@")[0]  # other worlds write to the same people
    letter = next(item for item in person.letters() if item.workbooks and item.reply_to.startswith(ours))
    before = len(postfix.dovecot.messages(person.address))
    with closing(sqlite3.connect(place.state / "kabinet.db", timeout=60)) as database:
        database.execute("CREATE TRIGGER fault BEFORE INSERT ON receipts BEGIN SELECT RAISE(ABORT, 'fault'); END")
        with filled(letter.workbooks[0][1]) as (book, save):
            type_rows(book[acting.COLLECTION_SHEET], [(PUPIL, PUPIL)])
            person.answer(letter, "", ("form.xlsx", save()))
        wanted = {
            "flow_runs": {"state": {"type": {"any_": ["FAILED"]}}},
            "deployments": {"name": {"any_": [BY_SCHEDULE["exchange"].name]}},
        }
        failed = _until("a run that failed", lambda: _said(up.ask("/flow_runs/filter", wanted), "IntegrityError"), up)
        database.execute("DROP TRIGGER fault")
    assert all("kabinet.log" in message for message in failed)
    listed = place.state.parent / "roster.csv"
    listed.write_text(f"Логин;Пользователь;Регион;Адреса;Роль\nspo240099;{SCHOOL};24;{NEW};организация\n", "utf-8")
    assert up.finished("roster", action="rehearse", path=str(listed), who="Анна")["state_type"] == "COMPLETED"
    _until("the answer to a pupil's name", lambda: len(postfix.dovecot.messages(person.address)) > before, up)

    kept = [*in_database(place.state / "prefect" / "prefect.db"), *((path, up.shown(path)) for path in SHOWN)]
    assert {path for path, _ in seen(kept, [str(listed), SCHOOL], [])} >= {"flow_run.parameters", "artifact.data"}
    key = (place.state / "tag.key").read_text(encoding="ascii").strip()
    words = [*addresses.values(), NEW, PUPIL, key, *SECRETS.values(), PASSWORD, GUARD]
    assert seen(kept, words, [TAG, CODE]) == []
    printed = [
        (path.name, plain(path.read_bytes()))
        for path in (place.state / "kabinet.log", place.state / "prefect" / "server.log")
    ]
    printed.append(("terminal", "\n".join(up.lines)))
    assert seen(printed, [PUPIL, key, *SECRETS.values(), GUARD], [CODE]) == []
    assert "IntegrityError" in dict(printed)["kabinet.log"]


def _said(runs: list[dict[str, Any]], word: str) -> list[str]:
    messages = (run["state"]["message"] or "" for run in runs)
    return [message for message in messages if word in message]


def _ends_at_ctrl_c(place: Place, up: Up) -> None:
    os.killpg(up.process.pid, signal.SIGINT)
    up.process.wait(60)
    deadline = time.monotonic() + 30
    while place.processes() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert place.processes() == []
    assert open_to_others(place.state, place.world.settings.outbox) == []
