"""Corrections are numbered within a region: what a coordinator types is about the own region, whatever the others have.

An administrator, who sees them all, names the region too.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cabinet.roster import RosterReport
from pipeline.errors import UserError
from pipeline.model.corrections import ChangeState
from pipeline.steps import (
    restore,
    roster,
)
from pipeline.store import audit, changes
from tests.functional.post import Kabinet, Post
from tests.functional.regions import (
    COORDINATOR,
    FAR,
    FAR_COORDINATOR,
    OTHER,
    SCHOOL,
    ask_all,
    said_of,
    two_regions,
)

NEAR_SENDER, FAR_SENDER = f"{COORDINATOR}@region.test", f"{FAR_COORDINATOR}@region.test"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return two_regions(tmp_path)


def ask(post: Post, sender: str, subject: str) -> str:
    """What is answered to ``sender``."""
    return said_of(ask_all(post, sender, [subject])[subject])


def correct(post: Post, *logins: str, value: str = "Лицей") -> None:
    """These organisations ask for a correction each."""
    for login in logins:
        assert "передано на проверку" in ask(post, f"{login}@school.test", f"ПАСПОРТ название {value} {login[-1]}")


def states(post: Post) -> dict[str, str]:
    """Every correction: region and number, and what became of it."""
    with post.context() as context, context.store.reading() as session:
        return {change.name: change.state.value for change in changes.listed(session, None)}


def test_f3_a_coordinator_decides_about_the_own_region_by_its_own_numbers(post: Post) -> None:
    correct(post, SCHOOL, FAR, OTHER)
    assert states(post) == dict.fromkeys(("24-1", "77-1", "24-2"), "pending")
    tasks = ask(post, FAR_SENDER, "ЗАДАЧИ")
    assert "ПРИНЯТЬ 1 или ОТКЛОНИТЬ 1" in tasks
    assert "№2" not in tasks
    assert "№1, spo770001, название Лицей 1: принято" in ask(post, FAR_SENDER, "ПРИНЯТЬ 1")
    assert states(post) == {"24-1": "pending", "77-1": "approved", "24-2": "pending"}
    missing = ask(post, FAR_SENDER, "ПРИНЯТЬ 2")
    assert missing.replace("№2", "№9") == ask(post, FAR_SENDER, "ПРИНЯТЬ 9")
    ask(post, NEAR_SENDER, "ОТКЛОНИТЬ 1")
    assert states(post) == {"24-1": "declined", "77-1": "approved", "24-2": "pending"}
    with post.context() as context, context.store.reading() as session:
        details = [deed.detail for deed in audit.listed(session) if deed.what.startswith("change_")]
    assert [detail.partition(" ")[0] for detail in details] == ["24-1", "77-1"]


def test_f3_what_waits_goes_along_with_an_organisation_that_moves(post: Post) -> None:
    correct(post, FAR, OTHER, SCHOOL)
    people = post.logins()
    people[SCHOOL] = replace(people[SCHOOL], region="77")
    with post.context() as context:
        roster.run(context, RosterReport(tuple(people.values()), ()), post.now)
    assert f"№2 от 30 августа 2021 года, {SCHOOL}" in ask(post, FAR_SENDER, "ЗАДАЧИ")
    assert "№2 от 30 августа 2021 года. Название: Лицей 5" in ask(post, f"{SCHOOL}@school.test", "ПАСПОРТ")
    assert "такого исправления нет" in ask(post, NEAR_SENDER, "ПРИНЯТЬ 2")
    assert f"№2, {SCHOOL}, название Лицей 5: принято" in ask(post, FAR_SENDER, "ПРИНЯТЬ 2")
    assert states(post) == {"77-1": "pending", "24-1": "pending", "77-2": "approved"}
    correct(post, OTHER, value="Гимназия")
    assert "24-3" in states(post)  # №2 was told in region 24


def test_f3_an_administrator_names_the_region_too(post: Post, kabinet: Kabinet) -> None:
    correct(post, SCHOOL, FAR, OTHER)
    lines = kabinet("roster", "changes").output.splitlines()
    assert [line.split()[0] for line in lines] == ["№24-1", "№77-1", "№24-2"]
    with pytest.raises(UserError) as caught:
        kabinet("roster", "approve", "1")
    assert (caught.value.code, "24-1, 77-1" in str(caught.value)) == ("change.several", True)
    for unknown in ("24-9", "9", "05-1", "первое"):
        with pytest.raises(UserError) as caught:
            kabinet("roster", "approve", unknown)
        assert caught.value.code == "change.unknown"
    assert states(post) == dict.fromkeys(("24-1", "77-1", "24-2"), "pending")
    assert kabinet("roster", "approve", "77-1").exit_code == 0
    assert "№24-1" in kabinet("roster", "decline", "№24-1").output
    assert kabinet("roster", "approve", "2").exit_code == 0  # one region alone has it
    assert states(post) == {"24-1": "declined", "77-1": "approved", "24-2": "approved"}


def test_f3_m47_after_a_restore_an_old_number_decides_about_nothing_else(post: Post) -> None:
    """№2 was another organisation's in the lost database: read again, «ПРИНЯТЬ 2» finds nothing."""
    correct(post, SCHOOL)
    database = post.settings.state / "kabinet.db"
    copy = database.read_bytes()
    correct(post, OTHER)
    assert "принято" in ask(post, NEAR_SENDER, "ПРИНЯТЬ 2")
    database.write_bytes(copy)
    with post.context() as context:
        restore.declare(context, post.now, None, "operator")
        restore.rescan(context, post.now)
    correct(post, FAR)
    post.run("check")
    assert states(post) == dict.fromkeys(("24-1", "24-1000001", "77-1000001"), "pending")
    with post.context() as context, context.store.reading() as session:
        assert changes.listed(session, ChangeState.APPROVED) == []
    assert "принято" in ask(post, NEAR_SENDER, "ПРИНЯТЬ 1000001, 1")
    assert states(post) == {"24-1": "approved", "24-1000001": "approved", "77-1000001": "pending"}

    database.write_bytes(copy)  # the same copy once more: of its numbers №1 alone means what it did
    with post.context() as context:
        restore.declare(context, post.now, None, "operator")
        restore.rescan(context, post.now)
    post.run("check")
    assert states(post) == {"24-1": "approved", "24-2000001": "pending", "77-2000001": "pending"}
