"""What a killed worker had claimed is taken up by the next run, at the same instant of the clock (M45, M10)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from pipeline.model import LetterState, ReceiptState
from pipeline.model.delivery import LetterEvent
from pipeline.steps import collect
from pipeline.steps.base.fakes.mailbox import FakeMailServer
from pipeline.store import letters, receipts
from tests.factories.replies import organisations, publish_to, replies
from tests.functional.killing import killed_in
from tests.functional.post import NOWHERE
from tests.functional.world import World, make_world
from tests.systems.smtp_sink import SmtpSink, smtp_sink

_MESSAGE_ID = re.compile(rb"(?im)^Message-ID: *(<[^>]+>)")


@contextmanager
def campaign(folder: Path, count: int, database_url: str | None = None) -> Iterator[tuple[World, SmtpSink]]:
    """A published campaign to so many organisations, no letter sent yet."""
    with smtp_sink() as sink:
        world = make_world(folder, sink.settings(), replace(NOWHERE.imap, user="exchange@kabinet.test"), database_url)
        with world.context() as context:
            publish_to(context, organisations(count), world.now)
        yield world, sink


def answered(world: World, sink: SmtpSink, count: int) -> None:
    """The campaign has left, and everybody has answered it: the answers are on record."""
    world.run("deliver")
    sink.taken.clear()
    server = FakeMailServer()
    with world.context() as context:
        found = organisations(count)
        publication = publish_to(context, found, world.now)
        for reply in replies(context, publication, found, world.now):
            server.deliver(reply.content, world.now)
        collect.run(replace(context, open_mailbox=server.open), world.now)


def test_e2_m45_what_a_killed_check_had_claimed_is_answered_by_the_next_run_at_once(
    children: ForkServerContext, tmp_path: Path, store_url: str
) -> None:
    with campaign(tmp_path, 4, store_url) as (world, sink):
        answered(world, sink, 4)
        killed_in(children, world, ["check"], "pipeline.steps.check:check_workbooks")
        done = world.run("check", "deliver")
        assert done["check"].counts["accepted"] == 4
        assert Counter(recipient for _, recipient, _ in sink.taken) == Counter(
            address for login in organisations(4) for address in login.addresses
        )
        with world.context() as context, context.store.reading() as session:
            found = receipts.listed(session)
        assert {(receipt.state, receipt.attempts) for receipt in found} == {(ReceiptState.DONE, 0)}
        assert not list((world.settings.state / "workers").iterdir())


def test_e2_m45_m10_what_a_living_worker_holds_is_left_to_it(children: ForkServerContext, tmp_path: Path) -> None:
    """Two contexts of one process: the dead one's work is taken back, that of the other is not."""
    with campaign(tmp_path, 3) as (world, sink):
        answered(world, sink, 3)
        with world.context() as context, context.presence.working() as alive:
            with context.store.transaction() as session:
                held = {
                    item.id
                    for item in receipts.claim_unread(session, alive, world.now, context.limits.judging.lease, 2)
                }
            killed_in(children, world, ["check"], "pipeline.steps.check:check_workbooks")
            assert world.run("check")["check"].counts["receipts"] == 1
            with context.store.transaction() as session:
                assert receipts.lock(session, sorted(held), alive) == held
        world.later(context.limits.judging.lease)
        assert world.run("check")["check"].counts["receipts"] == 2


@pytest.mark.parametrize(
    ("target", "call", "taken"),
    [("pipeline.outbox:SmtpTransport.send_all", 2, 10), ("pipeline.steps.deliver:_Mailing._record", 2, 10)],
    ids=["before the window leaves", "before the server's words are recorded"],
)
def test_e2_m45_m12_m14_what_a_killed_deliver_had_claimed_leaves_at_once_but_for_the_doubts(
    children: ForkServerContext, tmp_path: Path, target: str, call: int, taken: int
) -> None:
    with campaign(tmp_path, 60) as (world, sink):
        killed_in(children, world, ["deliver"], target, call)
        assert len(sink.taken) == taken
        world.run("deliver")
        with world.context() as context, context.store.reading() as session:
            rows = letters.listed(session)
            doubted = {
                row.message_id
                for row in rows
                if any(entry.event is LetterEvent.UNCERTAIN for entry in letters.events(session, row.id))
            }
        assert Counter(row.state for row in rows) == {
            LetterState.SENT: 60 - len(doubted),
            LetterState.UNCERTAIN: len(doubted),
        }
        assert 0 < len(doubted) <= context.limits.sending.window
        world.later(context.limits.sending.uncertain_retry - timedelta(minutes=1))
        assert world.run("deliver")["deliver"].counts == {}
        world.later(timedelta(minutes=1))
        world.run("deliver")
        arrived = Counter(_message_id(content) for _, _, content in sink.taken)
        assert set(arrived) == {row.message_id for row in rows}
        assert {name for name, times in arrived.items() if times > 1} <= doubted
        assert max(arrived.values()) <= 2


def _message_id(content: bytes) -> str:
    found = _MESSAGE_ID.search(content)
    assert found is not None
    return found[1].decode()
