"""Addresses of a database that was made before they had one spelling (E10, M40), on both databases."""

from __future__ import annotations

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from pipeline.mail.addresses import canonical
from pipeline.model import Login, Role
from pipeline.store import Store, changes, health, letters, receipts, roster
from pipeline.store.migrations.upgrading import alembic_config
from tests.contract.store.made import NOW, campaign, letter, received

REVISION = "0017"
CYRILLIC, CODED = "info@школа.рф", "info@xn--80atdl2c.xn--p1ai"
SCHOOL = Login("spo240065", "Школа", Role.ORGANISATION, "24", ("Office@школа.рф", CYRILLIC, "a@b.test", CODED))


_CHANGE = """
INSERT INTO change_requests (login, field, value, requested_by, receipt_id, requested_at, state)
VALUES (:login, 'name', 'Школа №7', :asked_by, :number, '2021-08-30 09:00:00.000000', 'pending')
"""


def test_e10_m40_a_database_made_before_finds_its_cyrillic_addresses(empty_url: str) -> None:
    """E10, M40: what was recorded as it came is found by the canonical spelling after the upgrade, nothing is lost."""
    store = Store(empty_url)
    store.upgrade()
    _down(store)
    campaign(store, SCHOOL)
    with store.transaction() as session:
        made = letters.enqueue(session, letter(address="INFO@Школа.РФ.", login=None, receipt_id=None))
        number = received(session)
        session.execute(text("UPDATE receipts SET sender = :was"), {"was": CYRILLIC})
        # in the schema of then
        session.execute(text(_CHANGE), {"login": SCHOOL.code, "asked_by": CYRILLIC, "number": number})
        health.open_task(session, SCHOOL.code, CYRILLIC, NOW, "no_mailbox", NOW)
        health.open_task(session, SCHOOL.code, "office@школа.рф", NOW, "no_mailbox", NOW)
        health.open_task(session, SCHOOL.code, canonical("office@школа.рф"), NOW, "no_mailbox", NOW)

    store.upgrade()

    with store.reading() as session:
        (login,) = roster.logins_of_address(session, CODED)
        assert login.addresses == (canonical("Office@школа.рф"), CODED, "a@b.test")
        (found,) = [one for one, _ in letters.found(session, address=CODED)]
        assert (found.id, found.address) == (made, CODED)
        assert session.scalar(text("SELECT domain FROM letters")) == "xn--80atdl2c.xn--p1ai"
        assert [item.sender for item in receipts.listed(session)] == [CODED]
        assert [item.requested_by for item in changes.listed(session)] == [CODED]
        tasks = {task.address for task in health.open_tasks(session)}
        assert {CODED, canonical("office@школа.рф")} <= tasks
        assert health.is_watched(session, CODED, "probe")
    _down(store)
    store.upgrade()
    store.dispose()


def _down(store: Store) -> None:
    """Go back to the schema before this step, whatever its number and what came after it."""
    with store.transaction() as session:
        config = alembic_config(session.connection())
        step = ScriptDirectory.from_config(config).get_revision(REVISION)
        assert step is not None
        assert isinstance(step.down_revision, str)
        command.downgrade(config, step.down_revision)
