"""The cabinet's commands through real Postfix and Dovecot: a storage of 120 files, the summary, search."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from pipeline import sources
from pipeline.embedded.organisations import Correspondent
from pipeline.model import Issued, IssueHow
from pipeline.steps import publish, roster
from pipeline.store import issued
from tests.functional.storages import LIBRARY, content_of, files_in, library, name_of
from tests.functional.world import SCHEDULE, World, letter, make_world, text_of, until
from tests.systems.dovecot import Dovecot
from tests.systems.postfix import Postfix

pytestmark = [pytest.mark.system("dovecot"), pytest.mark.system("postfix")]

SCHOOL, COORDINATOR = "spo240065", "spo_coord_24"
SIZE = 30_000


class Cabinet:
    """One organisation and its coordinator, with a mail client each; ``mailboxes`` are fresh addresses."""

    def __init__(self, world: World, dovecot: Dovecot, mailboxes: dict[str, str]) -> None:
        self.world, self.dovecot, self.mailboxes = world, dovecot, mailboxes

    def letters(self, code: str) -> list[EmailMessage]:
        """What lies in the mailbox, oldest first."""
        return [letter(data) for data in self.dovecot.messages(self.mailboxes[code])]

    def ask(self, words: str, code: str = SCHOOL, answers: int = 1, to: int = 0) -> list[EmailMessage]:
        """Answer the letter number ``to`` with ``words`` under its own subject; return the answers."""
        before = len(self.letters(code))
        person = Correspondent(self.world.servers, self.mailboxes[code])
        person.answer(person.letters()[to], words)
        until(lambda: len(self.dovecot.messages(self.world.settings.address)) == 1)
        self.world.exchange()
        until(lambda: len(self.letters(code)) == before + answers)
        return self.letters(code)[before:]

    def history(self, code: str = SCHOOL) -> list[Issued]:
        """What is on record of the library's files."""
        with self.world.context() as context, context.store.reading() as session:
            return issued.of_login(session, LIBRARY, code)


@pytest.fixture(scope="module")
def cabinet(postfix: Postfix, tmp_path_factory: pytest.TempPathFactory) -> Cabinet:
    """The schedule and a library of 120 files are published to one organisation and its coordinator."""
    exchange = "exchange.cabinet@kabinet.test"
    world = make_world(tmp_path_factory.mktemp("cabinet"), postfix.settings(), postfix.dovecot.settings(exchange))
    world.settings = world.settings.model_copy(update={"largest_letter": 2})  # megabytes, the least: several parts
    mailboxes = {SCHOOL: "cabinet65@school.test", COORDINATOR: "cabinet24@region.test"}
    report = sources.roster(world.settings.home / "publications" / "roster.xlsx")
    kept = tuple(
        replace(login, addresses=(mailboxes[login.code],)) for login in report.logins if login.code in mailboxes
    )
    with world.context() as context:
        roster.run(context, replace(report, logins=kept), world.now)
        publish.run(context, library(world.now, 120, SIZE), world.now)
        loaded = sources.publication(SCHEDULE, world.settings)
        moved = replace(loaded.publication, published_at=world.now)
        if moved.collection:
            opens_at, closes_at = world.now - timedelta(hours=1), world.now + timedelta(days=7)
            moved = replace(moved, collection=replace(moved.collection, opens_at=opens_at, closes_at=closes_at))
        publish.run(context, replace(loaded, publication=moved), world.now)
    world.run("deliver")
    made = Cabinet(world, postfix.dovecot, mailboxes)
    until(lambda: all(len(made.letters(code)) == 2 for code in mailboxes))
    return made


def _letter_of(cabinet: Cabinet, code: str, title: str) -> int:
    """The place of the publication's letter in the mailbox: Postfix delivers in an order of its own."""
    return next(
        place for place, found in enumerate(cabinet.letters(code)) if title in str(found["Subject"]).replace("\n", "")
    )


