"""How long a start of Prefect's server is waited for, and what is said meanwhile (E5). No Prefect is started here."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from flows import server
from flows.server import PrefectServer
from flows.supervising import Supervisor
from pipeline.embedded import lifeline
from pipeline.errors import UnreachableError
from tests.functional.world import until
from tests.systems.programs import free_port

HEALTHY = """
import http.server, sys, time
time.sleep(float(sys.argv[2]))
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Scripts to be started in the place of the server, each with its argument; what is started is taken from it."""
    scripts: list[tuple[str, str]] = []

    def start(_module: str, _arguments: Any, environment: Any, _output: Any) -> subprocess.Popen[bytes]:
        script, seconds = scripts.pop(0)
        port = environment["PREFECT_SERVER_API_PORT"]
        return subprocess.Popen(
            [sys.executable, "-c", script, port, seconds], stdin=subprocess.PIPE, start_new_session=True
        )

    monkeypatch.setattr(lifeline, "start", start)
    monkeypatch.setattr(server, "_SAY_SECONDS", 0.3)
    for name in list(server.environment(Path(), 0)):
        monkeypatch.setenv(name, "")  # set by the start, and taken back with the test
    return scripts


def test_e5_a_slow_start_is_waited_for_and_says_so(tmp_path: Path, starts: list[tuple[str, str]]) -> None:
    """A busy machine needs more than two minutes: it said one line, then it failed."""
    said: list[str] = []
    starts.append((HEALTHY, "2"))
    with PrefectServer(tmp_path, free_port(), said.append) as prefect:
        assert prefect.healthy()
    assert len(said) >= 2
    assert all("Prefect ещё запускается" in line and str(tmp_path / "server.log") in line for line in said)
    assert server._START_SECONDS >= 900


def test_e5_a_server_that_ends_is_no_reason_to_wait(tmp_path: Path, starts: list[tuple[str, str]]) -> None:
    starts.append(("raise SystemExit(1)", "0"))
    with pytest.raises(UnreachableError), PrefectServer(tmp_path, free_port()):
        pass


def test_e1_a_server_that_ended_is_started_again_also_when_the_first_start_fails(
    tmp_path: Path, starts: list[tuple[str, str]]
) -> None:
    said: list[str] = []
    starts += [(HEALTHY, "0"), ("raise SystemExit(1)", "0"), (HEALTHY, "0")]
    with (
        PrefectServer(tmp_path, free_port(), said.append) as prefect,
        Supervisor(prefect, _no_context, said.append),
    ):
        assert prefect.process is not None
        prefect.process.kill()
        until(lambda: any("снова работает" in line for line in said), 60)
        assert prefect.healthy()
    assert "остановился" in said[0]
    assert threading.active_count() < 50


def _no_context() -> Any:
    raise AssertionError("nothing has run by itself yet")
