"""A real mail client on the other side: neomutt answers by SMTP and reads by IMAP, through real Postfix and Dovecot."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.model import Status
from pipeline.store import participations
from tests.functional.post import form_in, typed
from tests.functional.world import SCHEDULE, World, letter, make_world, text_of, until
from tests.systems.dovecot import PASSWORD
from tests.systems.neomutt import Neomutt
from tests.systems.postfix import Postfix
from tests.unit.mail.test_letters import Page

pytestmark = [pytest.mark.system("postfix"), pytest.mark.system("dovecot"), pytest.mark.system("neomutt")]
CODE = "spo240065"


@pytest.fixture
def world(tmp_path: Path, postfix: Postfix) -> World:
    made = make_world(tmp_path, postfix.settings(), postfix.dovecot.settings("exchange.neomutt@kabinet.test"))
    made.only = frozenset({CODE})
    made.begin()
    return made


class Person:
    """Who reads and answers with neomutt."""

    def __init__(self, world: World, postfix: Postfix, folder: Path) -> None:
        self.world, self.postfix, self.folder = world, postfix, folder
        self.address = world.addresses()[CODE]
        self.before = len(postfix.dovecot.messages(self.address))
        self.client = Neomutt(folder, self.address, PASSWORD, postfix.dovecot.imap_port, postfix.port)

    def gets(self, number: int) -> bytes:
        """Let the exchange deliver; return letter ``number`` of this test, counted from 1."""
        self.world.exchange()
        until(lambda: len(self.postfix.dovecot.messages(self.address)) >= self.before + number)
        return self.postfix.dovecot.messages(self.address)[self.before + number - 1]

    def sent(self) -> None:
        """Wait until what the client sent lies in our mailbox."""
        until(lambda: bool(self.postfix.dovecot.messages(self.world.settings.address)))


@pytest.fixture
def person(world: World, postfix: Postfix, tmp_path: Path) -> Person:
    return Person(world, postfix, tmp_path / "neomutt")


def test_s11_a_filled_workbook_saved_and_sent_with_neomutt_is_accepted(person: Person, world: World) -> None:
    publication = person.gets(1)
    name, blank = form_in(letter(publication))
    person.client.keys(
        f"<last-entry><view-attachments><search>{name}<enter><save-entry><kill-line>saved.xlsx<enter><quit><quit>"
    )
    assert (person.folder / "saved.xlsx").read_bytes() == blank  # the client shows our name and gives our bytes
    filled = person.folder / "Форма заполненная.xlsx"
    filled.write_bytes(typed((name, blank))[1])
    person.client.write("Добрый день! Направляем заполненную форму.")
    path = filled.name.replace(" ", "<quote-char> ")  # where a file is asked for, a blank goes through the folders
    person.client.keys(f"<last-entry><reply><attach-file><kill-line>{path}<enter><send-message><quit>")
    person.sent()
    accepted = letter(person.gets(2))
    assert str(accepted["Subject"]).startswith("Принято: ")
    assert "Обществознание" in text_of(accepted)
    assert accepted["In-Reply-To"] is not None
    with world.context() as context, context.store.reading() as session:
        part = participations.participation(session, SCHEDULE, CODE)
    assert part is not None
    assert part.status is Status.SUBMITTED


def test_s9_a_button_pressed_in_neomutt_is_understood_as_its_command(person: Person) -> None:
    page = letter(person.gets(1)).get_body(("html",))
    assert page is not None
    links = [link for link in Page(str(page.get_content())).links if "%D0%A4%D0%9E%D0%A0%D0%9C%D0%90" in link]
    (form,) = links
    assert urlsplit(form).scheme == "mailto"
    person.client.press_link(form)
    person.sent()
    answer = letter(person.gets(2))
    assert str(answer["Subject"]).startswith("Ваша форма")
    assert form_in(answer)[1]


def test_s9_one_word_above_the_quotation_is_understood(person: Person) -> None:
    person.gets(1)
    person.client.write("Здравствуйте!\n\nстатус, пожалуйста")
    person.client.keys("<last-entry><reply><send-message><quit>")
    person.sent()
    assert str(letter(person.gets(2))["Subject"]).startswith("Ваш статус")
