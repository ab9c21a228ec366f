"""A database put back from an older copy finds again what was filed since, and sends nothing twice (M47)."""

from __future__ import annotations

import hashlib
import imaplib
import os
import re
import shlex
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from pipeline.catalogue import MOSCOW
from pipeline.cli import app
from pipeline.errors import UserError
from pipeline.model import LetterState, ReceiptState, Status
from pipeline.steps import (
    deliver,
    restore,
)
from pipeline.steps.base.fakes.mailbox import FakeFolder
from pipeline.store import letters, participations, receipts
from tests.factories.replies import Reply, organisations, publish_to, replies
from tests.functional.killing import filed
from tests.functional.post import Post, form_in, make_post, typed
from tests.functional.world import SCHEDULE, World, letter, make_world
from tests.systems.dovecot import PASSWORD, Dovecot
from tests.systems.smtp_sink import SmtpSink, smtp_sink

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
SUPPORT = "support@kabinet.test"
HOUR = timedelta(hours=1)


def written(title: str) -> list[str]:
    """The lines of the one block of commands in a section of docs/operations.md."""
    section = OPERATIONS.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [line for line in block.splitlines() if line.strip()]


@dataclass
class Operator:
    """Somebody at the keyboard in ``folder``, where ``var`` is the state; ``said`` is what the commands printed."""

    folder: Path
    environment: dict[str, str]
    said: dict[str, str] = field(default_factory=dict)

    def run(self, line: str) -> None:
        """Run one line as it is written; the commands of Kabinet in this process, the rest in a shell."""
        os.environ.update(self.environment)
        words = shlex.split(os.path.expandvars(line), comments=True)
        if words[0] != "kabinet":
            subprocess.run(line, shell=True, check=True, cwd=self.folder)
            return
        done = CliRunner().invoke(app, words[1:])
        structlog.reset_defaults()
        assert done.exit_code == 0, (line, done.output, done.exception)
        self.said[line.partition("#")[0].strip()] = done.output


@dataclass
class Exchange:
    """A campaign on a real Dovecot with a server that takes letters; ``found`` are the answers of the organisations."""

    world: World
    sink: SmtpSink
    dovecot: Dovecot
    found: Sequence[Reply]

    def arrives(self, number: int, at: datetime) -> None:
        """The answer of an organisation comes into the mailbox at this time, and the steps' clock is set to it."""
        self.world.now = at
        client = imaplib.IMAP4("127.0.0.1", self.dovecot.imap_port, timeout=10)
        client.login(self.world.settings.address, PASSWORD)
        client.append("INBOX", None, imaplib.Time2Internaldate(at), self.found[number].content)
        client.logout()

    def people(self) -> list[tuple[Any, ...]]:
        """Status and dates of every organisation, and how many returns of each are on record."""
        with self.world.context() as context, context.store.reading() as session:
            return [
                (item.login.code, part.status, part.begun_at, part.handed_in_at, part.correction_rejected)
                for item in participations.participants(session, SCHEDULE)
                for part in [item.participation]
            ]

    def by_content(self) -> Counter[tuple[str, ReceiptState, str | None, datetime]]:
        """What became of each message, by its bytes."""
        with self.world.context() as context, context.store.reading() as session:
            found = receipts.listed(session, limit=1000)
        return Counter(
            (item.sha256, item.state, str(item.reason) if item.reason else None, item.received_at) for item in found
        )


@pytest.fixture
def exchange(tmp_path: Path, dovecot: Dovecot) -> Iterator[Exchange]:
    """Published to seven organisations; three of the letters have left."""
    address = f"exchange.{tmp_path.name.replace('_', '-')[-40:]}@kabinet.test"
    with smtp_sink() as sink:
        world = make_world(tmp_path, sink.settings(), dovecot.settings(address))
        world.settings = world.settings.model_copy(update={"state": tmp_path / "var"})
        with world.context() as context:
            people = organisations(7)
            publication = publish_to(context, people, world.now - 5 * HOUR)
            found = list(replies(context, publication, people, world.now, every_faulty=3))
            deliver.run(context, world.now - 5 * HOUR, 3)
        yield Exchange(world, sink, dovecot, found)


