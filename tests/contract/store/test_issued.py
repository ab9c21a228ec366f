"""Files in letters, publications opened, and what «УВЕДОМЛЕНИЯ» lists, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.model import FileStorage, IssueHow, LetterState, ReadHow, ReportKind, SendOutcome, SendResult, StoredFile
from pipeline.model.delivery import Result
from pipeline.store import Session, Store, issued, letters, notices, publications, reads, reports, sending
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
)

SCHOOL, COORDINATOR = "spo240065", "spo_coord_24"
FILES = tuple(
    StoredFile(number, f"Файл {number}", f"{number}.pdf", f"{number:064x}", 100, NOW, number == 2, number < 3)
    for number in (1, 2, 3)
)
BOOK = publication(storages=(FileStorage("Материалы", FILES),))


def queue(session: Session, key: str, login: str = SCHOOL, **parts: Any) -> int:
    found = letters.enqueue(session, letter(key, login=login, publication=CODE, **parts))
    assert found is not None
    return found


def send(store: Store) -> None:
    """The server takes everything that is due."""
    taken = SendResult(SendOutcome.SENT, "250 ok")
    with store.transaction() as session:
        ids = [claimed.id for claimed in sending.claim_due(session, "worker", NOW, LEASE, 100)]
        sending.mark_sending(session, ids, "worker", NOW)
        sending.record_results(session, "worker", [Result(one, taken) for one in ids], NOW)


@pytest.fixture
def ready(store: Store) -> Store:
    campaign(store)
    with store.transaction() as session:
        publications.save_publication(session, BOOK, NOW)
    return store


def test_s6_a_file_is_issued_when_the_server_took_its_letter_until_that_comes_back(ready: Store) -> None:
    with ready.transaction() as session:
        letter_id = queue(session, "1")
        issued.add(session, letter_id, CODE, SCHOOL, FILES[:1], IssueHow.REQUESTED)
    with ready.reading() as session:
        (waiting,) = issued.of_login(session, CODE, SCHOOL)
    assert (waiting.taken_at, waiting.waiting, waiting.asked_at) == (None, True, NOW)
    send(ready)
    with ready.reading() as session:
        (taken,) = issued.of_login(session, CODE, SCHOOL)
    assert (taken.taken_at, taken.waiting, taken.number, taken.sha256) == (NOW, False, 1, FILES[0].sha256)
    with ready.transaction() as session:
        letters.mark_bounced(session, letter_id, NOW + minutes(5), "5.1.1", "no such user")
    with ready.reading() as session:
        (back,) = issued.of_login(session, CODE, SCHOOL)
        assert issued.of_login(session, CODE, "spo240067") == []
    assert (back.taken_at, back.returned) == (None, True)


def test_a_request_stays_on_record_when_its_letter_fails(ready: Store) -> None:
    with ready.transaction() as session:
        letter_id = queue(session, "1", state=LetterState.FAILED)
        issued.add(session, letter_id, CODE, SCHOOL, FILES, IssueHow.REQUESTED)
    with ready.reading() as session:
        found = issued.of_login(session, CODE, SCHOOL)
    assert [(one.number, one.taken_at, one.waiting) for one in found] == [(n, None, False) for n in (1, 2, 3)]


def test_s7_attached_files_are_put_on_record_for_whom_they_went_to(ready: Store) -> None:
    with ready.transaction() as session:
        ids = [queue(session, "1"), queue(session, "2", "spo240067"), queue(session, "3", COORDINATOR)]
        issued.attach(session, BOOK, ids)
    send(ready)
    with ready.reading() as session:
        found = {login.code: issue for login, issue in issued.of_publication(session, CODE)}
        by_region = list(issued.of_publication(session, CODE, "77"))
    assert {code: [one.number for one in rows] for code, rows in found.items()} == {
        SCHOOL: [1, 2],
        "spo240067": [1, 2],
        COORDINATOR: [1],
    }
    assert {one.how for rows in found.values() for one in rows} == {IssueHow.ATTACHED}
    assert {one.taken_at for rows in found.values() for one in rows} == {NOW}
    assert by_region == []


def test_attached_files_of_a_whole_campaign_are_written_in_bulk(store: Store) -> None:
    people = [organisation(f"spo24{number:04}") for number in range(1_200)]
    campaign(store, *people, coordinator())
    with store.transaction() as session:
        publications.save_publication(session, BOOK, NOW)
        rows = [letter(str(n), login=login.code, publication=CODE) for n, login in enumerate(people)]
        issued.attach(session, BOOK, letters.enqueue_all(session, rows))
    with store.reading() as session:
        assert sum(len(rows) for _, rows in issued.of_publication(session, CODE)) == 2 * 1_200


def test_s3_a_publication_is_read_from_the_first_sign_on(ready: Store) -> None:
    with ready.transaction() as session:
        first, second = received(session, 1), received(session, 2)
        reads.note(session, SCHOOL, CODE, second, ReadHow.COMMAND, NOW + minutes(2))
        reads.note(session, SCHOOL, CODE, second, ReadHow.REPLY, NOW + minutes(2))
    with ready.transaction() as session:
        reads.read_ahead(session, [SCHOOL, COORDINATOR])
        reads.note(session, SCHOOL, CODE, first, ReadHow.REPLY, NOW)
        reads.note(session, COORDINATOR, CODE, first, ReadHow.READ_RECEIPT, NOW + minutes(1))
    with ready.reading() as session:
        assert reads.of_login(session, SCHOOL) == {CODE: NOW + minutes(2)}
        assert reads.of_login(session, COORDINATOR) == {CODE: NOW + minutes(1)}
        assert reads.of_login(session, "spo240067") == {}


def test_s15_reports_of_a_region_and_of_no_other(ready: Store) -> None:
    with ready.transaction() as session:
        mine = reports.create(session, ReportKind.EXPORT, CODE, "24", COORDINATOR, NOW)
        reports.create(session, ReportKind.EXPORT, CODE, "77", None, NOW)
        reports.ready(session, mine.number, "x.xlsx", "ab" * 32, NOW + minutes(1))
    with ready.reading() as session:
        assert [report.number for report in notices.of_region(session, "24", 10)] == [mine.number]
        assert notices.count_of_region(session, "24") == 1
        assert notices.count_of_region(session, "24", NOW) == 1
        assert notices.count_of_region(session, "24", NOW + minutes(1)) == 0


def test_an_organisation_is_told_of_its_letters_and_not_of_those_withheld(ready: Store) -> None:
    address = "spo240065@school.test"
    with ready.transaction() as session:
        receipt_id = received(session)
        queue(session, "1", at=NOW - timedelta(days=1))
        queue(session, "2", state=LetterState.WITHHELD)
        answer = replace(letter("3", login=SCHOOL, publication=CODE), kind="notifications", receipt_id=receipt_id)
        letters.enqueue(session, answer)
        queue(session, "4", "spo240067")
    with ready.reading() as session:
        found = notices.letters_to(session, SCHOOL, [address.upper()], 10)
        assert [one.key for one in found] == ["3", "1"]
        assert notices.last_answered(session, SCHOOL, "notifications") == NOW
        assert notices.last_answered(session, SCHOOL, "summary") is None
