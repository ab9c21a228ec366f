"""What the caps are counted from, and who was told of one (E7, M33), on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipeline.model import Allowance, LetterState
from pipeline.model.audit import Deed
from pipeline.store import Session, Store, audit, caps, letters
from tests.contract.store.made import CODE, NOW, campaign, letter, minutes, received

ONE, ADDRESS = "spo240065", "spo240065@school.test"
SINCE = NOW - timedelta(days=1)


def _answer(session: Session, key: str, allowance: Allowance | None, receipt_id: int, **parts: Any) -> None:
    made = letter(key, receipt_id=receipt_id, login=ONE, **parts)
    letters.answer(session, replace(made, allowance=allowance))


def _limit(session: Session, key: str, receipt_id: int, until: str, **parts: Any) -> None:
    made = letter(key, kind=caps.KIND, receipt_id=receipt_id, login=ONE, data={"until": until}, **parts)
    caps.tell(session, replace(made, allowance=Allowance.ANSWERS))


def test_e7_answers_receipts_and_what_support_wrote_are_counted_apart(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        for count, allowance in enumerate((Allowance.ANSWERS, Allowance.RECEIPTS, Allowance.RECEIPTS, None)):
            _answer(session, f"answer:{count}", allowance, number)
    for ahead in (False, True):
        with store.transaction() as session:
            if ahead:
                letters.read_ahead(session, [number], [ADDRESS], [ONE], SINCE)
            _answer(session, f"answer:ahead:{ahead}", Allowance.ANSWERS, number, at=NOW + minutes(1))
            counted = [letters.answers_since(session, ADDRESS, SINCE, allowance) for allowance in Allowance]
            assert counted == [2 + ahead, 2, 0]
            assert letters.answers_to_login_since(session, ONE, SINCE, Allowance.RECEIPTS) == 2
            assert letters.answers_since(session, ADDRESS, SINCE) == 5 + ahead
    with store.reading() as session:
        times = caps.answered_at(session, SINCE, Allowance.ANSWERS, address=ADDRESS.upper())
        assert times == caps.answered_at(session, SINCE, Allowance.ANSWERS, login=ONE) == [NOW, *[NOW + minutes(1)] * 2]
        (kept,) = letters.found(session, limit=1)
        assert kept[0].allowance is Allowance.ANSWERS


def test_e7_who_was_told_of_a_cap_is_known_before_and_after_the_commit(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = received(session)
        caps.read_ahead(session, [ADDRESS], SINCE)
        assert caps.told(session, ADDRESS, SINCE) == []
        _limit(session, "limit:1", number, "1")
        _limit(session, "limit:2", number, "2", state=LetterState.WITHHELD)
        _limit(session, "limit:3", number, "3", address="other@school.test")
        _limit(session, "limit:4", number, "4", at=SINCE - minutes(1))
        assert [data["until"] for data in caps.told(session, ADDRESS.upper(), SINCE)][:1] == ["1"]
    with store.transaction() as session:
        assert [data["until"] for data in caps.told(session, ADDRESS, SINCE)] == ["1"]
        _limit(session, "limit:5", number, "5")
        assert [data["until"] for data in caps.told(session, ADDRESS, SINCE)] == ["1", "5"]
    with store.reading() as session:
        caps.read_ahead(session, [ADDRESS.upper(), "nobody@school.test"], SINCE)
        assert [data["until"] for data in caps.told(session, ADDRESS, SINCE)] == ["1", "5"]
        assert caps.told(session, "nobody@school.test", SINCE) == []


def test_e8_the_instants_of_one_kind_of_deed_are_found_however_many_others_there_are(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        for count in range(120):
            audit.note(session, Deed(NOW + minutes(count), "somebody", "refused", CODE, ONE))
        for at, login in ((NOW, ONE), (NOW + minutes(30), ONE), (NOW, "spo240067"), (NOW - timedelta(days=3), ONE)):
            audit.note(session, Deed(at, "somebody", "repeated", CODE, login))
        found = audit.times(session, "repeated", ONE, NOW - timedelta(days=2))
    assert found == [(NOW, CODE), (NOW + minutes(30), CODE)]
