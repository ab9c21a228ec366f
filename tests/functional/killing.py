"""A world on real servers that is copied, killed at a commit, run again, and held against one that was left alone."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from pipeline.catalogue import MOSCOW, text
from pipeline.embedded import acting
from pipeline.embedded.organisations import Servers
from pipeline.errors import ConfigurationError
from pipeline.mailbox import ImapMailbox
from pipeline.model import FILING_OUTCOMES, Counts, LetterState, ReceiptState
from pipeline.model.delivery import LetterEvent
from pipeline.store import letters, receipts
from tests.conftest import SOAK
from tests.functional.crashing import Kill, run_steps, run_until
from tests.functional.world import World, make_world
from tests.systems.dovecot import Dovecot
from tests.systems.smtp_sink import SmtpSink, smtp_sink

FIRST_HALF = ("begin", "deliver")
SECOND_HALF = ("collect", "check", "export", "deliver", "file", "digest", "deliver")
PEOPLE = frozenset({acting.GOOD, acting.FAULTY, acting.DRAFT, acting.ASKING, "spo240066", "spo_coord_24"})
FILED = [f"Kabinet/{text(f'folder.{outcome}')}" for outcome in FILING_OUTCOMES]
FIGURES = Counts(not_started=1, in_progress=3, submitted=1)
ROUNDS = 2  # the first finds a doubt, the second settles it
PATIENCE = timedelta(hours=1)  # longer than every lease and the wait after a doubt


@dataclass
class Stage:
    """A world before a half of the round, to be copied for each kill; ``replies`` lie in the exchange mailbox."""

    world: World
    sink: SmtpSink
    dovecot: Dovecot
    replies: Sequence[bytes]

    @contextmanager
    def copy(self, folder: Path) -> Iterator[World]:
        """The same state in ``folder``, the mailbox as it was, the sink empty."""
        shutil.copytree(self.world.settings.state, folder / "state")
        settings = self.world.settings.model_copy(update={"state": folder / "state", "outbox": folder / "outbox"})
        empty(self.dovecot, settings.address)
        for reply in self.replies:
            self.dovecot.deliver(settings.address, reply)
        self.sink.taken.clear()
        yield replace(self.world, settings=settings)
        shutil.rmtree(folder, ignore_errors=True)


def early_today() -> datetime:
    """An hour past Moscow's midnight: hours can be added without a new day, which would bring a new digest."""
    return datetime.now(MOSCOW).replace(hour=1, minute=0, second=0, microsecond=0).astimezone(UTC)


def empty(dovecot: Dovecot, address: str) -> None:
    """Remove every message of a mailbox with its folders of judged mail."""
    with ImapMailbox(dovecot.settings(address)) as mailbox:
        for folder in ("INBOX", *FILED):
            try:
                mailbox.select(folder)
            except ConfigurationError:
                continue  # nothing was ever moved there
            mailbox.move(mailbox.uids(), "Trash")


def filed(dovecot: Dovecot, address: str) -> dict[str, list[bytes]]:
    """Every message that was moved away, by folder."""
    found: dict[str, list[bytes]] = {}
    with ImapMailbox(dovecot.settings(address)) as mailbox:
        for folder in FILED:
            try:
                mailbox.select(folder)
            except ConfigurationError:
                continue
            if messages := [message.data for message in mailbox.fetch(mailbox.uids())]:
                found[folder] = messages
    return found


@contextmanager
def staged(folder: Path, dovecot: Dovecot) -> Iterator[Stage]:
    """Published and delivered; four organisations have answered."""
    with smtp_sink() as sink:
        world = make_world(folder, sink.settings(), dovecot.settings("exchange.crash@kabinet.test"))
        world.now = world.since = early_today()
        world.only = PEOPLE
        world.begin()
        world.run("deliver")
        for _, recipient, content in sink.taken:
            dovecot.deliver(recipient, content)
        sink.taken.clear()
        servers = Servers(sink.settings(), world.servers.imap)
        acting.first_answers(servers, world.addresses())
        replies = [content for _, _, content in sink.taken]
        world.later(timedelta(minutes=1))
        yield Stage(world, sink, dovecot, replies)


