"""The roster as imports leave it, on both databases."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model import Login, Role
from pipeline.model.roster import RosterChange
from pipeline.store import Store, audit, letters, roster
from tests.contract.store.made import NOW, coordinator, letter, organisation


def _saved(store: Store, *logins: Login) -> RosterChange:
    with store.transaction() as session:
        return roster.save_logins(session, logins, NOW)


def test_an_import_says_what_it_added_changed_and_took_out(store: Store) -> None:
    first, second, third = organisation("spo240065"), organisation("spo240066"), organisation("spo240067")
    assert _saved(store, first, second).added == ("spo240065", "spo240066")
    change = _saved(store, replace(first, name="Лицей"), third)
    assert change == RosterChange(("spo240067",), ("spo240065",), ("spo240066",))
    assert _saved(store, replace(first, name="Лицей"), third) == RosterChange()
    with store.reading() as session:
        assert [(item.code, item.name) for item in roster.logins(session)] == [
            ("spo240065", "Лицей"),
            ("spo240067", "Школа spo240067"),
        ]


def test_a_login_that_left_is_found_by_nobody_and_may_come_back(store: Store) -> None:
    gone, stays = organisation("spo240065"), organisation("spo240066")
    _saved(store, gone, stays)
    _saved(store, stays)
    with store.reading() as session:
        assert roster.login(session, gone.code) is None
        assert roster.logins_of_address(session, gone.addresses[0]) == []
    assert _saved(store, gone, stays).added == ("spo240065",)
    with store.reading() as session:
        assert roster.login(session, gone.code) == gone


def test_an_incomplete_list_takes_nobody_out(store: Store) -> None:
    _saved(store, organisation("spo240065"), organisation("spo240066"))
    with store.transaction() as session:
        change = roster.save_logins(session, [organisation("spo240066")], NOW, complete=False)
    assert change.departed == ()
    assert _saved(store).departed == ()
    with store.reading() as session:
        assert len(roster.logins(session)) == 2


def test_a_login_is_found_in_any_case_and_given_as_issued(store: Store) -> None:
    _saved(store, organisation("SPO240065"))
    with store.reading() as session:
        found = roster.login(session, "spo240065")
    assert found is not None
    assert found.code == "SPO240065"


def test_a_code_mended_in_case_stays_the_same_login(store: Store) -> None:
    _saved(store, organisation("SPO240065"))
    assert _saved(store, organisation("spo240065")) == RosterChange((), ("spo240065",), ())
    with store.reading() as session:
        assert [item.code for item in roster.logins(session)] == ["spo240065"]


def test_addresses_keep_their_order_and_change_with_the_roster(store: Store) -> None:
    _saved(store, organisation("spo240065", "24", "b@school.test", "a@school.test"))
    assert _saved(store, organisation("spo240065", "24", "a@school.test", "b@school.test")).changed == ("spo240065",)
    with store.reading() as session:
        found = roster.login(session, "spo240065")
        assert found is not None
        assert found.addresses == ("a@school.test", "b@school.test")


def test_one_address_may_serve_several_logins(store: Store) -> None:
    office = "Office@Town.test"
    _saved(store, organisation("spo240066", "24", office), organisation("spo240065", "24", office, "own@school.test"))
    with store.reading() as session:
        served = roster.logins_of_address(session, "office@town.test")
    assert [item.code for item in served] == ["spo240065", "spo240066"]
    assert served[1].addresses == (office,)


def test_logins_are_given_by_role_and_region_in_order_of_codes(store: Store) -> None:
    _saved(store, organisation("spo240066"), organisation("sch240001"), organisation("spo770001", "77"), coordinator())
    with store.reading() as session:
        organisations = roster.logins(session, role=Role.ORGANISATION)
        assert [item.code for item in organisations] == ["sch240001", "spo240066", "spo770001"]
        assert [item.code for item in roster.logins(session, region="77")] == ["spo770001"]
        assert roster.logins(session, role=Role.COORDINATOR) == [coordinator()]


def test_a_roster_of_thousands_is_saved_and_read_whole(store: Store) -> None:
    people = [organisation(f"sch{number:06d}", f"{number % 85:02d}") for number in range(3_000)]
    assert len(_saved(store, *people).added) == 3_000
    assert len(_saved(store, *people[:2_000]).departed) == 1_000
    with store.reading() as session:
        assert roster.logins(session) == people[:2_000]


def test_s1_a_comparison_changes_nothing_and_tells_every_difference(store: Store) -> None:
    first, second, third = organisation("spo240065"), organisation("spo240066"), organisation("spo240067")
    _saved(store, first, second)
    _saved(store, first)
    renamed = replace(first, code="SPO240065", name="Лицей")
    with store.reading() as session:
        found = roster.compare(session, [renamed, second, third])
        nothing = roster.compare(session, [])
    assert (found.added, found.returned, found.changed) == ((third,), (second,), ((first, renamed),))
    assert (found.missing, found.total) == ((), 1)
    assert nothing.missing == (first,)
    with store.reading() as session:
        assert roster.logins(session) == [first]


def test_s1_departures_returns_and_changes_are_audited_with_what_was_before(store: Store) -> None:
    first, second = organisation("spo240065"), organisation("spo240066")
    _saved(store, first, second)
    moved = replace(first, region="77", addresses=("new@school.test",))
    _saved(store, moved)
    _saved(store, moved, second)
    with store.reading() as session:
        deeds = [(deed.what, deed.login, deed.detail, deed.at) for deed in reversed(audit.listed(session))]
    changed = "region: 24 -> 77; addresses: spo240065@school.test -> new@school.test"
    assert deeds == [
        ("login_changed", "spo240065", changed, NOW),
        ("login_departed", "spo240066", "", NOW),
        ("login_returned", "spo240066", "", NOW),
    ]


def test_s1_letters_that_wait_go_neither_to_who_left_nor_to_an_address_that_was_removed(store: Store) -> None:
    stays = organisation("spo240065", "24", "old@school.test", "kept@school.test")
    leaves, other = (
        organisation("spo240066", "24", "old@school.test"),
        organisation("spo240067", "24", "old@school.test"),
    )
    _saved(store, stays, leaves, other)
    with store.transaction() as session:
        for login in (stays, leaves, other):
            for address in login.addresses:
                key = f"{login.code}:{address}"
                letters.enqueue(session, letter(key, login=login.code, address=address))
    _saved(store, replace(stays, addresses=("kept@school.test",)), other)
    with store.reading() as session:
        waiting = {item.key: item.state.value for item in letters.listed(session)}
    assert waiting == {
        "spo240065:old@school.test": "withheld",
        "spo240065:kept@school.test": "queued",
        "spo240066:old@school.test": "withheld",
        "spo240067:old@school.test": "queued",
    }
    _saved(store, stays, leaves, other)
    with store.reading() as session:
        assert {item.state.value for item in letters.listed(session)} == {"queued"}
        assert len(letters.listed(session)) == 4


def test_s1_forty_thousand_logins_are_imported_and_imported_again(store: Store, *, soak: bool) -> None:
    people = [
        organisation(f"sch{number:07d}", f"{number % 85:02d}", f"s{number}@a.test", f"s{number}@b.test")
        for number in range(40_000 if soak else 2_000)
    ]
    assert len(_saved(store, *people).added) == len(people)
    assert _saved(store, *people) == RosterChange()
    half = [replace(login, name="Лицей") if number % 2 else login for number, login in enumerate(people)]
    assert len(_saved(store, *half).changed) == len(people) // 2
