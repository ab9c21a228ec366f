"""Nobody finds out what other regions and other organisations have: real Dovecot, collect and check (item 11)."""

from __future__ import annotations

import imaplib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import text

from pipeline import sources
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.model import Login, ReportKind, Role
from pipeline.steps import publish, roster
from pipeline.steps.base.context import Context
from pipeline.steps.letters.rendering import render
from pipeline.store import reports
from pipeline.store.tables import Base
from tests.functional.post import NOWHERE
from tests.functional.published import SERVER
from tests.functional.regions import (
    COORDINATOR,
    FAR,
    FAR_COORDINATOR,
    FAR_PEOPLE,
    MANY,
    NO_COORDINATOR,
    NOBODY,
    OTHER,
    SCHOOL,
    answers,
    written,
)
from tests.functional.statements import counting
from tests.functional.world import SCHEDULE, World, letter, make_world
from tests.systems.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.system("dovecot")

DAY = timedelta(days=1)
PEOPLE = (
    Login(SCHOOL, "Лицей", Role.ORGANISATION, "24", (f"{SCHOOL}@school.test",)),
    Login(OTHER, "Колледж", Role.ORGANISATION, "24", (f"{OTHER}@school.test",)),
    Login(COORDINATOR, "Регион 24", Role.COORDINATOR, "24", (f"{COORDINATOR}@region.test",)),
)
OF_A_COORDINATOR = (
    "НАПОМНИТЬ {}",
    "НАПОМНИТЬ {} из публикации 1",
    "ПОВТОРИТЬ {}",
    "ПРОДЛИТЬ {} до завтра",
    "ПРОДЛИТЬ {} до 10.09.2031 18:00, болезнь",
    "АДРЕС {} new@school.test",
    "АДРЕС new@school.test {}",
    "ДАННЫЕ {}",
    "ДАННЫЕ {} из публикации 1",
    "УЧАСТНИКИ {}",
    "ЭКСПОРТ {}",
    "НЕ ПРИСТУПИЛИ {}",
    "ПАСПОРТ адрес new@school.test для {}",
    "когда ответит {}?",
)
OF_A_SCHOOL = (
    "ФОРМА {}",
    "СТАТУС {}",
    "ДАННЫЕ {}",
    "АДРЕС new@school.test {}",
    "АДРЕС {} new@school.test",
    "ПАСПОРТ адрес new@school.test для {}",
    "НАЙТИ {}",
    "НАПОМНИТЬ {}",
)


class Roomy(World):
    """Answers are not capped."""

    @contextmanager
    def context(self) -> Iterator[Context]:
        """The wired context with other limits."""
        with super().context() as context:
            yield replace(context, limits=MANY)


@dataclass
class Exchange:
    """A world on a real mailbox, and the statements that each run of ``check`` has asked the database."""

    world: World
    dovecot: Dovecot
    sent: int = 0

    def ask(self, sender: str, subjects: Sequence[str]) -> tuple[list[Any], Counter[str], int]:
        """``sender`` writes; return what came back, what became of the tables, and how many statements it took."""
        ids = [f"<{self.sent + at:05}@writer.test>" for at in range(len(subjects))]
        self.sent += len(ids)
        client = imaplib.IMAP4("127.0.0.1", self.dovecot.imap_port, timeout=10)
        client.login(self.world.settings.address, PASSWORD)
        for message_id, subject in zip(ids, subjects, strict=True):
            content = written(sender, subject, "", message_id).replace(b"exchange@kabinet.test", self.address)
            client.append("INBOX", None, imaplib.Time2Internaldate(self.world.now), content)
        client.logout()
        self.world.run("collect")
        before = self.rows()
        with counting() as statements:
            self.world.run("check")
        after = self.rows()
        with self.world.context() as context, context.store.reading() as session:
            made = [(each, render(context, session, each)) for each in answers(self.world) if each.in_reply_to in ids]
        shown = [
            (ids.index(each.in_reply_to or ""), each.kind, each.address, essence(content, each.message_id, ids))
            for each, content in made
        ]
        return shown, Counter({name: after[name] - before[name] for name in after}), len(statements)

    @property
    def address(self) -> bytes:
        return self.world.settings.address.encode()

    def rows(self) -> Mapping[str, int]:
        """How many rows each table has."""
        with self.world.context() as context, context.store.reading() as session:
            return {
                name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
                for name in Base.metadata.tables
            }


