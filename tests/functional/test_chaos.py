"""Replies through real Postfix and Dovecot while another client moves, deletes and flags them, the server is restarted
and the collector is killed: each is recorded once and answered once, and mailbox and ledger agree (M1, M2, M4, M10)."""

from __future__ import annotations

import imaplib
import multiprocessing
import random
import re
import smtplib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UnreachableError
from pipeline.mailbox import ImapMailbox
from pipeline.model import LetterState, ReceiptState
from pipeline.model.delivery import LetterEvent
from pipeline.steps.base.context import Context
from pipeline.store import letters, receipts
from tests.factories.replies import Reply, organisations, publish_to, replies
from tests.functional.crashing import Kill, run_rounds
from tests.functional.killing import filed
from tests.functional.world import World, make_world
from tests.systems.dovecot import PASSWORD, Dovecot
from tests.systems.postfix import Postfix
from tests.systems.smtp_sink import smtp_sink

pytestmark = [pytest.mark.long, pytest.mark.system("dovecot"), pytest.mark.system("postfix"), pytest.mark.timeout(3600)]
ROUND = ("collect", "check", "deliver", "file")
KILLS, RESTARTS = 5, 2
PATIENCE = timedelta(hours=1)  # longer than the wait after a doubt
ASIDE = "Aside"
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID: *(<[^>]+>)")


def message_id(content: bytes) -> str:
    found = _MESSAGE_ID.search(content)
    assert found is not None
    return found[1].decode()


@dataclass
class OtherClient:
    """A person with a mail client on the exchange mailbox who touches what is there; ``deleted`` are Message-IDs."""

    dovecot: Dovecot
    login: str
    chance: random.Random
    deleted: set[str] = field(default_factory=set)
    touched: Counter[str] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Touch messages until stopped, connecting again whenever the server went away."""
        while not self.stop.is_set():
            with suppress(imaplib.IMAP4.error, OSError):
                client = imaplib.IMAP4("127.0.0.1", self.dovecot.imap_port, timeout=5)
                try:
                    client.login(self.login, PASSWORD)
                    client.create(ASIDE)
                    while not self.stop.is_set():
                        self._touch(client)
                        self.stop.wait(0.02)
                finally:
                    client.shutdown()
            self.stop.wait(0.1)

    def _touch(self, client: imaplib.IMAP4) -> None:
        folder = self.chance.choice(["INBOX", "INBOX", ASIDE])
        client.select(folder)
        _, (found,) = client.uid("SEARCH", "ALL")
        uids = found.split()
        if not uids:
            return
        uid = self.chance.choice(uids).decode()
        act = "move" if folder == ASIDE else self.chance.choice(["flag", "flag", "move", "delete"])
        if act == "flag":
            client.uid("STORE", uid, self.chance.choice(["+FLAGS", "-FLAGS"]), r"(\Seen \Flagged)")
        elif act == "move":
            client.uid("MOVE", uid, "INBOX" if folder == ASIDE else ASIDE)
        elif self.chance.random() < 0.3:
            self._delete(client, uid)
        self.touched[act] += 1

    def _delete(self, client: imaplib.IMAP4, uid: str) -> None:
        """Delete one for good; what is not certain to have happened is looked up when all is over."""
        _, answers = client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        names = [message_id(answer[1]) for answer in answers if isinstance(answer, tuple)]
        if names:
            client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
            self.deleted.update(names)
            client.uid("EXPUNGE", uid)


@dataclass
class Senders:
    """The organisations: their replies go through Postfix; ``quiet`` is held while the server is restarted."""

    postfix: Postfix
    address: str
    replies: Sequence[Reply]
    pause: float
    quiet: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Send them all."""
        for reply in self.replies:
            with self.quiet, smtplib.SMTP("127.0.0.1", self.postfix.port, local_hostname="localhost") as smtp:
                smtp.sendmail(reply.login.addresses[0], [self.address], reply.content)
            time.sleep(self.pause)


@dataclass
class Life:
    """The collector's process, killed again and again; each new one comes at once and takes up what the last one had.

    However often that is, no message is given up for it (E11: a return in four killed runs once was).
    """

    world: World
    chance: random.Random
    context: Any = field(default_factory=lambda: multiprocessing.get_context("forkserver"))

    def __post_init__(self) -> None:
        self.context.set_forkserver_preload(["tests.functional.crashing"])

    def killed(self, *, at_commit: bool) -> None:
        """Live until killed: at a commit, or at any moment."""
        commits, stop = self.context.Value("i", 0), self.context.Event()
        kill = Kill(self.chance.randint(2, 14), self.chance.random() < 0.5) if at_commit else None
        child = self.context.Process(target=run_rounds, args=(self.world, ROUND, kill, commits, stop))
        child.start()
        if not at_commit:
            deadline = time.monotonic() + 60
            while commits.value < 2 and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(self.chance.uniform(0.05, 0.6))
            child.kill()
        child.join(120)
        if child.is_alive():  # nothing was left to commit
            child.kill()
            child.join(10)
        assert child.exitcode == -9


