"""Who wrote is proved, on real Postfix and Dovecot: too little proof waits for the registered address."""

from __future__ import annotations

from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import parse_roster
from pipeline.embedded import clients
from pipeline.model import ReceiptState, Status
from pipeline.outbox import SmtpTransport
from pipeline.steps import publish, roster
from pipeline.store import participations, receipts
from tests.functional.post import form_in, typed
from tests.functional.world import SCHEDULE, World, letter, make_world, text_of, until, workbooks_of
from tests.systems.postfix import Postfix

pytestmark = [pytest.mark.system("dovecot"), pytest.mark.system("postfix")]

OWN, OTHER = "own.trust@school.test", "other.trust@school.test"
LIST = f"""Логин;Пользователь;Регион;Адреса
spo240065;Канский центр;24;{OWN}
spo240067;Канский техникум;24;{OTHER}
"""


@pytest.fixture
def world(tmp_path: Path, postfix: Postfix) -> World:
    world = make_world(tmp_path, postfix.settings(), postfix.dovecot.settings("exchange.trust@kabinet.test"))
    opens = world.now - timedelta(hours=1)
    with world.context() as context:
        roster.run(context, parse_roster("list.csv", LIST.encode()), world.now)
        loaded = rescheduled(sources.publication(SCHEDULE, world.settings), opens, opens + timedelta(days=7), opens)
        publish.run(context, loaded, world.now)
    world.run("deliver")
    return world


def received(postfix: Postfix, address: str, count: int) -> list[EmailMessage]:
    """The letters of a mailbox, once there are ``count`` of them."""
    until(lambda: len(postfix.dovecot.messages(address)) >= count)
    return [letter(raw) for raw in postfix.dovecot.messages(address)]


def send(
    world: World, postfix: Postfix, sender: str, to: str, text: str, workbook: tuple[str, bytes] | None = None
) -> None:
    """Write by SMTP as a mail client does, then let the exchange work."""
    exchange = world.settings.address
    before = len(postfix.dovecot.messages(exchange))
    message = clients.outlook(sender, to, "Отчёт", text, workbook)
    with SmtpTransport(world.servers.smtp) as transport:
        transport.send(sender, to, message.as_bytes(policy=policy.SMTP))
    until(lambda: len(postfix.dovecot.messages(exchange)) == before + 1)
    world.exchange()


def test_s2_return_of_another_mailbox_waits_until_the_registered_address_confirms(
    world: World, postfix: Postfix
) -> None:
    (published,) = received(postfix, OWN, 1)
    send(world, postfix, OTHER, world.settings.address, "Направляем отчёт.", typed(form_in(published)))
    with world.context() as context, context.store.reading() as session:
        assert [str(found.reason) for found in receipts.listed(session, {ReceiptState.HELD})] == ["conflict_sender"]
    told = received(postfix, OTHER, 2)[-1]
    asked = received(postfix, OWN, 2)[-1]
    assert world.settings.support in text_of(told)
    assert world.settings.support in text_of(asked)
    assert not workbooks_of(told)
    assert not workbooks_of(asked)
    send(world, postfix, OWN, str(asked["Reply-To"]), "ДА")
    accepted = received(postfix, OWN, 3)[-1]
    assert str(accepted["Subject"]).startswith("Принято")
    with world.context() as context, context.store.reading() as session:
        part = participations.participation(session, SCHEDULE, "spo240065")
        assert part is not None
        assert part.status is Status.SUBMITTED
        assert participations.participation(session, SCHEDULE, "spo240067") is not None
    assert not any(workbooks_of(found) for found in received(postfix, OTHER, 2)[1:])
