"""Returns on record, on both databases."""

from __future__ import annotations

import pytest

from pipeline.errors import Incident
from pipeline.model import Outcome, StatusEvent
from pipeline.store import Store, participations, returns
from tests.contract.store.made import CODE, FINDING, NOW, campaign, minutes, organisation, received, returned

ONE, TWO = "spo240065", "spo240067"


def test_a_return_comes_back_with_every_cell_and_finding(store: Store) -> None:
    campaign(store)
    cells = {"paper": {"5": {"a": None, "b": True, "c": 1.5, "d": "=1+1", "e": {"error": "#N/A"}, "f": "\x00\ud800 ё"}}}
    with store.transaction() as session:
        receipt_id = received(session)
        sent = returned(
            outcome=Outcome.REJECTED, received=cells, data={}, findings=(FINDING,), late=True, receipt_id=receipt_id
        )
        return_id = returns.add(session, sent)
    with store.reading() as session:
        found = returns.ret(session, return_id)
    assert found.received == cells
    assert list(found.received["paper"]["5"]) == ["a", "b", "c", "d", "e", "f"]
    assert found.findings == (FINDING,)
    assert (found.outcome, found.late, found.receipt_id, found.received_at) == (Outcome.REJECTED, True, receipt_id, NOW)


def test_an_unknown_return_is_our_incident(store: Store) -> None:
    with store.reading() as session, pytest.raises(Incident):
        returns.ret(session, 1)


def test_returns_of_a_login_are_counted_from_one(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        made = [returns.add(session, returned(login)) for login in (ONE, ONE, TWO, ONE)]
        assert [returns.ret(session, return_id).ordinal for return_id in made] == [1, 2, 1, 3]


def test_latest_is_by_receipt_time_drafts_too_and_never_unreadable(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        assert returns.latest(session, CODE, ONE) is None
        draft = returns.add(session, returned(at=NOW + minutes(9), draft=True))
        returns.add(session, returned(at=NOW + minutes(5)))
        returns.add(session, returned(at=NOW + minutes(10), outcome=Outcome.UNREADABLE, received={}, data={}))
        returns.add(session, returned(at=NOW + minutes(11), outcome=Outcome.INCIDENT, received={}, data={}))
        found = returns.latest(session, CODE, ONE)
        assert found is not None
        assert (found.id, found.draft) == (draft, True)
        assert returns.latest(session, CODE, TWO) is None


def test_accepted_gives_the_standing_return_of_each_in_order_of_logins(store: Store) -> None:
    campaign(store, organisation(TWO), organisation(ONE), organisation("spo770001", "77"))
    with store.transaction() as session:
        for uid, (login, minute) in enumerate([(TWO, 1), (ONE, 2), (TWO, 3), ("spo770001", 4)], 1):
            at = NOW + minutes(minute)
            participations.record(
                session,
                CODE,
                login,
                StatusEvent.RETURN_ACCEPTED,
                at,
                receipt_id=received(session, uid),
                return_id=returns.add(session, returned(login, at)),
            )
        returns.add(session, returned(ONE, NOW + minutes(9), outcome=Outcome.REJECTED))
    with store.reading() as session:
        everybody = returns.accepted(session, CODE)
        assert [(login.code, ret.received_at) for login, ret in everybody] == [
            (ONE, NOW + minutes(2)),
            (TWO, NOW + minutes(3)),
            ("spo770001", NOW + minutes(4)),
        ]
        assert everybody[0][1].data == returned().data
        assert [login.code for login, _ in returns.accepted(session, CODE, "77")] == ["spo770001"]
