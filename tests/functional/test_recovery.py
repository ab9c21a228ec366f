"""A run whose heartbeat stops while its runner lives is ended by Prefect itself, and its place is free (E2, M45)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest

from flows import recovery
from flows.server import PrefectServer, environment
from tests.functional.world import until
from tests.systems.programs import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
# Prefect reads its environment when imported, so it is spoken to from a process of its own.
BEGUN = """
import time
from datetime import UTC, datetime
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.states import Running
from flows import recovery

@flow
def silent() -> None: ...

recovery.watch_heartbeats()
recovery.watch_heartbeats()  # twice is once
with get_client(sync_client=True) as client:
    run = client.create_flow_run(silent)
    client.set_flow_run_state(run.id, Running(), force=True)
    emit_event("prefect.flow-run.heartbeat", {"prefect.resource.id": f"prefect.flow-run.{run.id}"})
    time.sleep(3)  # the event goes by a thread
    print(run.id, len(client.read_automations()))
"""
STATE = """
import sys
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    state = client.read_flow_run(sys.argv[1]).state
    print(state.type.value, state.message or "")
"""


@pytest.mark.timeout(600)
def test_e2_m45_a_run_without_a_heartbeat_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, soak: bool
) -> None:
    if not soak:
        pytest.skip("two minutes of waiting: run by make soak")
    port = free_port()
    for name, value in environment(tmp_path, port).items():
        monkeypatch.setenv(name, value)
    with PrefectServer(tmp_path, port):
        number, automations = _python(BEGUN).split()
        assert automations == "1"
        until(lambda: _python(STATE, number).startswith("CRASHED"), 300)
        assert "Прервано" in _python(STATE, number)


def _python(script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.strip().splitlines()[-1]


def test_deployments_of_an_earlier_version_go_and_those_of_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update «exchange» stood beside «Обмен почтой…», with runs to come that nobody carries out."""
    found = {
        name: SimpleNamespace(id=uuid4(), name=name, entrypoint=entrypoint)
        for name, entrypoint in (
            ("exchange", "flows/exchange.py:exchange"),
            ("Обмен", "flows/exchange.py:exchange"),
            ("their own", "backups/nightly.py:run"),
            ("made by hand", None),
        )
    }

    @contextmanager
    def client() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(
            read_deployments=lambda *, limit: list(found.values())[:limit],
            delete_deployment=lambda number: found.pop(next(name for name, it in found.items() if it.id == number)),
        )

    monkeypatch.setattr(recovery, "_client", client)
    assert recovery.remove_former({"Обмен"}) == 1
    assert list(found) == ["Обмен", "their own", "made by hand"]
