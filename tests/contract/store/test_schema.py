"""The schema and the transactions, on both databases."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, StatementError

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.store import (
    Session,
    Store,
    letters,
    publications,
)
from pipeline.store.base import schema
from pipeline.store.migrations.upgrading import alembic_config
from pipeline.store.tables import Base
from tests.contract.store.made import NOW, campaign, letter, publication
from tests.systems.programs import free_port


def test_migrations_lead_to_the_tables_of_the_code(store: Store) -> None:
    with store.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_make_the_same_constraints_as_the_code(empty_url: str) -> None:
    """What Alembic does not compare: CHECK constraints, and the actions of foreign keys. And the way back."""
    store = Store(empty_url)
    store.upgrade()
    with store.reading() as session:
        migrated = _constraints(session)
    with store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "base")
    with store.transaction() as session:
        assert set(inspect(session.connection()).get_table_names()) <= {"alembic_version"}
        Base.metadata.create_all(session.connection())
    with store.reading() as session:
        assert migrated == _constraints(session)
    store.dispose()


def test_the_newest_revision_is_the_one_that_alembic_leads_to(store: Store, empty_url: str) -> None:
    with store.reading() as session:
        connection = session.connection()
        assert schema.newest() == ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
        assert schema.revision(connection) == MigrationContext.configure(connection).get_current_revision()
    empty = Store(empty_url)
    with empty.reading() as session:
        assert schema.revision(session.connection()) is None
    empty.dispose()


def test_upgrade_twice_keeps_what_is_there(store: Store) -> None:
    campaign(store)
    store.upgrade()
    with store.reading() as session:
        assert publications.publication(session, publication().code) is not None


def test_upgrade_works_from_any_folder(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    store = Store(empty_url)
    store.upgrade()
    with store.reading() as session:
        assert publications.publications(session) == []
    store.dispose()
    assert list(elsewhere.iterdir()) == []


def test_m10_two_upgrades_at_once_make_one_schema(empty_url: str) -> None:
    def upgrade(_: int) -> None:
        store = Store(empty_url)
        try:
            store.upgrade()
        finally:
            store.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, range(4)))


def test_the_folder_of_a_new_sqlite_database_is_made(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'var' / 'deep' / 'kabinet.db'}")
    store.upgrade()
    store.dispose()
    assert (tmp_path / "var" / "deep" / "kabinet.db").exists()


def test_a_block_that_raises_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(IntegrityError), store.transaction() as session:
        letters.enqueue_all(session, [letter(), letter("2", login="nobody")])
    with store.reading() as session:
        assert letters.listed(session) == []


def test_reading_sees_one_moment(store: Store) -> None:
    with store.reading() as session:
        assert letters.listed(session) == []
        with store.transaction() as other:
            letters.enqueue(other, letter())
        assert letters.listed(session) == []


def test_an_unknown_word_is_refused_by_the_database_itself(store: Store) -> None:
    with store.transaction() as session:
        letters.enqueue(session, letter())
    with pytest.raises(IntegrityError), store.transaction() as session:
        session.execute(text("UPDATE letters SET state = 'lost'"))


def test_w25_instants_come_back_aware_and_in_utc(store: Store) -> None:
    at = datetime(2021, 8, 30, 23, 59, 59, 123456, tzinfo=ZoneInfo("Asia/Krasnoyarsk"))
    with store.transaction() as session:
        letter_id = letters.enqueue(session, letter(at=at))
    with store.reading() as session:
        found = letters.letter(session, letter_id or 0)
    assert found is not None
    assert found.created_at == at
    assert found.created_at.tzinfo is UTC


def test_w25_an_instant_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2021, 8, 30, 12, 0)  # noqa: DTZ001 - the fault itself
    with pytest.raises(StatementError, match="aware"), store.transaction() as session:
        letters.enqueue(session, letter(at=naive))


@pytest.mark.parametrize("url", ["", "not a url", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_cannot_be_used_is_named_as_configuration(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Store(url)


def test_postgresql_without_its_driver_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"kabinet\[postgresql\]"):
        Store("postgresql://kabinet@127.0.0.1/kabinet")


def test_a_server_that_does_not_answer_is_one_sentence_without_the_password() -> None:
    store = Store(f"postgresql://kabinet:geheim@127.0.0.1:{free_port()}/kabinet?connect_timeout=5")
    with pytest.raises(UnreachableError) as caught:
        store.upgrade()
    store.dispose()
    assert "geheim" not in str(caught.value)
    assert "geheim" not in store.name


@pytest.mark.parametrize("inside", [".", "garbage", "garbage/kabinet.db"])
def test_a_path_that_is_no_database_is_one_sentence(inside: str, tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"garbage" * 1000)
    store = Store(f"sqlite:///{tmp_path / inside}")
    with pytest.raises(UnreachableError, match="sqlite"):
        store.upgrade()
    store.dispose()


def test_sql_is_not_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with store.transaction() as session:
        letters.enqueue(session, letter(address="secret@school.test", at=NOW))
    assert "secret" not in caplog.text


def _constraints(session: Session) -> dict[str, list[str]]:
    inspector, found = inspect(session.connection()), dict[str, list[str]]()
    for table in Base.metadata.tables:
        # Without names: SQLite tells none of a key that was added with its column.
        keys = [{**key, "name": None} for key in inspector.get_foreign_keys(table)]
        found[table] = sorted(map(str, [*inspector.get_check_constraints(table), *keys]))
    return found