def test_s6_a_storage_of_120_files_is_listed_searched_and_issued(cabinet: Cabinet) -> None:
    to = _letter_of(cabinet, SCHOOL, "Библиотека")
    first = cabinet.letters(SCHOOL)[to]
    assert list(files_in(first)) == [name_of(2)]
    assert "И еще 105 файлов" in text_of(first)

    (listed,) = cabinet.ask("Файлы", to=to)
    text = text_of(listed)
    assert "В хранилище 120 файлов" in text
    assert "Страница 1 из 3" in text
    second = text.split("\n2. ")[1].split("\n3. ")[0]
    assert "отправлен с письмом" in second
    assert "скачан " not in second

    (found,) = cabinet.ask("файлы протоколы", to=to)
    assert "По слову «протоколы»: 20 файлов" in text_of(found)

    (one,) = cabinet.ask("Файл №10, пожалуйста!", to=to)
    assert files_in(one) == {name_of(10): content_of(10, SIZE)}
    (taken,) = [issue for issue in cabinet.history() if issue.number == 10]
    assert taken.how is IssueHow.REQUESTED
    assert taken.taken_at is not None
    (again,) = cabinet.ask("файлы протокол", to=to)
    assert "скачан " in text_of(again).split("\n10. ")[1].split("\n16. ")[0]


def test_s6_everything_comes_in_parts_and_every_file_has_its_time(cabinet: Cabinet) -> None:
    to = _letter_of(cabinet, SCHOOL, "Библиотека")
    parts = cabinet.ask("Скачать всё", answers=3, to=to)
    names: list[str] = []
    archives = {name: content for part in parts for name, content in files_in(part).items()}
    assert sorted(archives) == [f"Скачать всё, часть {part} из 3.zip" for part in (1, 2, 3)]
    for content in archives.values():
        assert len(content) < 2 * 1024 * 1024
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            assert opened.testzip() is None
            names += opened.namelist()
    assert sorted(names) == sorted(
        f"{'Документы' if number <= 60 else 'Материалы'}/{name_of(number)}" for number in range(1, 121) if number != 4
    )
    taken = {issue.number for issue in cabinet.history() if issue.how is IssueHow.REQUESTED and issue.taken_at}
    assert taken == set(range(1, 121)) - {4}


def test_s7_a_coordinator_is_refused_the_file_for_organisations(cabinet: Cabinet) -> None:
    to = _letter_of(cabinet, COORDINATOR, "Библиотека")
    assert "только для образовательных организаций" in text_of(cabinet.letters(COORDINATOR)[to])
    (refused,) = cabinet.ask("ФАЙЛ 3", COORDINATOR, to=to)
    assert files_in(refused) == {}
    assert "этот файл только для образовательных организаций: координатору он виден, но не выдается" in text_of(refused)
    (given,) = cabinet.ask("файлы 1 и 3", COORDINATOR, to=to)
    assert list(files_in(given)) == [name_of(1)]
    assert {issue.number for issue in cabinet.history(COORDINATOR)} == {1, 2}


def test_s3_summary_search_and_several_commands_at_once(cabinet: Cabinet) -> None:
    to = _letter_of(cabinet, SCHOOL, "Расписание")
    summary, found, again = cabinet.ask(
        "Добрый день!\n\nСводка\nНайти библиотеки\nпубликация Расписание", answers=3, to=to
    )
    by_subject = {str(message["Subject"]).split(":")[0]: text_of(message) for message in (summary, found, again)}
    assert any(subject.startswith("Новых публикаций") for subject in by_subject)
    listed = next(text for subject, text in by_subject.items() if subject.startswith("Новых публикаций"))
    assert "ШНОР: новых " in listed
    assert ") · " in listed
    assert "Найдена 1 публикация" in by_subject
    assert any(subject.startswith("Заполнить до") for subject in by_subject)


def test_s3_a_reply_makes_a_publication_read(cabinet: Cabinet) -> None:
    to = _letter_of(cabinet, COORDINATOR, "Расписание")
    (summary,) = cabinet.ask("Сводка", COORDINATOR, to=to)
    assert "ВПР СПО: новых 0, всего 1" in text_of(summary)
