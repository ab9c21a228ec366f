"""Statuses and figures, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.errors import Incident
from pipeline.model import Counts, Login, Outcome, Participation, Role, Status, StatusEvent
from pipeline.model.roster import RosterChange
from pipeline.reports.flags import flags
from pipeline.store import Session, Store, participations, returns, roster
from tests.contract.store.made import CODE, NOW, campaign, coordinator, minutes, organisation, received, returned

ONE, TWO = "spo240065", "spo240067"
OPENS = NOW - timedelta(days=1)


def _accepted(session: Session, uid: int, minute: int, login: str = ONE) -> Participation:
    """A return accepted that the server received at ``minute``."""
    at = NOW + minutes(minute)
    return_id = returns.add(session, returned(login, at))
    return participations.record(
        session, CODE, login, StatusEvent.RETURN_ACCEPTED, at, receipt_id=received(session, uid), return_id=return_id
    )


def _rejected(session: Session, uid: int, minute: int, login: str = ONE) -> Participation:
    at = NOW + minutes(minute)
    return_id = returns.add(session, returned(login, at, outcome=Outcome.REJECTED))
    return participations.record(
        session, CODE, login, StatusEvent.RETURN_REJECTED, at, receipt_id=received(session, uid), return_id=return_id
    )


def test_everybody_begins_not_started_and_is_asked_once(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        participations.ensure(session, CODE, [ONE, TWO])
    with store.reading() as session:
        assert participations.counts(session, CODE) == {"24": Counts(not_started=2)}
        assert participations.participation(session, CODE, ONE) == Participation(CODE, ONE)
        assert participations.participation(session, CODE, "spo_coord_24") is None
        assert participations.counts(session, "unknown") == {}


def test_a_return_accepted_at_once_sets_both_dates(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        after = _accepted(session, 1, 5)
    assert (after.status, after.begun_at, after.handed_in_at) == (Status.SUBMITTED, NOW + minutes(5), NOW + minutes(5))
    with store.reading() as session:
        assert participations.participation(session, CODE, ONE) == after
        assert participations.counts(session, CODE) == {"24": Counts(not_started=1, submitted=1)}


def test_w25_a_bad_correction_leaves_what_was_handed_in_and_shows_as_a_flag(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        handed_in = _accepted(session, 1, 5)
        after = _rejected(session, 2, 9)
    assert after.status is Status.SUBMITTED
    assert after.accepted_return_id == handed_in.accepted_return_id
    assert after.correction_rejected


def test_w25_the_latest_received_return_stands_whatever_the_order_of_processing(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        late = _accepted(session, 1, 30)
        after = _accepted(session, 2, 10)
    assert after.accepted_return_id == late.accepted_return_id
    assert (after.begun_at, after.handed_in_at) == (NOW + minutes(10), NOW + minutes(30))


def test_m10_the_same_event_a_second_time_changes_nothing(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        receipt_id = received(session)
        for at in (NOW, NOW - minutes(5)):
            after = participations.record(session, CODE, ONE, StatusEvent.FORM_REQUESTED, at, receipt_id=receipt_id)
        assert (after.status, after.begun_at) == (Status.IN_PROGRESS, NOW)


def test_one_message_may_ask_for_the_forms_of_several_logins(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        receipt_id = received(session)
        for login in (ONE, TWO):
            participations.record(session, CODE, login, StatusEvent.FORM_REQUESTED, NOW, receipt_id=receipt_id)
    with store.reading() as session:
        assert participations.counts(session, CODE) == {"24": Counts(in_progress=2)}


def test_two_workers_recording_at_once_lose_no_event(store: Store) -> None:
    campaign(store)

    def work(uid: int) -> None:
        with store.transaction() as session:
            _accepted(session, uid, uid)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(1, 13)))
    with store.reading() as session:
        found = participations.participation(session, CODE, ONE)
        accepted = returns.accepted(session, CODE)
    assert found is not None
    assert (found.begun_at, found.handed_in_at) == (NOW + minutes(1), NOW + minutes(12))
    assert [ret.received_at for _, ret in accepted] == [NOW + minutes(12)]


def test_an_organisation_added_later_takes_part_by_answering(store: Store) -> None:
    people = campaign(store)
    late = organisation("spo240099")
    with store.transaction() as session:
        roster.save_logins(session, [*people, late], NOW)
        assert participations.participation(session, CODE, late.code) is None
        participations.record(session, CODE, late.code, StatusEvent.FORM_REQUESTED, NOW, receipt_id=received(session))
        assert participations.counts(session, CODE)["24"] == Counts(not_started=2, in_progress=1)


def test_a_coordinator_is_never_counted_among_those_who_must_answer(store: Store) -> None:
    campaign(store)
    with store.transaction() as session, pytest.raises(Incident):
        participations.record(
            session, CODE, "spo_coord_24", StatusEvent.FORM_REQUESTED, NOW, receipt_id=received(session)
        )
    with store.transaction() as session:
        participations.ensure(session, CODE, ["spo_coord_24"])
        assert [item.login.code for item in participations.participants(session, CODE)] == [ONE, TWO]
        assert participations.counts(session, CODE)["24"].total == 2


def _left(store: Store, people: list[Login], at: datetime) -> None:
    """``ONE`` is not in a list that is imported ``at`` that moment."""
    with store.transaction() as session:
        roster.save_logins(session, [item for item in people if item.code != ONE], at)


def test_s12_who_left_the_roster_before_the_opening_is_not_counted(store: Store) -> None:
    people = campaign(store)
    _left(store, people, OPENS - timedelta(seconds=1))
    with store.reading() as session:
        assert participations.counts(session, CODE) == {"24": Counts(not_started=1)}
        assert [item.login.code for item in participations.participants(session, CODE)] == [TWO]


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=2), timedelta(days=300)])
def test_s12_who_left_the_roster_since_the_opening_stays_with_a_flag(store: Store, after: timedelta) -> None:
    """Also when it left after the closing: the figures of a collection that is over do not change with the roster."""
    people = campaign(store)
    with store.transaction() as session:
        _accepted(session, 1, 5)
    _left(store, people, OPENS + after)
    with store.reading() as session:
        assert participations.counts(session, CODE) == {"24": Counts(not_started=1, submitted=1)}
        gone, stays = participations.participants(session, CODE)
        assert [login.code for login, _ in returns.accepted(session, CODE)] == [ONE]
    assert (gone.login.code, gone.departed_at, stays.departed_at) == (ONE, OPENS + after, None)
    assert flags(gone) == ["departed"]
    assert gone.login.addresses == ()
    assert stays.login.addresses == (f"{TWO}@school.test",)


def test_s12_who_is_back_counts_as_if_it_had_never_left(store: Store) -> None:
    people = campaign(store)
    _left(store, people, OPENS - timedelta(days=1))
    with store.transaction() as session:
        roster.save_logins(session, people, NOW + timedelta(days=300))
    with store.reading() as session:
        assert participations.counts(session, CODE) == {"24": Counts(not_started=2)}
        assert [item.departed_at for item in participations.participants(session, CODE)] == [None, None]


def test_s12_who_joins_counts_once_the_gaps_are_filled(store: Store) -> None:
    people = campaign(store)
    with store.transaction() as session:
        roster.save_logins(session, [*people, organisation("spo240099")], NOW)
    with store.reading() as session:
        assert participations.counts(session, CODE)["24"].total == 2
    with store.transaction() as session:
        participations.ensure(session, CODE, [login.code for login in roster.logins(session, Role.ORGANISATION)])
        assert participations.counts(session, CODE)["24"].total == 3


def test_s12_a_code_mended_in_case_keeps_its_status_and_its_return(store: Store) -> None:
    people = campaign(store)
    with store.transaction() as session:
        before = _accepted(session, 1, 5)
    with store.transaction() as session:
        mended = [replace(item, code=item.code.upper()) if item.code == ONE else item for item in people]
        assert roster.save_logins(session, mended, NOW) == RosterChange((), (ONE.upper(),), ())
    with store.reading() as session:
        found = participations.participation(session, CODE, ONE.upper())
        assert found is not None
        assert (found.status, found.accepted_return_id) == (Status.SUBMITTED, before.accepted_return_id)
        assert [login.code for login, _ in returns.accepted(session, CODE)] == [ONE.upper()]


def test_figures_and_lists_by_region(store: Store) -> None:
    campaign(store, organisation("sch050016", "24"), organisation(ONE), organisation("spo770001", "77"), coordinator())
    with store.transaction() as session:
        _accepted(session, 1, 5, "spo770001")
    with store.reading() as session:
        assert participations.counts(session, CODE) == {"24": Counts(not_started=2), "77": Counts(submitted=1)}
        everybody = participations.participants(session, CODE)
        assert [item.login.code for item in everybody] == ["sch050016", ONE, "spo770001"]
        assert everybody[1].login.addresses == (f"{ONE}@school.test",)
        (alone,) = participations.participants(session, CODE, "77")
        assert alone.participation.status is Status.SUBMITTED


def test_those_who_handed_in_are_counted_by_day_by_their_first_accepted_return(store: Store) -> None:
    campaign(store)
    ends = [NOW + minutes(10), NOW + minutes(20), NOW + minutes(30)]
    with store.transaction() as session:
        assert participations.handed_in(session, CODE, ends) == [0, 0, 0]
        _rejected(session, 1, 1)
        _accepted(session, 2, 5)
        _accepted(session, 3, 15)  # once more: it counts where it was first
        _accepted(session, 4, 45, TWO)  # later than all of them
    with store.reading() as session:
        assert participations.handed_in(session, CODE, ends) == [1, 1, 2]
        assert participations.handed_in(session, CODE, ends[:1]) == [2]
        assert participations.handed_in(session, "unknown", ends) == [0, 0, 0]
