"""What is on record of runs, servers, alerts and reports that are tried again; on both databases (item 6, M44, M46)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.errors import UnreachableError
from pipeline.model import ReceiptState, ReportKind, ReportState, SendOutcome, SendResult
from pipeline.model.delivery import Passed, Result
from pipeline.model.incoming import Verdict
from pipeline.model.problems import News, Problem
from pipeline.model.pulse import MONITOR, Pulse, ServerFault, Way
from pipeline.store import (
    Session,
    Store,
    health,
    letters,
    receipts,
    reports,
    sending,
)
from pipeline.store.operations import (
    alerts,
    pulses,
    servers,
)
from tests.contract.store.made import CODE, LEASE, NOW, campaign, letter, minutes, received

TEN = minutes(10)


def one(session: Session, name: str = "exchange", way: Way = Way.SCHEDULE) -> Pulse:
    return next(pulse for pulse in pulses.listed(session) if (pulse.name, pulse.way) == (name, way))


def test_e6_m44_a_run_that_ended_well_leaves_its_instants(store: Store) -> None:
    with store.transaction() as session:
        pulses.began(session, "exchange", Way.SCHEDULE, NOW, TEN)
        pulses.alive(session, "exchange", Way.SCHEDULE, NOW + minutes(1))
        assert one(session).unfinished == 1
        pulses.ended(session, "exchange", Way.SCHEDULE, NOW + minutes(2))
        wanted = Pulse("exchange", Way.SCHEDULE, NOW, NOW, NOW + minutes(2), ended_at=NOW + minutes(2))
        assert one(session) == wanted


def test_e6_m44_faults_in_a_row_are_counted_from_the_first_until_a_good_end(store: Store) -> None:
    with store.transaction() as session:
        for number in range(3):
            pulses.began(session, "exchange", Way.WATCH, NOW + minutes(number), TEN)
            pulses.failed(session, "exchange", Way.WATCH, NOW + minutes(number), "imap.closed", "не отвечает\x00")
        found = one(session, way=Way.WATCH)
        assert (found.failures, found.failed_since, found.failed_at) == (3, NOW, NOW + minutes(2))
        assert (found.code, found.reason, found.unfinished) == ("imap.closed", "не отвечает\ufffd", 0)
        pulses.ended(session, "exchange", Way.WATCH, NOW + minutes(4))
        found = one(session, way=Way.WATCH)
        assert (found.failures, found.failed_since, found.code) == (0, None, None)
        assert found.failed_at == NOW + minutes(2)


def test_e6_m44_ways_are_kept_apart_and_a_streak_ends_with_a_run_that_comes_late(store: Store) -> None:
    with store.transaction() as session:
        for at in (0, 9, 18, 40, 45):
            pulses.began(session, "collect", Way.COMMAND, NOW + minutes(at), TEN)
        pulses.began(session, "collect", Way.PERSON, NOW, TEN)
        assert (one(session, "collect", Way.COMMAND).streak, one(session, "collect", Way.PERSON).streak) == (2, 1)
        assert one(session, "collect", Way.COMMAND).unfinished == 5


def test_e6_m44_what_runs_for_long_counts_as_begun_again_after_a_silence(store: Store) -> None:
    with store.transaction() as session:
        for at, began in ((0, 0), (1, 0), (9, 0), (30, 30), (31, 30)):
            pulses.ticked(session, MONITOR, Way.SCHEDULE, NOW + minutes(at), TEN)
            assert one(session, MONITOR).began_at == NOW + minutes(began)
        assert one(session, MONITOR).first_at == NOW


def test_an_end_is_on_record_though_the_beginning_could_not_be_written(store: Store) -> None:
    with store.transaction() as session:
        pulses.failed(session, "exchange", Way.SCHEDULE, NOW, "x", None)
        assert (one(session).began_at, one(session).failures) == (NOW, 1)


FAULT = ServerFault(
    "imap a@host", "imap.login_refused", "не принял", NOW, NOW, "print", refusals=1, next_try_at=NOW + TEN
)


def test_a_servers_fault_is_replaced_and_forgotten(store: Store) -> None:
    with store.transaction() as session:
        assert servers.faults(session) == {}
        servers.failed(session, replace(FAULT, code="imap.closed", passing=True, next_try_at=None))
        servers.failed(session, FAULT)
        assert servers.faults(session) == {FAULT.name: FAULT}
        assert servers.well(session, "smtp host", FAULT.name) == 1
        assert servers.faults(session) == {}


def test_the_one_try_that_is_due_is_taken_once(store: Store) -> None:
    with store.transaction() as session:
        servers.failed(session, FAULT)
        assert not servers.claim_try(session, FAULT.name, NOW + minutes(9), NOW + minutes(19))
        assert servers.claim_try(session, FAULT.name, NOW + minutes(10), NOW + minutes(20))
        assert not servers.claim_try(session, FAULT.name, NOW + minutes(10), NOW + minutes(20))
        assert not servers.claim_try(session, "smtp host", NOW + minutes(10), NOW + minutes(20))


PROBLEM = Problem("queue.unsent", "", "Письма не уходят.", NOW - minutes(5))


def test_e6_m46_an_alert_is_open_once_and_can_come_again(store: Store) -> None:
    with store.transaction() as session:
        assert alerts.begin(session, PROBLEM, NOW)
        assert not alerts.begin(session, replace(PROBLEM, text="Письма всё не уходят.", since=NOW), NOW + minutes(1))
        assert alerts.begin(session, replace(PROBLEM, subject="other"), NOW)
        first, other = alerts.recent(session, NOW)
        assert (first.problem, first.begun_at) == (replace(PROBLEM, text="Письма всё не уходят."), NOW)
        assert alerts.over(session, [first.id], NOW + minutes(2)) == 1
        assert alerts.over(session, [first.id], NOW + minutes(3)) == 0
        assert [alert.over_at for alert in alerts.recent(session, NOW)] == [NOW + minutes(2), None]
        assert [alert.id for alert in alerts.recent(session, NOW + minutes(3))] == [other.id]
        assert alerts.begin(session, PROBLEM, NOW + minutes(4))


def test_e6_m46_what_went_out_is_kept_by_channel_and_told_by_one(store: Store) -> None:
    with store.transaction() as session:
        alerts.begin(session, PROBLEM, NOW)
        (alert,) = alerts.recent(session, NOW)
        rest = timedelta(seconds=30)
        assert alerts.claim(session, alert.id, "webhook", NOW, rest)
        assert not alerts.claim(session, alert.id, "webhook", NOW + timedelta(seconds=29), rest)
        assert alerts.claim(session, alert.id, "letter", NOW, rest)
        alerts.told(session, alert.id, "letter", News.BEGUN, NOW)
        assert alerts.claim(session, alert.id, "webhook", NOW + minutes(1), rest)
        (alert,) = alerts.recent(session, NOW)
        assert {channel: told.news for channel, told in alert.told.items()} == {"webhook": None, "letter": News.BEGUN}
        assert alert.told["webhook"].tried_at == NOW + minutes(1)


def test_a_report_is_tried_so_often_and_put_off_in_between(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = reports.create(session, ReportKind.EXPORT, CODE, "24", "spo_coord_24", NOW).number
        assert [reports.begin(session, number) for _ in range(2)] == [1, 2]
        assert reports.troubled(session, NOW - minutes(1)) == {}
        reports.put_off(session, number, NOW, NOW + TEN)
        assert reports.forming(session, NOW + minutes(9)) == []
        assert [report.number for report in reports.forming(session, NOW + TEN)] == [number]
        assert reports.troubled(session, NOW + minutes(60)) == {number: NOW}
        assert reports.failed(session, number, NOW + TEN).state is ReportState.FAILED
        assert reports.begin(session, number) == 0
        assert reports.troubled(session, NOW + minutes(9)) == {number: NOW + TEN}
        assert reports.troubled(session, NOW + minutes(11)) == {}


def queued(session: Session, key: str, **parts: Any) -> int:
    found = letters.enqueue(session, letter(key, **parts))
    assert found is not None
    return found


def said(session: Session, number: int, at: int, result: SendResult, again_at: int | None = None) -> None:
    now = NOW + minutes(at)
    sending.claim_due(session, "a", now, LEASE, 10)
    sending.mark_sending(session, [number], "a", now)
    sending.record_results(session, "a", [Result(number, result, NOW + minutes(again_at) if again_at else None)], now)


def test_m19_a_letter_stands_from_the_instant_it_could_have_left(store: Store) -> None:
    with store.transaction() as session:
        now = NOW + minutes(90)
        assert sending.oldest_standing(session, now, Passed()) is None
        queued(session, "later", due_at=now + minutes(1))
        assert sending.oldest_standing(session, now, Passed()) is None
        queued(session, "campaign", priority=5)
        answer = queued(session, "answer", priority=1, at=NOW + minutes(3))
        assert sending.oldest_standing(session, now, Passed()) == NOW
        assert sending.oldest_standing(session, now, Passed(priority=5)) == NOW + minutes(3)
        assert sending.oldest_standing(session, now, Passed(domains={"school.test"})) is None
        # Put off by its server it waits for its next try; when the connection broke nobody has said to wait.
        said(session, answer, 10, SendResult(SendOutcome.DEFERRED, "450 4.2.0 greylisted"), 100)
        assert sending.oldest_standing(session, now, Passed(priority=5)) is None
        assert sending.oldest_standing(session, NOW + minutes(101), Passed(priority=5)) == NOW + minutes(100)
        said(session, answer, 101, SendResult(SendOutcome.DEFERRED, "connection lost"), 500)
        assert sending.oldest_standing(session, NOW + minutes(102), Passed(priority=5)) == NOW + minutes(10)


def test_support_is_unreachable_until_a_later_letter_has_not_come_back(store: Store) -> None:
    with store.transaction() as session:

        def since(at: int) -> object:
            return health.comes_back_since(session, "Support@kabinet.test", NOW, NOW + minutes(at - 60))

        first = queued(session, "1", address="support@kabinet.test")
        said(session, first, 1, SendResult(SendOutcome.SENT, "250"))
        assert since(2) is None
        letters.mark_bounced(session, first, NOW + minutes(5), "5.1.1", "no such user")
        assert since(300) == NOW + minutes(5)
        second = queued(session, "2", address="support@kabinet.test", at=NOW + minutes(10))
        said(session, second, 10, SendResult(SendOutcome.SENT, "250"))
        assert since(69) == NOW + minutes(5)
        assert since(71) is None


def test_messages_that_were_given_up_are_counted_until_somebody_settles_them(store: Store) -> None:
    with store.transaction() as session:
        for uid in (1, 2):
            received(session, uid)
            (claimed,) = receipts.claim_unread(session, "a", NOW + TEN, LEASE, 1)
            receipts.finish(session, claimed.id, "a", NOW + minutes(uid), Verdict(state=ReceiptState.FAILED))
        assert receipts.given_up(session, NOW) == (2, NOW + minutes(1))
        assert receipts.given_up(session, NOW + minutes(1)) == (1, NOW + minutes(2))
        assert receipts.reopen(session, 2)
        assert receipts.given_up(session, NOW) == (1, NOW + minutes(1))


def test_a_brief_writer_does_not_wait_for_a_long_one(store: Store) -> None:
    store._brief = store._brief.execution_options(kabinet_patience=0.05)
    with store.transaction() as session:
        pulses.began(session, "exchange", Way.SCHEDULE, NOW, TEN)
        if store.is_sqlite:
            with pytest.raises(UnreachableError), store.brief():
                pass
        else:
            with store.brief() as other:
                pulses.began(other, "close", Way.SCHEDULE, NOW, TEN)
    with store.brief() as session:
        pulses.ended(session, "exchange", Way.SCHEDULE, NOW)
        assert one(session).ended_at == NOW


def test_looking_makes_nothing_and_says_what_is_not_there(empty_url: str) -> None:
    looking = Store(empty_url)
    with pytest.raises(UnreachableError):
        looking.verify()
    looking.dispose()
    store = Store(empty_url)
    store.upgrade()
    store.verify()
    store.dispose()