@pytest.fixture
def operator(exchange: Exchange, tmp_path: Path) -> Iterator[Operator]:
    settings, before = exchange.world.settings, dict(os.environ)
    environment = {
        "STATE": str(settings.state),
        "OUTBOX": str(settings.outbox),
        "ADDRESS": settings.address,
        "SMTP_HOST": settings.smtp_host,
        "SMTP_PORT": settings.smtp_port,
        "SMTP_TLS": "none",
        "IMAP_HOST": settings.imap_host,
        "IMAP_PORT": settings.imap_port,
        "IMAP_USER": settings.imap_user,
        "IMAP_PASSWORD": PASSWORD,
        "IMAP_TLS": "none",
    }
    yield Operator(tmp_path, {f"KABINET_{name}": str(value) for name, value in environment.items()})
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.system("dovecot")
def test_e12_m47_an_older_copy_is_restored_by_the_commands_of_operations_md(
    exchange: Exchange, operator: Operator
) -> None:
    world, sink, now = exchange.world, exchange.sink, exchange.world.now
    exchange.arrives(0, now - 4 * HOUR)
    world.run("collect", "check", "file")
    exchange.arrives(1, now - 3 * HOUR)
    world.run("collect")  # on record and not judged when the copy is made
    for line in written("What to keep"):
        operator.run(line)

    world.run("check", "deliver", "file")
    for number in (2, 3, 4):  # the first of them is refused
        exchange.arrives(number, now - 2 * HOUR)
    world.run("collect", "check", "deliver", "file")
    exchange.arrives(5, now - HOUR)
    world.run("collect", "check", "deliver")  # judged and answered, and not filed when the database is lost
    people, messages = exchange.people(), exchange.by_content()
    folders = {name: len(contents) for name, contents in filed(exchange.dovecot, world.settings.address).items()}
    assert folders == {"Kabinet/Принято": 4, "Kabinet/На исправление": 1}
    taken = Counter((recipient, str(letter(content)["Subject"])) for _, recipient, content in sink.taken)
    assert len(sink.taken) == 7 + 6

    stopped = now - timedelta(minutes=30)
    exchange.arrives(6, now)  # nobody has answered this one
    _forget_bytes(operator.folder, hashlib.sha256(exchange.found[0].content).hexdigest())
    for line in written("Restoring an older copy"):
        if line.startswith("STOPPED="):
            os.environ["STOPPED"] = f"{stopped.astimezone(MOSCOW):%Y-%m-%d %H:%M}"
        else:
            operator.run(line)

    assert exchange.people() == people
    assert exchange.by_content() == messages
    assert "найдено новых для неё: 4" in operator.said["kabinet rescan"]
    assert "восстановлено в архиве: 1" in operator.said["kabinet rescan"]
    assert "не хватает" not in operator.said["kabinet rescan"]
    assert operator.said["kabinet doubts"].count("Принято") == 4
    assert operator.said["kabinet doubts"].count("Не принято: есть замечания") == 2
    assert operator.said["kabinet doubts"].count("ушло (копия в outbox/sent)") == 4 + 1  # they waited in the copy
    world.later(timedelta(minutes=20))  # the commands had the real clock
    world.run("collect", "check", "deliver", "file")
    after = Counter((recipient, str(letter(content)["Subject"])) for _, recipient, content in sink.taken)
    new = dict((after - taken).keys())
    assert sorted(new) == [*exchange.found[6].login.addresses, SUPPORT]
    assert new[SUPPORT] == "База данных восстановлена из копии"
    assert after.total() == taken.total() + 2
    assert exchange.dovecot.messages(world.settings.address) == []
    with world.context() as context, context.store.reading() as session:
        assert min(row.id for row in receipts.listed(session) if row.received_at > now - 2.5 * HOUR) > 1_000_000
        assert {row.state for row in letters.listed(session)} == {LetterState.SENT, LetterState.WITHHELD}


def _forget_bytes(folder: Path, sha256: str) -> None:
    """The archive and its copy lose a message that the mailbox still has."""
    for archive in (folder / "var" / "archive", folder / "backup" / "archive"):
        (archive / sha256[:2] / sha256).unlink(missing_ok=True)


# -- declaring, finding and deciding, with a mailbox in memory ---------------------------------------------------------


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    return made


WRITER, OTHER = "spo240065@school.test", "spo240066@school.test"


def older_copy(post: Post, then: Callable[[], None]) -> None:
    """Do ``then``, and put the database of before back."""
    database = post.settings.state / "kabinet.db"
    before = database.read_bytes()
    then()
    database.write_bytes(before)


def declared(post: Post, stopped_at: datetime | None = None) -> Any:
    with post.context() as context:
        return restore.declare(context, post.now, stopped_at, "operator")


def rescanned(post: Post) -> dict[str, int]:
    with post.context() as context:
        found = restore.rescan(context, post.now)
    post.run("check")
    with post.context() as context:
        restore.file_found(context)
    return dict(found.counts)


def ended(post: Post) -> Any:
    with post.context() as context:
        return restore.end(context, post.now, "operator")


def answered(post: Post, *addresses: str) -> None:
    """These organisations hand in, and are answered."""
    for address in addresses:
        first = post.received(address)[0]
        post.write(address, first, "", typed(form_in(first)))
    post.exchange_all()


def test_e12_m47_a_database_that_is_older_than_the_state_folder_is_warned_of(post: Post) -> None:
    def goes_on() -> None:
        answered(post, WRITER)
        assert post.run("collect")["collect"].remarks == ()

    older_copy(post, goes_on)
    for _ in range(2):
        (remark,) = post.run("collect")["collect"].remarks
        assert "База данных старее" in remark
    declared(post)
    assert post.run("collect")["collect"].remarks == ()
    assert "База восстановлена из копии" in post.run("check")["check"].remarks[0]


