"""Extensions, late returns, reminders and the audit, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from pipeline.model import Login, ReceiptState, StatusEvent
from pipeline.model.audit import Deed
from pipeline.model.closings import Extension
from pipeline.model.delivery import Reminder
from pipeline.model.incoming import Verdict
from pipeline.model.reason import Reason
from pipeline.store import Session, Store, audit, extensions, letters, participations, receipts, reminders, returns
from tests.contract.store.made import (
    CODE,
    LEASE,
    NOW,
    campaign,
    coordinator,
    letter,
    minutes,
    organisation,
    publication,
    received,
    returned,
)

CLOSES = NOW + timedelta(days=7)
DAY = timedelta(days=1)
ONE, OTHER, FAR = organisation("spo240065"), organisation("spo240067"), organisation("spo250001", "25")


def _grant(
    session: Session,
    until: datetime | None,
    at: datetime = NOW,
    login: str | None = None,
    region: str | None = None,
) -> int:
    return extensions.grant(session, Extension(CODE, login, region, until, at, "cli:anna", "болезнь"))


def _closing(session: Session, login: Login, received_at: datetime | None = None) -> datetime:
    return extensions.closing_for(session, publication(), login, received_at)


def test_without_an_extension_the_collections_own_closing_holds(store: Store) -> None:
    campaign(store)
    with store.reading() as session:
        assert _closing(session, ONE) == CLOSES
        assert extensions.own(session, publication(), ONE) == publication()


def test_the_latest_of_login_region_and_everybody_holds(store: Store) -> None:
    campaign(store, ONE, OTHER, FAR)
    with store.transaction() as session:
        _grant(session, CLOSES + DAY)
        _grant(session, CLOSES + 3 * DAY, region="24")
        _grant(session, CLOSES + 2 * DAY, login=ONE.code)
        assert _closing(session, ONE) == CLOSES + 3 * DAY
        assert _closing(session, FAR) == CLOSES + DAY
        _grant(session, CLOSES + 4 * DAY, login=ONE.code)
        assert _closing(session, ONE) == CLOSES + 4 * DAY
        assert _closing(session, OTHER) == CLOSES + 3 * DAY


def test_a_newer_extension_of_one_scope_may_be_shorter_or_take_it_away(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        _grant(session, CLOSES + 3 * DAY, login=ONE.code)
        _grant(session, CLOSES + DAY, login=ONE.code)
        assert _closing(session, ONE) == CLOSES + DAY
        _grant(session, None, login=ONE.code)
        assert _closing(session, ONE) == CLOSES
    with store.reading() as session:
        found = extensions.history(session, CODE)
        assert [(item.until, item.who, item.why) for item in found] == [
            (CLOSES + 3 * DAY, "cli:anna", "болезнь"),
            (CLOSES + DAY, "cli:anna", "болезнь"),
            (None, "cli:anna", "болезнь"),
        ]
        assert extensions.by_login(session, CODE).in_force() == []


def test_an_extension_never_shortens_the_collection(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        _grant(session, CLOSES - DAY, login=ONE.code)
        assert _closing(session, ONE) == CLOSES


def test_what_came_in_time_stays_in_time_when_the_extension_is_shortened_later(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        _grant(session, CLOSES + 2 * DAY, at=CLOSES, login=ONE.code)
        _grant(session, CLOSES + minutes(5), at=CLOSES + DAY, login=ONE.code)
        in_between = CLOSES + DAY - minutes(5)
        assert _closing(session, ONE) < in_between
        assert _closing(session, ONE, in_between) >= in_between


def test_a_coordinators_own_closing_is_that_of_the_region(store: Store) -> None:
    campaign(store, ONE, coordinator())
    with store.transaction() as session:
        _grant(session, CLOSES + 2 * DAY, login=ONE.code)
        own = extensions.own(session, publication(), coordinator())
        assert own is not None
        assert own.collection is not None
        assert own.collection.closes_at == CLOSES
        _grant(session, CLOSES + DAY, region="24")
        own = extensions.own(session, publication(), coordinator())
        assert own is not None
        assert own.collection is not None
        assert (own.collection.closes_at, own.collection.extended_from) == (CLOSES + DAY, CLOSES)


def test_an_extension_is_for_a_login_or_for_a_region(store: Store) -> None:
    campaign(store, ONE)
    with pytest.raises(IntegrityError), store.transaction() as session:
        _grant(session, CLOSES + DAY, login=ONE.code, region="24")


def test_collections_stay_open_for_those_who_were_given_more_time(store: Store) -> None:
    campaign(store, ONE, OTHER, coordinator())
    later = CLOSES + minutes(1)
    with store.transaction() as session:
        assert extensions.open_collections(session, CLOSES) != []
        assert extensions.open_collections(session, later) == []
        _grant(session, CLOSES + DAY, login=ONE.code)
        assert [item.code for item in extensions.open_collections(session, later)] == [CODE]
        assert [item.code for item in extensions.open_for(session, ONE, later)] == [CODE]
        assert extensions.open_for(session, OTHER, later) == []
        assert [item.code for item in extensions.open_for(session, coordinator(), later)] == [CODE]
        _grant(session, None, login=ONE.code)
        assert extensions.open_collections(session, later) == []


def test_the_list_of_participants_shows_who_has_more_time(store: Store) -> None:
    campaign(store, ONE, OTHER)
    with store.transaction() as session:
        _grant(session, CLOSES + DAY, login=ONE.code)
    with store.reading() as session:
        found = participations.participants(session, CODE)
    assert {item.login.code: item.extended_to for item in found} == {ONE.code: CLOSES + DAY, OTHER.code: None}


def _late(session: Session, uid: int, login: Login, at: datetime) -> int:
    """A message refused as late, as the check leaves it."""
    receipt_id = received(session, uid, received_at=at)
    receipts.claim_unread(session, "w", at, LEASE, 10)
    assert extensions.note_late(session, receipt_id, CODE, login.code, at)
    assert receipts.finish(session, receipt_id, "w", at, Verdict(state=ReceiptState.DONE, reason=Reason("late")))
    return receipt_id


def test_returns_refused_as_late_are_opened_again_when_they_are_in_time(store: Store) -> None:
    campaign(store, ONE, OTHER)
    with store.transaction() as session:
        inside = _late(session, 1, ONE, CLOSES + minutes(5))
        outside = _late(session, 2, ONE, CLOSES + 2 * DAY)
        another = _late(session, 3, OTHER, CLOSES + minutes(5))
        letters.enqueue(session, letter("late:1", kind="late", receipt_id=inside))
        _grant(session, CLOSES + DAY, login=ONE.code)
        assert extensions.reopen_late(session, publication(), NOW) == [(inside, ONE.code)]
        assert extensions.reopen_late(session, publication(), NOW) == []
    with store.reading() as session:
        states = {number: _state(session, number) for number in (inside, outside, another)}
        assert states == {
            inside: ReceiptState.UNREAD,
            outside: ReceiptState.DONE,
            another: ReceiptState.DONE,
        }
        assert [item.state.value for item in letters.listed(session)] == ["withheld"]
        assert extensions.overlooked(session) == [CODE]


def _state(session: Session, receipt_id: int) -> ReceiptState | None:
    found = receipts.receipt(session, receipt_id)
    return found.state if found else None


def test_a_late_return_is_told_once_and_again_after_it_was_opened(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        receipt_id = _late(session, 1, ONE, CLOSES + minutes(5))
        assert not extensions.note_late(session, receipt_id, CODE, ONE.code, CLOSES + minutes(5))
        _grant(session, CLOSES + DAY)
        assert len(extensions.reopen_late(session, publication(), NOW)) == 1
        assert extensions.note_late(session, receipt_id, CODE, ONE.code, CLOSES + minutes(5))


def test_a_return_taken_as_late_loses_the_mark(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        first = returns.add(session, returned(at=CLOSES + minutes(5), late=True))
        second = returns.add(session, returned(at=CLOSES + 2 * DAY, late=True))
        _grant(session, CLOSES + DAY, region="24")
        assert extensions.count_on_time(session, publication()) == 1
    with store.reading() as session:
        assert (returns.ret(session, first).late, returns.ret(session, second).late) == (False, True)


def test_the_end_of_an_extension_is_told_once(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        first = _grant(session, CLOSES + DAY, login=ONE.code)
        assert extensions.ending(session, CLOSES + DAY) == []
        assert [item.id for item in extensions.ending(session, CLOSES + 2 * DAY)] == [first]
        second = _grant(session, CLOSES + 3 * DAY, login=ONE.code)
        assert [item.id for item in extensions.ending(session, CLOSES + 2 * DAY)] == [first]
        extensions.end(session, [first], NOW)
        assert extensions.ending(session, CLOSES + 2 * DAY) == []
        assert [item.id for item in extensions.ending(session, CLOSES + 4 * DAY)] == [second]


def test_reminders_are_on_record_once_for_each_deadline_and_cause(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        for closes_at in (CLOSES, CLOSES + DAY, CLOSES):
            reminders.add(session, CODE, [Reminder(ONE.code, closes_at, "days:3", NOW)])
        assert reminders.of_publication(session, CODE) == {
            ONE.code: [
                Reminder(ONE.code, CLOSES, "days:3", NOW),
                Reminder(ONE.code, CLOSES + DAY, "days:3", NOW),
            ]
        }


def test_reminders_that_wait_stop_for_those_who_have_handed_in(store: Store) -> None:
    campaign(store, ONE, OTHER)
    with store.transaction() as session:
        for login in (ONE, OTHER):
            for kind in ("reminder", "last_call", "digest"):
                key = f"{kind}:{login.code}"
                letters.enqueue(session, letter(key, kind=kind, publication=CODE, login=login.code, priority=3))
        receipt_id = received(session)
        return_id = returns.add(session, returned(ONE.code))
        participations.record(
            session, CODE, ONE.code, StatusEvent.RETURN_ACCEPTED, NOW, receipt_id=receipt_id, return_id=return_id
        )
        assert reminders.stop(session, 3, NOW, ["else@where.test"]) == 0
        assert reminders.stop(session, 3, NOW, ["SPO240065@school.test"]) == 2
        assert reminders.stop(session, 3, NOW) == 0
    with store.reading() as session:
        withheld = {item.key for item in letters.listed(session) if item.state.value == "withheld"}
        assert withheld == {f"reminder:{ONE.code}", f"last_call:{ONE.code}"}


def test_a_reminder_goes_on_waiting_for_a_disputed_return(store: Store) -> None:
    campaign(store, ONE)
    with store.transaction() as session:
        letters.enqueue(session, letter("r:1", kind="reminder", publication=CODE, login=ONE.code, priority=3))
        receipt_id = received(session)
        return_id = returns.add(session, returned(ONE.code, receipt_id=receipt_id))
        facts = {"receipt_id": receipt_id, "return_id": return_id}
        participations.record(session, CODE, ONE.code, StatusEvent.RETURN_ACCEPTED, NOW, **facts)
        returns.withdraw(session, receipt_id, ONE.code, NOW)
        participations.record(session, CODE, ONE.code, StatusEvent.RETURN_WITHDRAWN, NOW, **facts)
        assert reminders.stop(session, 3, NOW) == 0


def test_the_newest_return_of_each_login_is_found_for_many_at_once(store: Store) -> None:
    campaign(store, ONE, OTHER)
    with store.transaction() as session:
        returns.add(session, returned(ONE.code))
        newest = returns.add(session, returned(ONE.code, at=NOW + minutes(5), draft=True))
        returns.add(session, returned(ONE.code, at=NOW + minutes(9), received={}))
        other = returns.add(session, returned(OTHER.code))
    with store.reading() as session:
        assert returns.latest_ids(session, CODE) == {ONE.code: newest, OTHER.code: other}
        assert returns.latest_ids(session, CODE, [OTHER.code]) == {OTHER.code: other}


def test_the_audit_keeps_what_was_done_and_finds_it(store: Store) -> None:
    campaign(store, ONE)
    deed = Deed(NOW, "spo_coord_24 <coord@region.test>", "extended", CODE, ONE.code, "24", "до …", "болезнь")
    with store.transaction() as session:
        audit.note(session, deed)
        audit.note(session, Deed(NOW + DAY, "cli:anna", "refused", login="spo240067"))
    with store.reading() as session:
        assert [item.what for item in audit.listed(session)] == ["refused", "extended"]
        assert [item.what for item in audit.listed(session, login="SPO240065")] == ["extended"]
        assert [item.what for item in audit.listed(session, publication=CODE)] == ["extended"]
        assert [item.what for item in audit.listed(session, since=NOW + DAY)] == ["refused"]
        assert audit.listed(session, limit=1)[0].who == "cli:anna"
