"""What the letters of a mailing have in common, on both databases."""

from __future__ import annotations

from typing import Any

from alembic import command
from sqlalchemy import func, select, text

from pipeline.model import Letter
from pipeline.store import Session, Store, letters, sending
from pipeline.store.migrations.upgrading import alembic_config
from pipeline.store.tables import SharedRow
from tests.contract.store.made import LEASE, NOW, campaign, letter, received

COMMON = {"text": "Уважаемые коллеги!", "files": [{"number": 1, "title": "План"}], "none": None}
OTHER = {"text": "Для координаторов"}


def _kept(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(SharedRow)).one()


def _queue(session: Session, *made: Letter) -> list[Letter]:
    return letters.by_ids(session, letters.enqueue_all(session, made))


def _shared_by_key(found: list[Letter]) -> dict[str, Any]:
    return {one.key: one.shared for one in found}


def test_what_letters_share_comes_back_with_each_and_is_kept_once(store: Store) -> None:
    made = [letter(str(number), data={"login": str(number)}, shared=COMMON) for number in range(600)]
    with store.transaction() as session:
        queued = _queue(session, *made, letter("alone"), letter("other", shared=OTHER))
        assert _kept(session) == 2
    assert _shared_by_key(queued) == {str(n): COMMON for n in range(600)} | {"alone": {}, "other": OTHER}
    assert [one.data for one in queued[:2]] == [{"login": "0"}, {"login": "1"}]
    with store.transaction() as session:
        claimed = sending.claim_due(session, "a", NOW, LEASE, 1_000)
        assert _shared_by_key(claimed) == _shared_by_key(queued)
        assert _shared_by_key(letters.listed(session, limit=1_000)) == _shared_by_key(queued)
        assert letters.letter(session, queued[0].id) == queued[0]


def test_the_same_words_of_another_run_are_not_kept_again(store: Store) -> None:
    for key in ("1", "2"):
        with store.transaction() as session:
            _queue(session, letter(key, shared=dict(COMMON)))
    with store.reading() as session:
        assert _kept(session) == 1


def test_what_was_rolled_back_leaves_nothing_that_others_could_take_for_theirs(store: Store) -> None:
    try:
        with store.transaction() as session:
            assert _queue(session, letter(shared=OTHER))[0].shared == OTHER
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    with store.transaction() as session:
        assert _queue(session, letter(shared=COMMON))[0].shared == COMMON
        assert _kept(session) == 1


def test_an_answer_may_share_too(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        letter_id = letters.answer(session, letter("answer:1", receipt_id=received(session), shared=COMMON))
    with store.reading() as session:
        found = letters.letter(session, letter_id or 0)
    assert found is not None
    assert found.shared == COMMON


def test_an_earlier_schema_has_it_in_every_row_and_so_it_stays(store: Store) -> None:
    own = {"login": "spo240065", "text": "Своё"}
    with store.transaction() as session:
        _queue(session, letter("1", data=own, shared=COMMON), letter("2", data=own))
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0010")
    with store.reading() as session:
        assert session.scalars(text("SELECT count(*) FROM letters")).one() == 2
    store.upgrade()
    with store.reading() as session:
        second, first = letters.listed(session)
    assert (first.data, first.shared) == (COMMON | own, {})
    assert (second.data, second.shared) == (own, {})
