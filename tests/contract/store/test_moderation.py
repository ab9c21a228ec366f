"""One-time codes, withdrawn returns, the audit of receipts and corrections of the roster, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import text

from pipeline.model import Outcome, ReceiptState, Status, StatusEvent
from pipeline.model.corrections import Change, ChangeState, applied
from pipeline.model.incoming import Purpose, ReceiptEvent, Verdict
from pipeline.model.reason import DISOWNED, Reason
from pipeline.status.receipt import ReceiptMove
from pipeline.store import Store, changes, confirmations, participations, receipts, returns, roster
from pipeline.store.migrations.upgrading import alembic_config
from tests.contract.store.made import CODE, NOW, campaign, minutes, organisation, received, returned

ONE = "spo240065"


def test_a_code_is_kept_as_a_hash_and_spent_once(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        for code, login in (("aaaabbbbcccc", ONE), ("ddddeeeeffff", "spo240067")):
            confirmations.add(session, code, Purpose.RELEASE, number, login, NOW, NOW + minutes(60))
    with store.transaction() as session:
        stored = session.execute(text("SELECT * FROM confirmations")).all()
        assert "aaaabbbbcccc" not in str(stored)
        (found,) = confirmations.by_codes(session, ["AAAABBBBCCCC", "unknown"])
        (other,) = confirmations.by_codes(session, ["ddddeeeeffff"])
        assert confirmations.asked_since(session, ONE, NOW) == 1
        assert confirmations.is_asked(session, number)
        assert not confirmations.spend(session, found, NOW + minutes(60), "ДА")
        assert confirmations.spend(session, found, NOW + minutes(59), "ДА")
        assert not confirmations.spend(session, found, NOW + minutes(59), "ДА")
        assert not confirmations.spend(session, other, NOW + minutes(59), "ДА")  # one message, one decision


def test_w25_withdrawn_return_gives_way_to_the_one_before_and_is_never_prefilled(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        made = []
        for uid in (1, 2):
            number = received(session, uid)
            made.append(returns.add(session, returned(at=NOW + minutes(uid), receipt_id=number)))
            at, event = NOW + minutes(uid), StatusEvent.RETURN_ACCEPTED
            participations.record(session, CODE, ONE, event, at, receipt_id=number, return_id=made[-1])
        draft = returned(at=NOW + minutes(3), draft=True, outcome=Outcome.ACCEPTED)
        returns.add(session, draft)
        undo = received(session, 9)
        for expected in ((made[0], NOW + minutes(1), False), (None, NOW + minutes(1), True)):
            target = 2 if expected[0] else 1
            (gone,) = returns.withdraw(session, _number(session, target), ONE, NOW + minutes(10))
            assert returns.withdraw(session, _number(session, target), ONE, NOW + minutes(10)) == []
            event = StatusEvent.RETURN_WITHDRAWN
            for _ in range(2):  # a repeat changes nothing
                after = participations.record(
                    session, CODE, ONE, event, NOW + minutes(10), receipt_id=undo, return_id=gone.id
                )
            assert (after.accepted_return_id, after.handed_in_at, after.disputed) == expected
            assert after.status is Status.SUBMITTED
        assert returns.accepted(session, CODE) == []
        latest = returns.latest(session, CODE, ONE)
        assert latest is not None
        assert latest.draft
        older = returns.add(session, returned(at=NOW + minutes(1), receipt_id=undo))
        event = StatusEvent.RETURN_ACCEPTED
        after = participations.record(session, CODE, ONE, event, NOW, receipt_id=undo, return_id=older)
        assert (after.accepted_return_id, after.disputed) == (older, False)


def _number(session: object, uid: int) -> int:
    found = receipts.listed(session)  # type: ignore[arg-type]  # a session of the store
    return next(receipt.id for receipt in found if receipt.uid == uid)


def test_decisions_about_a_receipt_are_on_record(store: Store) -> None:
    with store.transaction() as session:
        number = received(session)
        assert not receipts.refuse(session, number, ReceiptMove.DENIED, Reason("denied"), NOW)
        receipts.claim_unread(session, "w", NOW + minutes(5), minutes(10), 10)
        receipts.finish(
            session, number, "w", NOW + minutes(5), Verdict(state=ReceiptState.HELD, sender="a@b.test", login=ONE)
        )
        assert receipts.reopen(session, number, "SPO240065")
        receipts.note(session, number, ReceiptEvent.RELEASED, NOW, "cli:olga", "spo240065")
        found = receipts.receipt(session, number)
        assert found is not None
        assert (found.state, found.released_as, found.received_at) == (
            ReceiptState.UNREAD,
            "SPO240065",
            NOW + minutes(1),
        )
        assert [(item.event, item.at, item.who) for item in receipts.decisions(session, number)] == [
            (ReceiptEvent.RELEASED, NOW, "cli:olga")
        ]
        receipts.claim_unread(session, "w", NOW + minutes(6), minutes(10), 10)
        receipts.finish(
            session, number, "w", NOW + minutes(6), Verdict(state=ReceiptState.DONE, sender="a@b.test", login=ONE)
        )
        assert receipts.refuse(session, number, ReceiptMove.DISOWNED, DISOWNED, NOW)
        assert receipts.is_disowned(session, "a@b.test", "SPO240065")
        assert not receipts.is_disowned(session, "c@b.test", ONE)


def test_s16_a_correction_takes_effect_once_approved(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        wanted = Change(ONE, "address", "new@school.test", "a@b.test", number, NOW)
        added = [changes.add(session, each) for each in (wanted, wanted, replace(wanted, field="name", value="Лицей"))]
        assert added[1] is None
        first, name = (change.id for change in added if change is not None)
        assert [change.id for change in changes.listed(session)] == [first, name]
        assert changes.decide(session, first, ChangeState.APPROVED, NOW, "cli:olga", None)
        assert not changes.decide(session, first, ChangeState.DECLINED, NOW, "cli:olga", None)
        before = roster.login(session, ONE)
        assert before is not None
        after = applied(wanted, before)
        assert applied(wanted, after) == after
        roster.amend(session, before, applied(replace(wanted, field="name", value="Лицей"), after), NOW)
        login = roster.login(session, ONE)
        assert login is not None
        assert login.addresses == ("spo240065@school.test", "new@school.test")
        assert login.name == "Лицей"
        assert [change.id for change in changes.listed(session)] == [name]
        assert [(change.id, login.name) for change, login in changes.waiting_in(session, "24")] == [(name, "Лицей")]
        assert changes.waiting_in(session, "77") == []


@pytest.mark.parametrize(
    ("field", "value", "after"),
    [
        ("address", "c@x.test", ("a@x.test", "b@x.test", "c@x.test")),
        ("address", "A@x.test", ("a@x.test", "b@x.test")),
        ("replaced_address", "a@x.test c@x.test", ("c@x.test", "b@x.test")),
        ("replaced_address", "a@x.test b@x.test", ("b@x.test",)),
        ("replaced_address", "gone@x.test c@x.test", ("a@x.test", "b@x.test", "c@x.test")),
        ("removed_address", "a@x.test", ("b@x.test",)),
        ("other", "тел. 1", ("a@x.test", "b@x.test")),
    ],
)
def test_s16_what_a_correction_makes_of_the_addresses(field: str, value: str, after: tuple[str, ...]) -> None:
    before = organisation(ONE, "24", "a@x.test", "b@x.test")
    assert applied(Change(ONE, field, value, "a@x.test", 1, NOW), before) == replace(before, addresses=after)


def test_the_second_revision_keeps_the_events_that_are_there_and_goes_back(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        participations.record(session, CODE, ONE, StatusEvent.FORM_REQUESTED, NOW, receipt_id=number)
    query = text("SELECT id, publication, login, event, receipt_id, status FROM status_events")
    with store.reading() as session:
        before = session.execute(query).all()
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0001")
    store.upgrade()
    with store.reading() as session:
        assert session.execute(query).all() == before
    with store.transaction() as session:
        again = participations.record(session, CODE, ONE, StatusEvent.FORM_REQUESTED, NOW, receipt_id=number)
        assert again.status is Status.IN_PROGRESS
    with store.reading() as session:
        assert session.execute(query).all() == before
