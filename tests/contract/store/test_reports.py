"""Numbered reports, on both databases."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import text

from pipeline.errors import Incident
from pipeline.model import Report, ReportKind, ReportState
from pipeline.store import Session, Store, letters, reports
from pipeline.store.migrations.upgrading import alembic_config
from tests.contract.store.made import CODE, NOW, campaign, letter, minutes


def _create(session: Session) -> Report:
    return reports.create(session, ReportKind.EXPORT, CODE, "24", "spo_coord_24", NOW)


def test_a_report_has_its_number_at_once_and_is_forming(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        first, second = _create(session), _create(session)
    assert (first.number, second.number) == (1, 2)
    with store.reading() as session:
        assert reports.report(session, 1) == first
        assert reports.forming(session) == [first, second]
        assert reports.report(session, 3) is None


def test_a_ready_report_has_its_file_and_is_completed_once(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = _create(session).number
        ready = reports.ready(session, number, "Отчёт 1.xlsx", "ab" * 32, NOW + minutes(1))
        again = reports.ready(session, number, "Отчёт 1.xlsx", "cd" * 32, NOW + minutes(2))
        assert reports.forming(session) == []
    assert (ready.state, ready.name, ready.sha256) == (ReportState.READY, "Отчёт 1.xlsx", "ab" * 32)
    assert again == ready


def test_a_report_that_failed_waits_no_longer(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = _create(session).number
        assert reports.failed(session, number).state is ReportState.FAILED
        assert reports.forming(session) == []
        with pytest.raises(Incident):
            reports.failed(session, 99)


def test_a_number_is_never_given_twice(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        numbers = [_create(session).number for _ in range(3)]
    with store.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM reports")
        numbers.append(_create(session).number)
    assert numbers == [1, 2, 3, 4]


def test_numbers_go_on_after_a_change_of_the_schema(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        first, second = _create(session), reports.create(session, ReportKind.DOWNLOADS, CODE, "24", None, NOW)
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0011")
    store.upgrade()
    with store.transaction() as session:
        assert reports.report(session, first.number) == first
        assert reports.report(session, second.number) is None
        assert _create(session).number > second.number


def test_a_new_kind_is_stored_without_a_migration(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        number = _create(session).number
        session.execute(text("UPDATE reports SET kind = 'calls'"))
        letters.enqueue(session, letter(kind="report_calls"))
    with store.reading() as session:
        assert session.scalar(text("SELECT kind FROM reports")) == "calls"
        assert [item.kind for item in letters.listed(session)] == ["report_calls"]
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0018")
    store.upgrade()
    with store.transaction() as session:
        assert reports.report(session, number) is None
        assert _create(session).number > number


def test_reports_are_kept_when_their_kinds_are_freed(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        made = _create(session)
        reports.put_off(session, made.number, NOW, NOW + minutes(5))
        known = session.execute(text("SELECT * FROM reports")).mappings().one()
        command.downgrade(alembic_config(session.connection()), "0018")
    store.upgrade()
    with store.transaction() as session:
        assert reports.report(session, made.number) == made
        assert session.execute(text("SELECT * FROM reports")).mappings().one() == known


def test_e11_attempts_to_form_a_report_are_counted(store: Store) -> None:
    campaign(store)
    with store.transaction() as session:
        first, second = _create(session), _create(session)
        assert [reports.begin(session, first.number) for _ in range(3)] == [1, 2, 3]
        assert reports.begin(session, second.number) == 1
