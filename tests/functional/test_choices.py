"""The choices of the run forms follow the database: at start, and whenever an act or an exchange changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.actions import DeploymentUpdate

from flows import acting, choosing, running, scheduled
from flows.deployments import FLOWS
from pipeline.console.acts import BY_KEY
from pipeline.console.desk import Desk, at_once
from pipeline.console.doing import rounds
from pipeline.console.outcome import Outcome
from pipeline.model import Receipt, ReceiptState, Summary
from pipeline.model.incoming import Verdict
from pipeline.model.pulse import Way
from pipeline.store import receipts
from tests.functional.post import Post
from tests.functional.published import published_post
from tests.functional.world import SCHEDULE


@dataclass
class Deployment:
    """As Prefect gives one."""

    name: str
    parameter_openapi_schema: Mapping[str, Any]
    id: UUID = field(default_factory=uuid4)


@dataclass
class Prefect:
    """What of Prefect's client is called; it keeps what it is given, as the server does."""

    deployments: list[Deployment]
    updated: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def read_deployments(self, *, limit: int) -> Sequence[Deployment]:
        """All of them."""
        return self.deployments[:limit]

    def update_deployment(self, number: UUID, changed: DeploymentUpdate) -> None:
        """Change the form of one."""
        (found,) = [item for item in self.deployments if item.id == number]
        assert changed.parameter_openapi_schema is not None
        found.parameter_openapi_schema = changed.parameter_openapi_schema
        self.updated.append(found.name)

    def choices(self, key: str, name: str) -> list[str]:
        """What may be chosen in a field of the act ``key``."""
        (found,) = [item for item in self.deployments if item.name == BY_KEY[key].name]
        return list(found.parameter_openapi_schema["properties"][name].get("enum", []))


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A post office with a publication, whose settings the flows read; runs leave their pages nowhere."""
    made = published_post(tmp_path)
    monkeypatch.setenv("KABINET_STATE", str(made.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(made.settings.outbox))
    monkeypatch.setattr(running, "now", lambda: made.now)
    monkeypatch.setattr(acting, "leave", lambda _: None)
    monkeypatch.setattr(acting, "stage", at_once)
    monkeypatch.setattr(scheduled, "_begun", lambda: (Way.SCHEDULE, made.now))
    return made


@pytest.fixture
def prefect(post: Post, monkeypatch: pytest.MonkeyPatch) -> Prefect:
    """Prefect with every act as it is served at start."""
    with post.context() as context:
        found = choosing.lists(context, post.now)
    made = Prefect([Deployment(act.name, choosing.schema_of(act, found)) for act in map(BY_KEY.__getitem__, FLOWS)])
    monkeypatch.setattr(choosing, "get_client", lambda **_: made)
    return made


def _held(post: Post) -> int:
    """Put a held message on record, as a check would."""
    with post.context() as context, context.store.transaction() as session:
        receipts.add(session, Receipt("a", "INBOX", 1, 77, "0" * 64, 10, post.now))
        (found,) = receipts.claim_unread(session, "me", post.now, timedelta(minutes=5), 1)
        verdict = Verdict(ReceiptState.HELD, "return", "r", "h", "none", None, None, "ann@school.test", "x", None)
        assert receipts.finish(session, found.id, "me", post.now, verdict)
    return found.id


def _exchange(monkeypatch: pytest.MonkeyPatch, **counts: int) -> None:
    for step in rounds.ROUNDS["exchange"]:
        name = step.__name__.rpartition(".")[2]
        done = Summary(name, counts if name == "check" else {})
        monkeypatch.setattr(step, "run", lambda _context, _now, done=done: done)
    assert scheduled.scheduled("exchange").is_completed()


def test_an_exchange_that_held_a_message_puts_it_into_the_form_and_one_that_did_nothing_asks_prefect_nothing(
    post: Post, prefect: Prefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prefect.choices("held", "receipt") == []
    number = _held(post)
    monkeypatch.setattr(choosing, "get_client", lambda **_: pytest.fail("nothing has changed"))
    _exchange(monkeypatch)
    monkeypatch.setattr(choosing, "get_client", lambda **_: prefect)
    post.later(timedelta(minutes=1))
    _exchange(monkeypatch, receipts=1, held=1)
    (label,) = prefect.choices("held", "receipt")
    assert label.startswith(f"№{number}, ")
    assert "ann@" not in label
    assert prefect.updated == [BY_KEY["held"].name]  # what is as it was is left alone


def test_an_act_renews_the_choices_and_a_restart_serves_the_same(post: Post, prefect: Prefect) -> None:
    _held(post)
    acting.act("health", {}, lambda _desk: Outcome("x", "x"))
    with post.context() as context:
        served = choosing.lists(context, post.now)
    for act in map(BY_KEY.__getitem__, FLOWS):
        (found,) = [item for item in prefect.deployments if item.name == act.name]
        assert found.parameter_openapi_schema == choosing.schema_of(act, served)
    assert any(label.endswith(SCHEDULE) for label in prefect.choices("report", "collection"))


def test_a_server_that_does_not_answer_spoils_no_run(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(choosing, "get_client", away)
    done: list[Desk] = []

    def run(desk: Desk) -> Outcome:
        done.append(desk)
        return Outcome("x", "Сделано.")

    state = acting.act("health", {}, run)
    assert (state.is_completed(), state.message, len(done)) == (True, "Сделано.", 1)
