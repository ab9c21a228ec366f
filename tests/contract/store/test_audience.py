"""Whom a publication has yet to reach, on both databases; editions; and that it is quick for all schools."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from pipeline.errors import ConfigurationError
from pipeline.model import Letter, LetterState, Role
from pipeline.model.publication import Edition
from pipeline.store import Store, audience, editions, health, letters, participations, publications, roster
from tests.contract.store.made import (
    CODE,
    FORM,
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

PREFIXES = {Role.ORGANISATION: f"publication:{CODE}:1", Role.COORDINATOR: f"coordinator_publication:{CODE}:1"}


def _letter(login: str, address: str, role: Role = Role.ORGANISATION, **parts: Any) -> Letter:
    key = audience.key_of(PREFIXES[role], login, address)
    return letter(key, login=login, address=address, publication=CODE, kind="publication", **parts)


def test_missing_are_new_logins_and_mended_addresses_but_not_the_dead_or_departed(store: Store) -> None:
    first, second = organisation("spo240065", "24", "One@school.test"), organisation("spo240066")
    campaign(store, first, second, coordinator())
    with store.transaction() as session:
        everybody = audience.missing(session, PREFIXES)
        assert [code for code, _ in everybody] == ["spo240065", "spo240066", "spo_coord_24"]
        letters.enqueue_all(session, [_letter("spo240065", "ONE@school.test"), _letter("spo240066", "old@school.test")])
        assert [code for code, _ in audience.missing(session, PREFIXES)] == ["spo240066", "spo_coord_24"]
        health.open_task(session, "spo240066", "spo240066@school.test", NOW, "no_mailbox", NOW)
        assert [code for code, _ in audience.missing(session, PREFIXES)] == ["spo_coord_24"]
        assert audience.missing(session, {Role.ORGANISATION: PREFIXES[Role.ORGANISATION]}) == []
        roster.save_logins(session, [first, second], NOW)
        assert audience.missing(session, PREFIXES) == []


def test_those_who_have_come_become_participants_once(store: Store) -> None:
    people = campaign(store)
    with store.transaction() as session:
        roster.save_logins(session, [*people, organisation("spo240070"), coordinator("25")], NOW)
        assert audience.joined(session, CODE) == 1
        assert audience.joined(session, CODE) == 0
        assert participations.participation(session, CODE, "spo240070") is not None


def test_reached_are_those_whose_letter_left(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        letters.enqueue_all(
            session,
            [
                _letter("spo240065", "One@school.test", state=LetterState.SENT, message_id="<1@kabinet.test>"),
                _letter("spo240067", "two@school.test"),
            ],
        )
        assert audience.reached(session, CODE) == {("spo240065", "one@school.test"): "<1@kabinet.test>"}
        assert audience.reached(session, CODE, PREFIXES) == {}
        later = {role: prefix[:-1] + "2" for role, prefix in PREFIXES.items()}
        assert len(audience.reached(session, CODE, later)) == 1
        assert audience.withhold_earlier(session, CODE, PREFIXES, NOW, "edition:2") == 0
        assert audience.withhold_earlier(session, CODE, later, NOW, "edition:2") == 1
        assert audience.waiting_by_domain(session, 5, NOW) == {}


def test_what_waits_is_counted_by_domain_as_far_as_it_is_due(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        letters.enqueue_all(
            session,
            [
                _letter("spo240065", "a@one.test"),
                _letter("spo240065", "b@one.test"),
                _letter("spo240067", "c@two.test"),
            ],
        )
        letters.enqueue(session, _letter("spo240067", "d@two.test", due_at=NOW + minutes(5)))
        assert audience.waiting_by_domain(session, 5, NOW) == {"one.test": 2, "two.test": 1}


def test_withdrawn_is_in_no_list_and_opens_nothing_until_it_is_issued_again(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        assert publications.withdraw(session, CODE, "ошибка", NOW)
        assert not publications.withdraw(session, CODE, "ошибка", NOW)
        found = publications.publication(session, CODE)
        assert found is not None
        assert (found.withdrawn_at, found.withdrawn_why) == (NOW, "ошибка")
        assert publications.publications(session) == publications.open_collections(session, NOW) == []
        assert publications.to_close(session, NOW + timedelta(days=30)) == []
        assert publications.issued(session) == []
        assert publications.everything(session) == [found]
        publications.save_publication(session, replace(publication(), edition=2), NOW)
        assert len(publications.publications(session)) == 1


def test_a_trial_is_open_to_nobodys_digest_until_it_is_issued(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        publications.save_publication(session, publication("tried"), NOW, trial=True)
        assert "tried" not in {item.code for item in publications.open_collections(session, NOW)}
        standing = publications.standing(session, "tried")
        assert standing is not None
        assert standing.issued_at is None
        publications.save_publication(session, publication("tried"), NOW + minutes(1), revision=2)
        standing = publications.standing(session, "tried")
        assert standing is not None
        assert (standing.issued_at, standing.revision) == (NOW + minutes(1), 2)
        publications.save_publication(session, publication("tried", edition=2), NOW + minutes(2))
        standing = publications.standing(session, "tried")
        assert standing is not None
        assert standing.issued_at == NOW + minutes(1)


def test_a_form_that_was_only_tried_may_be_mended(store: Store) -> None:
    with store.transaction() as session:
        publications.save_form(session, FORM, 1, "form: x", NOW)
        publications.save_publication(session, publication(), NOW, trial=True)
        assert publications.replace_form(session, FORM, 1, "form: y")
        assert publications.form_source(session, FORM, 1) == "form: y"
        publications.save_publication(session, publication(), NOW)
        assert not publications.replace_form(session, FORM, 1, "form: z")
        with pytest.raises(ConfigurationError):
            publications.save_form(session, FORM, 1, "form: z", NOW)


def test_editions_are_kept_with_what_they_held(store: Store) -> None:
    campaign(store)
    first = Edition(CODE, 1, NOW, "cli:me", (), ask_again=False, content=publications.content(publication()))
    second = Edition(CODE, 2, NOW + minutes(1), "cli:me", ("срок",), ask_again=True, content={"title": "x"})
    with store.transaction() as session:
        for edition in (first, replace(second, changes=("текст",)), second):
            editions.save(session, edition)
    with store.reading() as session:
        assert editions.history(session, CODE) == [first, second]
        assert editions.edition(session, CODE, 2) == second
        assert editions.edition(session, CODE, 3) is None


def test_accepted_returns_stand(store: Store) -> None:
    from pipeline.model import StatusEvent
    from pipeline.store import returns

    campaign(store)
    with store.transaction() as session:
        receipt_id = received(session)
        return_id = returns.add(session, replace(returned(), receipt_id=receipt_id))
        assert audience.handed_in(session, CODE) == frozenset()
        participations.record(
            session,
            CODE,
            "spo240065",
            StatusEvent.RETURN_ACCEPTED,
            NOW,
            receipt_id=receipt_id,
            return_id=return_id,
        )
        assert audience.handed_in(session, CODE) == {"spo240065"}


def test_gaps_among_all_schools_are_found_in_a_moment(store: Store, soak: bool) -> None:
    """One query a role, not one a login: 40,000 logins with letters, and three that have come since."""
    size = 40_000 if soak else 4_000
    people = [organisation(f"sch24{number:04}" if number < 10_000 else f"sch{number}0") for number in range(size)]
    people = [replace(login, code=f"sch{number:06}") for number, login in enumerate(people)]
    campaign(store, *people, coordinator())
    with store.transaction() as session:
        for start in range(0, size, 1000):
            part = people[start : start + 1000]
            letters.enqueue_all(session, [_letter(login.code, login.addresses[0]) for login in part])
        late = [organisation(f"spo2499{number:02}") for number in range(3)]
        roster.save_logins(session, [*people, *late, coordinator()], NOW)
    with store.reading() as session:
        asked: list[str] = []
        event.listen(session.connection().engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        began = time.process_time()
        assert [code for code, _ in audience.missing(session, PREFIXES)] == [
            "spo249900",
            "spo249901",
            "spo249902",
            "spo_coord_24",
        ]
        assert len(asked) == len(PREFIXES), asked
        assert time.process_time() - began < (10 if soak else 3)