def test_e12_m47_what_is_filed_is_judged_into_the_folder_where_it_belongs_now(post: Post) -> None:
    """Somebody had moved a message by hand, and one lies in a folder that a rule names no more."""

    older_copy(post, lambda: answered(post, WRITER, OTHER))
    (moved, kept) = sorted(post.inbox.folders["Kabinet/Принято"].messages)
    message = post.inbox.folders["Kabinet/Принято"].messages.pop(moved)
    post.inbox.folders.setdefault("Kabinet/Прочее", FakeFolder(77)).add(message.data, message.received_at)
    declared(post)
    assert rescanned(post) == {"seen": 2, "known": 0, "found": 2, "fetched": 0, "missing": 0}
    assert post.inbox.folders["Kabinet/Прочее"].messages == {}
    assert sorted(post.inbox.folders["Kabinet/Принято"].messages) == [kept, kept + 1]
    assert rescanned(post)["found"] == 0
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


def test_e12_m47_nothing_is_doubled_when_nothing_was_lost(post: Post) -> None:
    answered(post, WRITER)
    sent = len(post.mail.sent)
    declared(post)
    assert rescanned(post) == {"seen": 1, "known": 1, "found": 0, "fetched": 0, "missing": 0}
    ended(post)
    post.exchange_all()
    assert [message.recipient for message in post.mail.sent[sent:]] == [SUPPORT]


def test_e12_m47_letters_made_while_a_restore_is_open_wait_until_they_are_sent_or_dropped(
    post: Post, kabinet: Any
) -> None:
    older_copy(post, lambda: answered(post, WRITER, OTHER))
    declared(post)
    rescanned(post)
    sent = len(post.mail.sent)
    post.run("deliver", "digest", "remind", "deliver")
    assert [message.recipient for message in post.mail.sent[sent:]] == [SUPPORT]
    listed = kabinet("doubts").output
    first, second = (int(number) for number in re.findall(r"№(\d+)  Принято", listed))
    assert "Сводка сбора" in listed
    with pytest.raises(UserError, match="Назовите номера"):
        kabinet("doubts", "--drop")
    with pytest.raises(UserError, match="Назовите одно"):
        kabinet("doubts", "--drop", "--send", "--all")
    assert "Будет отправлено ещё раз: 1." in kabinet("doubts", "--send", str(first)).output
    assert "Снято: " in kabinet("doubts", "--drop", "--all").output
    assert kabinet("doubts", "--json").output == ""
    ended(post)
    post.run("deliver")
    assert len(post.mail.sent) == sent + 2
    assert post.mail.sent[-1].recipient in (WRITER, OTHER)
    with post.context() as context, context.store.reading() as session:
        dropped = letters.letter(session, second)
    assert dropped is not None
    assert dropped.state is LetterState.WITHHELD


def test_e12_m47_a_restore_ends_only_when_everything_was_looked_at(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(code: str, act: Callable[[], Any]) -> None:
        with pytest.raises(UserError) as caught:
            act()
        assert caught.value.code == code

    older_copy(post, lambda: answered(post, WRITER))
    refused("restore.not_declared", lambda: ended(post))
    refused("restore.not_declared", lambda: rescanned(post))
    refused("restore.future", lambda: declared(post, post.now + HOUR))
    assert declared(post).counts["doubtful"] == 0
    assert "уже объявлено" in declared(post).remarks[0]
    refused("restore.not_rescanned", lambda: ended(post))
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.steps.judging.judge.parse", lambda *_: 1 / 0)
        rescanned(post)
    refused("restore.unread", lambda: ended(post))
    post.later(timedelta(minutes=10))
    post.run("check")
    assert ended(post).counts == {"doubtful": 1}
    refused("restore.not_declared", lambda: ended(post))


def test_e12_m47_bytes_that_are_nowhere_are_named(post: Post, kabinet: Any) -> None:
    answered(post, WRITER)
    post.inbox.folders["Kabinet/Принято"].messages.clear()
    for path in (post.settings.state / "archive").glob("*/*"):
        path.unlink()
    declared(post)
    with post.context() as context:
        found = restore.rescan(context, post.now)
    assert found.counts["missing"] > 1
    assert "письмо №1" in found.remarks[0]
    assert "файл «" in found.remarks[0]


def test_e12_m47_questions_asked_before_the_loss_are_not_answered_to_somebody_else(post: Post) -> None:
    """Support's letter names the question by its number: another message must not be given it."""

    def asks(address: str) -> None:
        post.write(address, post.received(address)[0], "Что писать на третьем листе?", subject="Вопрос")
        post.exchange_all()

    older_copy(post, lambda: asks(WRITER))
    question = post.last(SUPPORT)
    post.inbox.folders.pop("Kabinet/Вопросы")  # deleted since
    declared(post)
    rescanned(post)
    ended(post)
    asks(OTHER)
    before = len(post.received(OTHER))
    post.write(SUPPORT, question, "Оставьте лист пустым.")
    post.exchange_all()
    assert len(post.received(OTHER)) == before
