"""The roster and the record on real Postfix and Dovecot: people write from their own mailboxes and read what comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport, parse_roster
from pipeline.embedded import clients
from pipeline.embedded.organisations import Correspondent
from pipeline.model import ReceiptState
from pipeline.outbox import SmtpTransport
from pipeline.steps import fill, publish, roster
from pipeline.store import receipts
from tests.functional.world import SCHEDULE, World, letter, make_world, text_of, until, workbooks_of
from tests.systems.postfix import Postfix

pytestmark = [pytest.mark.system("dovecot"), pytest.mark.system("postfix")]

LIST = """Логин;Пользователь;Регион;Адреса;Роль
SpO240065;Канский центр;;one.{0}@school.test, two.{0}@school.test;
sch050016;Лицей №51;Красноярский край;lyceum.{0}@school.test;организация
spo240067;Канский техникум;24;gone.{0}@school.test;
spo_coord_24;Регион 24;24;coord.{0}@region.test;координатор
spo240O68;Буква О вместо нуля;24;zero.{0}@school.test;
"""


SERVER = "mx.kabinet.test"


@pytest.fixture
def world(tmp_path: Path, postfix: Postfix, request: pytest.FixtureRequest) -> World:
    exchange = f"exchange.{_mark(request)}@kabinet.test"
    made = make_world(tmp_path, postfix.settings(), postfix.dovecot.settings(exchange))
    made.settings = made.settings.model_copy(update={"authserv_id": SERVER})
    return made


@pytest.fixture
def mark(request: pytest.FixtureRequest) -> str:
    """What tells the mailboxes of a test from those of the others."""
    return _mark(request)


def _mark(request: pytest.FixtureRequest) -> str:
    return str(request.node.name).partition("_")[2][:3]


class People:
    """The people of the list, by the word before the dot of their address."""

    def __init__(self, world: World, postfix: Postfix, mark: str) -> None:
        self.world, self.postfix, self.mark = world, postfix, mark

    def address(self, who: str) -> str:
        return f"{who}.{self.mark}@{'region' if who == 'coord' else 'school'}.test"

    def letters(self, who: str, count: int) -> list[str]:
        """The texts of ``count`` letters, once they are there."""
        found: list[bytes] = []

        def there() -> bool:
            found[:] = self.postfix.dovecot.messages(self.address(who))
            return len(found) >= count

        until(there)
        assert len(found) == count
        return [f"{letter(raw)['Subject']}\n{text_of(letter(raw))}" for raw in found]

    def write(self, who: str, subject: str, body: str = "") -> None:
        """Write to the exchange as a mail client does, by SMTP."""
        exchange = self.world.settings.address
        before = len(self.postfix.dovecot.messages(exchange))
        message = clients.outlook(self.address(who), exchange, subject, body, None)
        domain = self.address(who).partition("@")[2]
        message["Authentication-Results"] = f"{SERVER}; dmarc=pass header.from={domain}"
        with SmtpTransport(self.world.servers.smtp) as transport:
            transport.send(self.address(who), exchange, message.as_bytes(policy=policy.SMTP))
        until(lambda: len(self.postfix.dovecot.messages(exchange)) == before + 1)
        self.world.exchange()


def import_list(world: World, report: RosterReport) -> list[str]:
    with world.context() as context:
        return list(roster.run(context, report, world.now).remarks)


def send_out(world: World) -> None:
    """Publish the schedule and deliver."""
    opens = world.now.replace(minute=0) - timedelta(hours=1)
    with world.context() as context:
        loaded = rescheduled(sources.publication(SCHEDULE, world.settings), opens, opens + timedelta(days=7), opens)
        publish.run(context, loaded, world.now)
    world.run("deliver")


def fill_gaps(world: World) -> None:
    """Send what is of use to whom it has not reached."""
    with world.context() as context:
        fill.run(context, world.now)
    world.run("deliver")


def test_s1_logins_addresses_regions_and_departures_as_the_list_has_them(
    world: World, postfix: Postfix, mark: str
) -> None:
    people = People(world, postfix, mark)
    report = parse_roster("список.csv", LIST.format(mark).encode("cp1251"))
    assert import_list(world, report)[0].startswith("строка 6: логин «spo240O68»")
    send_out(world)
    for who in ("one", "two", "lyceum", "gone", "coord"):
        people.letters(who, 1)
    assert postfix.dovecot.messages(people.address("zero")) == []

    people.write("two", "Паспорт")  # either address of a login is its own, its case as issued
    assert "Логин: SpO240065" in people.letters("two", 2)[-1]
    people.write("lyceum", "ПАСПОРТ")
    assert "Регион: 24, Красноярский край" in people.letters("lyceum", 2)[-1]

    stays = [replace(login, code=login.code.lower()) for login in report.logins if login.code != "spo240067"]
    stays[0] = replace(stays[0], addresses=(people.address("one"), people.address("three")))
    import_list(world, RosterReport(tuple(stays), ()))
    assert [login for login in world.logins() if login.startswith("spo240")] == ["spo240065"]
    people.write("gone", "ФОРМА")
    people.write("two", "ФОРМА")
    with world.context() as context, context.store.reading() as session:
        held = [receipt for receipt in receipts.listed(session) if receipt.state is ReceiptState.HELD]
    assert {receipt.sender for receipt in held} == {people.address("gone"), people.address("two")}
    for who, count in (("gone", 2), ("two", 3)):
        raw = postfix.wait_for(people.address(who), count)[-1]
        assert workbooks_of(letter(raw)) == {}
    fill_gaps(world)
    people.letters("three", 1)
    people.letters("lyceum", 2)


def test_s16_passport_corrected_accepted_by_the_coordinator_and_the_new_address_gets_its_form(
    world: World, postfix: Postfix, mark: str
) -> None:
    people = People(world, postfix, mark)
    import_list(world, parse_roster("список.csv", LIST.format(mark).encode()))
    send_out(world)
    people.letters("one", 1)
    new = people.address("new")
    people.write("one", "ПАСПОРТ", f"Добрый день!\n\nПАСПОРТ\nновый адрес {new}\nназвание Канский центр образования")
    shown = people.letters("one", 2)[-1]
    assert f"Новый адрес: {new} (№1, передано на проверку)" in shown
    assert "Название: Канский центр образования (№2, передано на проверку)" in shown

    coordinator = Correspondent(world.servers, people.address("coord"))
    (first,) = coordinator.letters()
    coordinator.answer(first, "ЗАДАЧИ")
    until(lambda: len(postfix.dovecot.messages(world.settings.address)) == 1)
    world.exchange()
    assert "ПРИНЯТЬ 1 или ОТКЛОНИТЬ 1" in people.letters("coord", 2)[-1]
    coordinator.answer(coordinator.letters()[-1], "Принять 1\nОтклонить 2: по уставу иначе")
    until(lambda: len(postfix.dovecot.messages(world.settings.address)) == 1)
    world.exchange()
    done = people.letters("coord", 3)[-1]
    assert done.startswith("Выполнено: 2 из 2")
    told = people.letters("one", 4)[-2:]
    assert any("Исправление одобрено" in words for words in told)
    assert any("Причина: по уставу иначе" in words for words in told)
    assert any(words.startswith("Этот адрес записан за вашей организацией") for words in people.letters("new", 2))

    fill_gaps(world)
    people.letters("new", 3)
    forms = workbooks_of(letter(postfix.dovecot.messages(new)[-1]))
    assert any(name.startswith("Форма") for name in forms)
    people.write("new", "СТАТУС")
    assert "Ваш статус" in people.letters("new", 4)[-1]
