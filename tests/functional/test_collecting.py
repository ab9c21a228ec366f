"""Collecting from real Dovecot: several mailboxes and folders, sizes, new numbering, filing by outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mailbox import ImapMailbox
from pipeline.model import ReceiptState
from pipeline.outbox import SmtpSettings
from pipeline.settings import MoreImap, load_settings
from pipeline.store import letters, receipts
from tests.factories.replies import Reply, organisations, publish_to, replies
from tests.functional.world import World, make_world
from tests.systems.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.system("dovecot")
NOWHERE = SmtpSettings("127.0.0.1", 1, None, None, "none", 1)
_NO_MAIL = frozenset({"\\Noselect", "\\NonExistent"})  # levels that hold folders only
_numbers = count(1)


@dataclass
class Office:
    """A world with a published collection, its Dovecot, and a few replies that nobody has sent yet."""

    world: World
    dovecot: Dovecot
    replies: Sequence[Reply]

    @property
    def address(self) -> str:
        return self.world.settings.address

    def put(self, content: bytes, folder: str = "INBOX") -> None:
        """Let a message lie in a folder, as if a filter of the server had put it there."""
        self.dovecot.deliver(self.address, content)
        if folder != "INBOX":
            with ImapMailbox(self.dovecot.settings(self.address)) as mailbox:
                mailbox.select("INBOX")
                mailbox.move(mailbox.uids()[-1:], folder)

    def folders(self) -> dict[str, int]:
        """How many messages each folder holds."""
        with ImapMailbox(self.dovecot.settings(self.address)) as mailbox:
            assert mailbox._box is not None
            listed = [found for found in mailbox._box.folder.list() if not _NO_MAIL.intersection(found.flags)]
            found = {}
            for name in [folder.name.replace(".", "/") for folder in listed]:
                mailbox.select(name)
                found[name] = len(mailbox.uids())
        return {name: number for name, number in found.items() if number}

    def receipts(self) -> list[tuple[ReceiptState, str | None]]:
        with self.world.context() as context, context.store.reading() as session:
            return [
                (found.state, str(found.reason) if found.reason else None)
                for found in receipts.listed(session, limit=1000)
            ]

    def answers(self) -> Counter[str]:
        with self.world.context() as context, context.store.reading() as session:
            return Counter(row.kind for row in letters.listed(session, limit=1000) if row.receipt_id is not None)


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot) -> Office:
    exchange = dovecot.settings(f"exchange.collect{next(_numbers)}@kabinet.test")
    world = make_world(tmp_path, NOWHERE, exchange)
    with world.context() as context:
        logins = organisations(4)
        publication = publish_to(context, logins, world.now)
        found = list(replies(context, publication, logins, world.now, every_faulty=2))
    return Office(world, dovecot, found)


def question(number: int = 1) -> bytes:
    return (
        f"From: office{number}@org{number}.test\r\nTo: exchange@kabinet.test\r\nSubject: vopros\r\n"
        f"Message-ID: <q{number}@org.test>\r\n\r\nКогда пришлют форму?\r\n"
    ).encode()


def with_settings(office: Office, **changes: object) -> None:
    office.world.settings = office.world.settings.model_copy(update=changes)


def test_every_message_is_filed_by_what_became_of_it(office: Office) -> None:
    office.put(office.replies[0].content)
    office.put(office.replies[1].content)
    office.put(question())
    done = office.world.run("collect")
    assert done["collect"].counts == {"seen": 3, "recorded": 3, "vanished": 0, "too_large": 0, "moved": 0}
    assert office.folders() == {"INBOX": 3}, "what is not judged stays"
    assert office.world.run("check", "file")["file"].counts == {"moved": 3}
    filed = {"Kabinet/Принято": 1, "Kabinet/На исправление": 1, "Kabinet/Вопросы": 1}
    assert office.folders() == filed
    again = office.world.run("collect", "check", "file")
    assert again["collect"].counts["recorded"] == again["file"].counts["moved"] == 0
    assert office.folders() == filed


def test_names_of_the_folders_can_be_set_and_collect_files_what_a_crash_left(office: Office) -> None:
    with_settings(office, imap_processed="Обработано", imap_filing={"accepted": "Сдали", "questions": ""})
    office.put(office.replies[0].content)
    office.put(question())
    office.world.run("collect", "check")
    assert office.world.run("collect")["collect"].counts["moved"] == 2
    assert office.folders() == {"Обработано/Сдали": 1, "Обработано": 1}


def test_held_messages_have_a_folder_of_their_own(office: Office) -> None:
    stranger = office.replies[0].content.replace(b"From: office0@org0.test", b"From: office1@org1.test")
    office.put(stranger.replace(b"To: ", b"To: someone@kabinet.test\r\nCc: "))
    office.world.run("collect", "check", "file")
    ((state, _),) = office.receipts()
    assert office.folders() == {f"Kabinet/{'Задержано' if state is ReceiptState.HELD else 'Принято'}": 1}


def test_several_folders_and_mailboxes_are_read_and_one_that_fails_stops_none(office: Office, dovecot: Dovecot) -> None:
    second = f"second.{office.address}"
    office.put(office.replies[0].content)
    office.put(office.replies[1].content, "Junk")
    dovecot.deliver(second, office.replies[2].content)
    port = dovecot.imap_port
    boxes = (
        MoreImap(host="127.0.0.1", port=port, user="wrong@kabinet.test", password=SecretStr("wrong"), tls="none"),
        MoreImap(host="127.0.0.1", port=port, user=second, password=SecretStr(PASSWORD), tls="none"),
    )
    with_settings(office, imap_folders=("INBOX", "Нет такой", "Junk"), more_imap=boxes)
    summary = office.world.run("collect")["collect"]
    assert summary.counts["recorded"] == 3
    assert len(summary.remarks) == 2
    assert any("Нет такой" in remark for remark in summary.remarks)
    assert any("wrong@kabinet.test" in remark for remark in summary.remarks)
    office.world.run("check", "file")
    assert sorted(office.receipts(), key=str) == [
        (ReceiptState.DONE, "accepted"),
        (ReceiptState.DONE, "accepted"),
        (ReceiptState.DONE, "rejected"),
    ]
    assert office.folders() == {"Kabinet/Принято": 1, "Kabinet/На исправление": 1}
    assert len(dovecot.messages(second)) == 0


def test_when_nothing_can_be_read_the_fault_is_told(office: Office) -> None:
    with_settings(office, imap_folders=("Нет такой",))
    with pytest.raises(ConfigurationError, match="Нет такой"):
        office.world.run("collect")
    with_settings(office, imap_port=1)
    with pytest.raises(UnreachableError, match="не отвечает"):
        office.world.run("collect")


def test_too_large_a_message_is_recorded_answered_and_stays_on_the_server(office: Office) -> None:
    large = office.replies[0].content + b"x" * 1_200_000 + b"\r\n"
    office.put(large)
    office.put(office.replies[1].content)
    with_settings(office, imap_largest=1)
    done = office.world.run("collect", "check", "file")
    assert done["collect"].counts["too_large"] == 1
    assert done["check"].counts["too_large"] == 1
    assert sorted(office.receipts(), key=str) == [
        (ReceiptState.DONE, "rejected"),
        (ReceiptState.REFUSED, "too_large"),
    ]
    assert office.answers() == {"too_large": 1, "rejected": 1}
    with office.world.context() as context, context.store.reading() as session:
        refused = next(found for found in receipts.listed(session) if str(found.reason) == "too_large")
        assert refused.size > 1_200_000
        assert len(context.archive.get(refused.sha256)) < 5_000
    assert office.folders() == {"Kabinet/Слишком большие": 1, "Kabinet/На исправление": 1}
    with ImapMailbox(office.dovecot.settings(office.address)) as mailbox:
        mailbox.select("Kabinet/Слишком большие")
        (kept,) = mailbox.fetch(mailbox.uids())
    assert kept.data.endswith(large)


def test_m05_a_mailbox_numbered_anew_is_recognised_by_content(office: Office) -> None:
    for reply in office.replies[:2]:
        office.put(reply.content)
    office.world.run("collect", "check")
    before = office.answers()
    office.dovecot.change_uidvalidity(office.address)
    office.put(office.replies[2].content)
    done = office.world.run("collect", "check", "file")
    assert done["collect"].counts["recorded"] == 3
    assert done["check"].counts["duplicate"] == 2
    assert office.answers() == before + Counter(accepted=1)
    # A duplicate lies where the first one would.
    assert office.folders() == {"Kabinet/Принято": 2, "Kabinet/На исправление": 1}


def test_m05_numbered_anew_before_anything_was_judged(office: Office) -> None:
    for reply in office.replies:
        office.put(reply.content)
    office.world.run("collect")
    office.dovecot.change_uidvalidity(office.address)
    office.world.run("collect", "check", "file", "file")
    assert office.answers() == {"accepted": 2, "rejected": 2}
    assert "INBOX" not in office.folders()


def test_m08_mail_of_long_ago_is_taken_after_an_outage(office: Office) -> None:
    """The ledger decides, not age: a message from before a stop of two days is simply not on record yet."""
    with ImapMailbox(office.dovecot.settings(office.address)) as mailbox:
        assert mailbox._box is not None
        mailbox._box.append(question(), "INBOX", dt=datetime(2020, 1, 2, tzinfo=UTC))
    assert office.world.run("collect")["collect"].counts["recorded"] == 1


def test_m07_m20_a_bounce_and_a_message_without_sense_are_recorded_once(office: Office) -> None:
    office.put(b"\r\n")
    office.put(b"From: MAILER-DAEMON@org.test\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\nno such user\r\n")
    office.world.run("collect", "check", "file")
    again = office.world.run("collect", "check", "file")
    assert again["collect"].counts == {"seen": 0, "recorded": 0, "vanished": 0, "too_large": 0, "moved": 0}
    assert len(office.receipts()) == 2
    assert sum(office.folders().values()) == 2


def test_more_mailboxes_come_from_numbered_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "KABINET_IMAP_FOLDERS": "INBOX, Спам",
        "KABINET_IMAP_2_HOST": "imap.kabinet.test",
        "KABINET_IMAP_2_USER": "second@kabinet.test",
        "KABINET_IMAP_2_PASSWORD": "word",
        "KABINET_IMAP_2_FOLDERS": "INBOX,Ответы",
        "KABINET_IMAP_3_HOST": "imap.example.org",
        "KABINET_IMAP_3_USER": "third@example.org",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.imap_folders == ("INBOX", "Спам")
    assert [(box.host, box.port, box.user, folders) for box, folders in settings.other_imaps()] == [
        ("imap.kabinet.test", 993, "second@kabinet.test", ("INBOX", "Ответы")),
        ("imap.example.org", 993, "third@example.org", ("INBOX",)),
    ]
    monkeypatch.delenv("KABINET_IMAP_3_USER")
    with pytest.raises(ConfigurationError, match="KABINET_IMAP_3_USER"):
        load_settings()
    monkeypatch.setenv("KABINET_IMAP_FILING", "принято:Сдали")
    monkeypatch.delenv("KABINET_IMAP_3_HOST")
    with pytest.raises(ConfigurationError, match="KABINET_IMAP_FILING"):
        load_settings()