def essence(content: bytes, message_id: str, asked: Sequence[str]) -> list[tuple[str, str]]:
    """Every header and every part of a letter, without what is made anew for each letter."""
    message = letter(content)
    found = [(name, str(value)) for name, value in message.items()]
    for part in message.walk():
        if not part.is_multipart():
            assert isinstance(part, EmailMessage)
            found.append((part.get_content_type(), str(part.get_content())))
    ours = re.compile("|".join(map(re.escape, [message_id.strip("<>"), *(each.strip("<>") for each in asked)])))
    return [(name, re.sub(r'boundary="[^"]*"', "", ours.sub("ID", value))) for name, value in found]


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Exchange:
    """The schedule is out for two regions; the other one has corrections that wait, and a report."""
    folder = tmp_path_factory.mktemp("regions")
    dovecot_settings = dovecot.settings("exchange.regions@kabinet.test")
    settings = make_world(folder, NOWHERE.smtp, dovecot_settings).settings
    world = Roomy(settings.model_copy(update={"authserv_id": SERVER}), NOWHERE)
    with world.context() as context:
        roster.run(context, RosterReport((*PEOPLE, *FAR_PEOPLE), ()), world.now)
        loaded = sources.publication(SCHEDULE, world.settings)
        publish.run(context, rescheduled(loaded, world.now - DAY, world.now + 7 * DAY, world.now), world.now)
    made = Exchange(world, dovecot)
    made.ask(f"{FAR}@school.test", ["ПАСПОРТ название Лицей", "ПАСПОРТ адрес far@school.test"])
    with world.context() as context, context.store.transaction() as session:
        reports.create(session, ReportKind.EXPORT, SCHEDULE, "77", FAR_COORDINATOR, world.now)
    return made


def alike(exchange: Exchange, sender: str, subjects: Sequence[str], words: Sequence[str]) -> list[Any]:
    """Each of ``words`` in ``subjects`` brings the same letters byte for byte, the same rows, the same work.

    Returns the letters about the first word.
    """
    exchange.ask(sender, ["ФАЙЛЫ"])  # it is known to have opened the publication from here on
    found = {word: exchange.ask(sender, [subject.format(word) for subject in subjects]) for word in words}
    (first, *others) = words
    shown, rows, statements = found[first]
    assert len({at for at, *_ in shown}) == len(subjects)  # each was answered
    for word in others:
        typed = (f"№{word}", f"№{first}") if word.isdecimal() else (word, first)
        there = [(*about, [(name, value.replace(*typed)) for name, value in parts]) for *about, parts in found[word][0]]
        assert there == [(*about, parts) for *about, parts in shown], word
        assert found[word][1] == rows, word
        assert found[word][2] == statements, word
    return shown


def test_f11_a_coordinator_does_not_find_out_which_logins_other_regions_have(exchange: Exchange) -> None:
    sender = f"{COORDINATOR}@region.test"
    (*_, parts), *_ = alike(exchange, sender, OF_A_COORDINATOR, [FAR, NOBODY])
    alike(exchange, sender, OF_A_COORDINATOR[:8], [FAR_COORDINATOR, NO_COORDINATOR])
    assert f"В вашем регионе нет организации с логином {FAR}. " in dict(parts)["text/plain"]


def test_f3_f11_a_coordinator_does_not_find_out_which_numbers_other_regions_have(exchange: Exchange) -> None:
    subjects = ("ПРИНЯТЬ {}", "ОТКЛОНИТЬ {}", "ОТКЛОНИТЬ {}: не верно", "ОТЧЕТ {}")
    alike(exchange, f"{COORDINATOR}@region.test", subjects, ["1", "7"])


def test_f11_a_school_does_not_find_out_which_other_schools_there_are(exchange: Exchange) -> None:
    alike(exchange, f"{SCHOOL}@school.test", OF_A_SCHOOL, [OTHER, FAR, NOBODY])
