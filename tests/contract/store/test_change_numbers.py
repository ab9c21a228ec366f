"""Numbers of corrections count within a region; none comes to mean another correction, on both databases (item 3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from alembic import command
from sqlalchemy import text

from pipeline.model.corrections import Change, ChangeState
from pipeline.store import Session, Store, change_numbers, changes, restoring, roster
from pipeline.store.migrations.upgrading import alembic_config
from tests.contract.store.made import NOW, campaign, coordinator, organisation, received

NEAR, BESIDE, FAR = organisation("spo240065"), organisation("spo240067"), organisation("spo770001", "77")
PEOPLE = (NEAR, BESIDE, FAR, coordinator(), coordinator("77"))
MILLION = 1_000_000


def asked(session: Session, login: str, value: str) -> Change:
    """A correction by ``login``; one message stands for all."""
    found = session.execute(text("SELECT id FROM receipts")).scalar()
    made = changes.add(session, Change(login, "name", value, "a@b.test", found or received(session), NOW))
    assert made is not None
    return made


def names(session: Session) -> list[tuple[str, str]]:
    return [(change.value, change.name) for change in changes.listed(session, None)]


def test_f3_each_region_counts_its_own_corrections(store: Store) -> None:
    campaign(store, *PEOPLE)
    with store.transaction() as session:
        for login, value in ((NEAR, "a"), (FAR, "b"), (BESIDE, "c"), (FAR, "d"), (NEAR, "e")):
            asked(session, login.code, value)
        assert names(session) == [("a", "24-1"), ("b", "77-1"), ("c", "24-2"), ("d", "77-2"), ("e", "24-3")]
        assert [change.name for change in changes.numbered(session, 2)] == ["24-2", "77-2"]
        assert [change.value for change in changes.numbered(session, 2, "77")] == ["d"]
        assert changes.numbered(session, 3, "77") == []


def test_f3_two_writers_at_once_never_get_the_same_number(store: Store) -> None:
    campaign(store, *PEOPLE)
    with store.transaction() as session:
        received(session)
    begin = Barrier(2)

    def work(login: str) -> list[int]:
        begin.wait(10)
        made = []
        for value in range(8):
            with store.transaction() as session:
                made += [asked(session, login, f"{value}-{part}").number for part in range(2)]
        return made

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(work, (NEAR.code, BESIDE.code)))
    assert sorted(found[0] + found[1]) == list(range(1, 33))
    assert found[0] == sorted(found[0])


def test_f3_what_waits_is_numbered_where_its_organisation_has_moved(store: Store) -> None:
    campaign(store, *PEOPLE)
    with store.transaction() as session:
        settled, waits = asked(session, NEAR.code, "a"), asked(session, NEAR.code, "b")
        asked(session, FAR.code, "c")
        changes.decide(session, settled.id, ChangeState.APPROVED, NOW, "cli:olga", None)
        roster.amend(session, NEAR, replace(NEAR, region="77"), NOW)
        changes.adopt(session, "24")
        assert names(session) == [("a", "24-1"), ("b", "24-2"), ("c", "77-1")]
        for _ in range(2):  # said again it changes nothing
            changes.adopt(session, "77")
            assert names(session) == [("a", "24-1"), ("b", "77-2"), ("c", "77-1")]
        assert [(change.name, login.code) for change, login in changes.waiting_in(session, "77")] == [
            ("77-2", NEAR.code),
            ("77-1", FAR.code),
        ]
        assert changes.numbered(session, waits.number, "24") == []
        asked(session, BESIDE.code, "d")
        assert names(session)[-1] == ("d", "24-3")  # and not 24-2, which a letter has told


def test_f3_corrections_on_record_keep_the_numbers_that_letters_have_told(store: Store) -> None:
    """Before, the id of the row was told. The number of one that has moved is not given again where it was told."""
    campaign(store, *PEOPLE)
    with store.transaction() as session:
        for login in (NEAR, FAR, BESIDE):
            asked(session, login.code, login.code)
        roster.amend(session, BESIDE, replace(BESIDE, region="77"), NOW)
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0017")
    store.upgrade()
    with store.transaction() as session:
        assert names(session) == [("spo240065", "24-1"), ("spo770001", "77-2"), ("spo240067", "77-3")]
        assert {change.number == change.id for change in changes.listed(session)} == {True}
        roster.save_logins(session, [organisation("spo050001", "05")], NOW, complete=False)
        for login in (NEAR, FAR, NEAR):
            asked(session, login.code, "new")
            changes.decide(session, changes.listed(session)[-1].id, ChangeState.DECLINED, NOW, "cli:olga", None)
        asked(session, "spo050001", "new")
        assert names(session)[3:] == [("new", "24-4"), ("new", "77-4"), ("new", "24-5"), ("new", "05-4")]


def test_f3_a_new_database_and_one_without_corrections_begin_with_one(store: Store) -> None:
    campaign(store, *PEOPLE)
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0017")
    store.upgrade()
    with store.transaction() as session:
        assert asked(session, FAR.code, "a").number == 1


def test_f3_m47_numbers_that_a_lost_database_may_have_given_are_not_given_again(store: Store) -> None:
    """Nor in a region that had none when the copy was made, nor when the same copy is restored a second time."""
    campaign(store, *PEOPLE)
    with store.transaction() as session:
        asked(session, NEAR.code, "a")
        restoring.begin(session, NOW, NOW, "cli:anna")
        assert asked(session, NEAR.code, "b").number == MILLION + 1
        assert asked(session, FAR.code, "c").number == MILLION + 1
        kept = restoring.numbers_given(session)
        assert kept["corrections"] == change_numbers.last_given(session) == MILLION + 1
    with store.transaction() as session:
        session.execute(text("DELETE FROM change_numbers"))  # the copy is put back once more
        restoring.begin(session, NOW, NOW, "cli:anna", kept)
        assert asked(session, FAR.code, "d").number == 2 * MILLION + 1
