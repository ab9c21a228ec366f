"""Letters of a publication as they arrive, through real Postfix and Dovecot: editions, new addresses, withdrawal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.embedded.organisations import Correspondent, filled
from pipeline.model import Login, Role
from pipeline.steps import fill, publish, withdraw
from pipeline.store import roster
from tests.factories.folders import SECOND_FORM, folder
from tests.functional.world import World, letter, make_world, text_of, until, workbooks_of
from tests.systems.dovecot import Dovecot
from tests.systems.postfix import Postfix

pytestmark = [pytest.mark.system("dovecot"), pytest.mark.system("postfix")]

CODE = "probe"
TEXT = (
    "Уважаемые коллеги!\n\nЗаполните форму по [инструкции](https://example.org/инструкция.pdf) до **{{ closes_at }}**."
)
FILES = {"прил план.pdf": b"%PDF-1.4 plan", "ключи к работам.pdf": b"%PDF-1.4 keys"}


@dataclass
class Office:
    """One organisation and its coordinator with mailboxes of their own."""

    world: World
    dovecot: Dovecot
    school: Login
    watching: Login
    closes_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.closes_at = self.world.now + timedelta(days=7)
        self.enrol(self.school, self.watching)

    def enrol(self, *logins: Login) -> None:
        """Make the roster be these."""
        with self.world.context() as context, context.store.transaction() as session:
            roster.save_logins(session, logins, self.world.now)

    def issue(self, **parts: object) -> None:
        """Publish and deliver; wait until both have the letter."""
        values = {"text": TEXT, "files": FILES, "closes_at": self.closes_at, **parts}
        before = [len(self.letters(login)) for login in (self.school, self.watching)]
        with self.world.context() as context:
            publish.run(context, folder(CODE, self.world.now, **values), self.world.now)  # type: ignore[arg-type]
        self.world.run("deliver")
        until(lambda: [len(self.letters(login)) for login in (self.school, self.watching)] == [n + 1 for n in before])

    def letters(self, login: Login) -> list[EmailMessage]:
        """What lies in the first mailbox of a login, oldest first."""
        return [letter(data) for data in self.dovecot.messages(login.addresses[0])]

    def hand_in(self, message: EmailMessage, rooms: int, number: int = -1) -> EmailMessage:
        """The organisation answers its newest letter with the form of ``message``; return what it is answered."""
        before = len(self.letters(self.school))
        ((name, content),) = workbooks_of(message).items()
        with filled(content) as (book, save):
            book["Лист"]["A5"], book["Лист"]["B5"] = "Физика", rooms
            content = save()
        person = Correspondent(self.world.servers, self.school.addresses[0])
        person.answer(person.letters()[number], "", (name, content))
        until(lambda: len(self.dovecot.messages(self.world.settings.address)) == 1)
        self.world.now = max(self.world.now, datetime.now(self.world.now.tzinfo))
        self.world.exchange()
        until(lambda: len(self.letters(self.school)) == before + 1)
        return self.letters(self.school)[-1]


@pytest.fixture
def office(postfix: Postfix, tmp_path: Path, request: pytest.FixtureRequest) -> Office:
    name = request.node.name.split("_")[1]
    exchange = f"exchange.publication.{name}@kabinet.test"
    world = make_world(tmp_path, postfix.settings(), postfix.dovecot.settings(exchange))
    world.now -= timedelta(minutes=5)
    school = Login("spo240065", "Лицей", Role.ORGANISATION, "24", (f"publication.{name}@school.test",))
    watching = Login("spo_coord_24", "Регион", Role.COORDINATOR, "24", (f"publication.{name}@region.test",))
    return Office(world, postfix.dovecot, school, watching)


def test_s4_s5_subject_is_the_folded_view_and_the_letter_the_unfolded_one_with_links_kept(office: Office) -> None:
    """A new address gets the same letter, once, from what is on record: the folder is not asked again."""
    office.issue()
    (received,) = office.letters(office.school)
    subject, body = str(received["Subject"]), text_of(received)
    assert subject.startswith("Заполнить до")
    assert "Проба [spo240065-1]" in subject
    assert body.index("Уважаемые коллеги!") < body.index("Материалы") < body.index("СБОР ДАННЫХ")
    assert "https://example.org/" in body
    html = received.get_body(("html",))
    assert html is not None
    assert 'href="https://example.org/' in str(html.get_content())
    assert {part.get_filename() for part in received.iter_attachments()} >= {"прил план.pdf", "Форма spo240065.xlsx"}

    mended = replace(office.school, addresses=("publication.mended@school.test",))
    office.enrol(mended, office.watching)
    for _ in range(2):
        with office.world.context() as context:
            fill.run(context, office.world.now)
        office.world.run("deliver")
    until(lambda: len(office.letters(mended)) == 1)
    (again,) = office.letters(mended)
    assert str(again["Subject"]) == subject
    assert text_of(again) == body
    assert len(office.letters(office.watching)) == 1


def test_s9_corrected_form_is_asked_again_and_a_withdrawn_collection_takes_nothing_more(office: Office) -> None:
    office.issue()
    (first,) = office.letters(office.school)
    assert "Вы можете заполнить форму. Прием открыт." in text_of(first)
    assert str(office.hand_in(first, 12)["Subject"]).startswith("Принято")

    office.issue(edition=2, form=SECOND_FORM, ask_again="да", changes="[аудиторий может быть больше, добавлен приказ]")
    second = office.letters(office.school)[-1]
    assert str(second["Subject"]).startswith("Исправлено, редакция 2: Проба")
    assert str(second["In-Reply-To"]) == str(first["Message-ID"])
    body = text_of(second)
    assert "- аудиторий может быть больше" in body
    assert "- добавлен приказ" in body
    assert "нужно прислать еще раз" in body
    assert str(office.hand_in(second, 300)["Subject"]).startswith("Принято")
    assert office.world.counts(CODE).submitted == 1

    office.world.now += timedelta(seconds=1)
    with office.world.context() as context:
        done = withdraw.run(context, CODE, "Сбор перенесен на весну.", office.world.now, "cli:test")
    assert done.counts["letters"] == 2
    office.world.run("deliver")
    until(lambda: str(office.letters(office.school)[-1]["Subject"]).startswith("Отозвано: Проба"))
    assert "Сбор перенесен на весну." in text_of(office.letters(office.school)[-1])
    until(lambda: datetime.now(office.world.now.tzinfo) > office.world.now + timedelta(seconds=1))
    refused = office.hand_in(second, 400)
    assert str(refused["Subject"]).startswith("Не принято, публикация отозвана")
    assert "Сбор перенесен на весну." in text_of(refused)
    assert office.world.counts(CODE).submitted == 1


def test_s11a_coordinators_letter_of_each_edition_has_figures_and_locked_files(office: Office) -> None:
    office.issue()
    (first,) = office.letters(office.watching)
    assert str(first["Subject"]).startswith("Сдано 0 из 1: Проба")
    assert "Всего: 1" in text_of(first)
    assert "УЧАСТНИКИ" in text_of(first)
    assert {part.get_filename() for part in first.iter_attachments()} == {"прил план.pdf"}
    office.hand_in(office.letters(office.school)[0], 12)

    office.issue(edition=2, files={**FILES, "ключи к работам.pdf": b"%PDF-1.4 better keys"})
    second = office.letters(office.watching)[-1]
    body = text_of(second)
    assert str(second["Subject"]).startswith("Исправлено, редакция 2: Проба")
    assert "- заменен файл «ключи к работам»" in body
    assert "Принятые данные остаются в силе." in body
    assert "Сдано: 1" in body
    locked = body[body.index("ключи к работам", body.index("Материалы")) :].split("\n\n")[0]
    assert "только для образовательных организаций" in " ".join(locked.split())
    assert not workbooks_of(second)