def test_m1_m2_m4_m10_m12_replies_in_chaos_are_recorded_and_answered_once(
    tmp_path: Path, postfix: Postfix, soak: bool
) -> None:
    count = 2_000 if soak else 40
    chance = random.Random(2021)
    address = f"exchange.chaos{count}@kabinet.test"
    world, found = _made(tmp_path, postfix, address, count)
    senders = Senders(postfix, address, found, 0.01 if soak else 0.1)
    other = OtherClient(postfix.dovecot, address, chance)
    threads = [threading.Thread(target=senders.run), threading.Thread(target=other.run)]
    for thread in threads:
        thread.start()
    try:
        life = Life(world, chance)
        for number in range(KILLS):
            life.killed(at_commit=number % 2 == 0)
            if number in (1, 3):
                with senders.quiet:
                    time.sleep(0.5)  # what Postfix is handing over is handed over
                    postfix.dovecot.restart()
        threads[0].join(300)
    finally:
        other.stop.set()
        for thread in threads:
            thread.join(30)
    _put_back(postfix.dovecot, address)
    _settle(world, found, other)
    assert set(other.touched) == {"flag", "move", "delete"}
    with world.context() as context:
        recorded = _assert_ledger(context, found, other)
        _assert_mailbox(context, postfix.dovecot, address, recorded, other)
        _assert_answers(context, postfix, recorded)


def _made(tmp_path: Path, postfix: Postfix, address: str, count: int) -> tuple[World, list[Reply]]:
    """A world whose publication has been sent, and a reply of each organisation."""
    world = make_world(tmp_path, postfix.settings(), postfix.dovecot.settings(address))
    with world.context() as context:
        logins = organisations(count)
        publication = publish_to(context, logins, world.now)
        found = list(replies(context, publication, logins, world.now))
    with smtp_sink() as sink:
        quick = make_world(tmp_path, sink.settings(), postfix.dovecot.settings(address))
        quick.now = world.now
        quick.run("deliver")
    return world, found


def _put_back(dovecot: Dovecot, address: str) -> None:
    """Bring back what the other client had put aside; a session cut off midway may leave the folder locked a while."""
    deadline = time.monotonic() + 200
    while True:
        try:
            with ImapMailbox(dovecot.settings(address)) as mailbox:
                mailbox.select(ASIDE)
                mailbox.move(mailbox.uids(), "INBOX")
                return
        except UnreachableError:
            if time.monotonic() > deadline:
                raise


def _settle(world: World, found: Sequence[Reply], other: OtherClient) -> None:
    """Run rounds until every reply is recorded or deleted, and every doubt about a letter is over."""
    expected = {message_id(reply.content) for reply in found}
    deadline = time.monotonic() + 300
    while True:
        world.run(*ROUND)
        with world.context() as context:
            missing = expected - set(_by_message_id(context)) - other.deleted
        if not missing:
            break
        assert time.monotonic() < deadline, f"never came: {missing}"
        time.sleep(0.5)
    for _ in range(3):
        world.later(PATIENCE)
        world.run(*ROUND)


def _by_message_id(context: Context) -> dict[str, list[Any]]:
    with context.store.reading() as session:
        rows = receipts.listed(session, limit=100_000)
    by_id: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_id[message_id(context.archive.get(row.sha256))].append(row)
    return by_id


def _assert_ledger(context: Context, found: Sequence[Reply], other: OtherClient) -> dict[str, int]:
    """Every reply on record once as itself; returns receipt ids by Message-ID."""
    by_id = _by_message_id(context)
    expected = {message_id(reply.content): reply for reply in found}
    assert by_id.keys() <= expected.keys()
    assert expected.keys() - by_id.keys() <= other.deleted
    firsts: dict[str, int] = {}
    for name, rows in by_id.items():
        assert {row.state for row in rows} == {ReceiptState.DONE}, name
        (first,) = [row for row in rows if row.duplicate_of is None]
        assert str(first.reason) == ("rejected" if expected[name].faulty else "accepted")
        assert {row.duplicate_of for row in rows} <= {None, first.id}
        firsts[name] = first.id
    return firsts


def _assert_mailbox(
    context: Context, dovecot: Dovecot, address: str, recorded: dict[str, int], other: OtherClient
) -> None:
    """What is on the server is what the ledger holds, but for what the other client deleted."""
    assert dovecot.messages(address) == []
    on_server = Counter(message_id(content) for contents in filed(dovecot, address).values() for content in contents)
    assert set(on_server.values()) == {1}
    assert on_server.keys() <= recorded.keys()
    assert recorded.keys() - on_server.keys() <= other.deleted


def _assert_answers(context: Context, postfix: Postfix, recorded: dict[str, int]) -> None:
    """One answer for each receipt; it arrived once, or twice where the ledger owns to a doubt (RFC 1047)."""
    with context.store.reading() as session:
        rows = [row for row in letters.listed(session, limit=100_000) if row.receipt_id is not None]
        doubted = {
            row.id
            for row in rows
            if any(entry.event is LetterEvent.UNCERTAIN for entry in letters.events(session, row.id))
        }
    assert Counter(row.receipt_id for row in rows) == Counter(recorded.values())
    assert {row.state for row in rows} == {LetterState.SENT}
    by_address = defaultdict(list)
    for row in rows:
        by_address[row.address].append(row)
    assert (
        len(doubted) <= KILLS * context.limits.sending.window
    )  # what one kill can leave between «sending» and the reply
    for address, answers in by_address.items():
        arrived = Counter(message_id(content) for content in postfix.wait_for(address, 1, 60))
        for row in answers:
            assert 1 <= arrived[row.message_id] <= (2 if row.id in doubted else 1), (row.kind, address)