def forked() -> ForkServerContext:
    """Where children come from that have everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.functional.crashing"])
    return context


def run_killed(
    children: ForkServerContext, world: World, names: Sequence[str], kill: Kill | None
) -> tuple[int | None, int]:
    """Run steps in a child; return (exit code, commits reached)."""
    commits: Any = children.Value("i", 0)
    child = children.Process(target=run_steps, args=(world, names, kill, commits))
    child.start()
    child.join(120)
    assert child.exitcode is not None, "the child hangs"
    return child.exitcode, commits.value


def killed_in(children: ForkServerContext, world: World, names: Sequence[str], target: str, call: int = 1) -> None:
    """Run steps in a child that dies as ``target`` is called for the ``call``-th time."""
    child = children.Process(target=run_until, args=(world, names, target, call))
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL, "it was to die midway"


def facts(world: World, stage: Stage) -> dict[str, Any]:
    """What must be the same however often the process was killed."""
    with world.context() as context, context.store.reading() as session:
        rows = letters.listed(session, limit=1000)
        taken_in = receipts.listed(session, limit=1000)
    by_folder = filed(stage.dovecot, world.settings.address)
    kept = [data for messages in by_folder.values() for data in messages]
    assert sorted(sha256(data).hexdigest() for data in kept) == sorted(receipt.sha256 for receipt in taken_in)
    return {
        "receipts": Counter((receipt.state, receipt.duplicate_of, receipt.reason) for receipt in taken_in),
        "counts": world.counts(),
        "letters": Counter((row.kind, row.address, row.state) for row in rows),
        "inbox": len(stage.dovecot.messages(world.settings.address)),
        "kept": {folder: len(messages) for folder, messages in by_folder.items()},
    }


def assert_sent_once(world: World, sink: SmtpSink) -> None:
    """Each letter is at the server once; twice only when the ledger says that there was a doubt about it."""
    arrived = Counter(_message_id(content) for _, _, content in sink.taken)
    with world.context() as context, context.store.reading() as session:
        for row in letters.listed(session, limit=1000):
            if row.message_id not in arrived and row.created_at < world.now - PATIENCE * ROUNDS:
                continue  # of the first half, delivered before the stage was copied
            doubted = any(entry.event is LetterEvent.UNCERTAIN for entry in letters.events(session, row.id))
            assert 1 <= arrived[row.message_id] <= (2 if doubted else 1), (row.kind, row.address, doubted)


def letters_by_state(world: World) -> Counter[tuple[str, str, LetterState]]:
    with world.context() as context, context.store.reading() as session:
        return Counter((row.kind, row.address, row.state) for row in letters.listed(session, limit=1000))


def _message_id(content: bytes) -> str:
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    return next(
        line.split(b":", 1)[1].strip().decode()
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"message-id:")
    )


def assert_kills_change_nothing(stage: Stage, children: ForkServerContext, folder: Path, *, before: bool) -> None:
    """Kill a child ``before`` or after each commit of the second half; run on; all is as if nothing had happened.

    At reduced size every commit is met from one side: before the odd ones, after the even ones.
    """
    with stage.copy(folder / "whole") as world:
        code, commits = run_killed(children, world, SECOND_HALF, None)
        assert code == 0
        world.later(PATIENCE)
        expected = facts(world, stage)
    assert expected["counts"] == FIGURES
    assert {state for state, _, _ in expected["receipts"]} == {ReceiptState.DONE}
    assert {state for _, _, state in expected["letters"]} == {LetterState.SENT}
    assert expected["inbox"] == 0
    assert commits > 20

    for commit in range(1, commits + 1):
        if not (SOAK or before is bool(commit % 2)):
            continue
        with stage.copy(folder / "killed") as world:
            code, _ = run_killed(children, world, SECOND_HALF, Kill(commit, before))
            assert code == -signal.SIGKILL
            for _ in range(ROUNDS):
                world.later(PATIENCE)
                world.run(*SECOND_HALF)
            assert facts(world, stage) == expected, (commit, before)
            assert_sent_once(world, stage.sink)
