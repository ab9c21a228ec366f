"""The database: opening it, its transactions, and bringing its schema up to date."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session

from pipeline import private
from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.store.base import schema
from pipeline.store.base.unit import WritingSession
from pipeline.store.tables.columns import dump_json

_BUSY_SECONDS = 60.0  # how long a writer of SQLite waits for another one
_BRIEF_SECONDS = 5.0  # how long one does that must not keep anybody waiting
_WRITES = "kabinet_writes"
_PATIENCE = "kabinet_patience"
_FAULTS = {
    sqlite3.SQLITE_FULL: "store.disk",
    sqlite3.SQLITE_IOERR: "store.disk",
    sqlite3.SQLITE_READONLY: "store.disk",
    sqlite3.SQLITE_CANTOPEN: "store.disk",
    sqlite3.SQLITE_CORRUPT: "store.damaged",
    "53100": "store.disk",  # PostgreSQL's disk is full
}
"""What says that the disk is at fault, and nothing that was asked: the code of the sentence about it."""


class Store:
    """A database by its SQLAlchemy URL: ``sqlite:///path`` or ``postgresql://user:password@host/name``.

    Raises ConfigurationError for any other URL, and for PostgreSQL when its driver is not installed. Nothing is opened
    before the first transaction.
    """

    def __init__(self, url: str) -> None:
        self._url = _usable(url)
        options: dict[str, Any] = {"connect_args": {"timeout": _BUSY_SECONDS}} if self.is_sqlite else {}
        try:
            engine = create_engine(
                self._url,
                json_serializer=dump_json,
                pool_pre_ping=not self.is_sqlite,
                hide_parameters=True,  # addresses, codes and cell values do not belong into the words of an error
                **options,
            )
        except ImportError as error:  # an extra of the package, or its library of the system, is not there
            raise ConfigurationError("store.no_driver") from error
        if self.is_sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        self._engine = engine
        self._writing = engine.execution_options(**{_WRITES: True})
        self._brief = engine.execution_options(**{_WRITES: True, _PATIENCE: _BRIEF_SECONDS})
        # SQLite's reading transaction sees one snapshot; ask the same of PostgreSQL.
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**snapshot)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the default database, a file."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of SQLite that may be there; none of another database."""
        database = self._url.database
        return _beside(Path(database)) if self.is_sqlite and database and not database.startswith("file:") else ()

    @property
    def name(self) -> str:
        """The URL as it may be shown: without its password."""
        return self._url.render_as_string(hide_password=True)

    def upgrade(self) -> None:
        """Make the schema or bring it up to date. Harmless when it is, and when several processes do it at once.

        Raises UnreachableError when the database cannot be opened; so do the transactions.
        """
        if self.files:
            try:
                _make_private(self.files[0])
            except OSError as error:
                raise self._unreachable(error) from error
        with self._session(self._reading) as session:
            if schema.is_current(session.connection()):
                return
        # Imported late: Alembic takes as long to import as all else that ``status`` needs of the store.
        from pipeline.store.migrations import upgrading  # noqa: PLC0415

        with self._session(self._writing) as session:
            upgrading.upgrade(session.connection())

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that may write; commits at the end, rolls back when the block raises."""
        with self._session(self._writing, WritingSession) as session:
            yield session

    @contextmanager
    def brief(self) -> Iterator[Session]:
        """Yield a session that writes a row beside somebody's work: it waits five seconds for other writers, no more.

        Raises UnreachableError when the database stays busy.
        """
        with self._session(self._brief, WritingSession) as session:
            if not self.is_sqlite:
                session.execute(text(f"SET LOCAL lock_timeout = '{_BRIEF_SECONDS:.0f}s'"))
            yield session

    def verify(self) -> None:
        """Look whether the database can be read as it is; nothing is made or changed.

        Raises UnreachableError when it cannot be opened, is not there, or has the schema of another version.
        """
        if self.is_sqlite and not _has_content(Path(self._url.database or "")):
            raise UnreachableError("store.not_made", url=self.name)
        with self._session(self._reading) as session:
            if not schema.is_current(session.connection()):
                raise UnreachableError("store.other_version", url=self.name)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for reading one consistent snapshot."""
        with self._session(self._reading) as session:
            yield session

    def dispose(self) -> None:
        """Close all connections. The store can be used again afterwards."""
        self._engine.dispose()

    @contextmanager
    def _session(self, engine: Engine, kind: type[Session] = Session) -> Iterator[Session]:
        # populate_existing: the queries change rows by statements, and a row read before must not hide the change.
        try:
            with (
                kind(engine, expire_on_commit=False, execution_options={"populate_existing": True}) as session,
                session.begin(),
            ):
                self._connect(session)
                yield session
        except DatabaseError as error:
            code = _FAULTS.get(_number(error.orig))
            if code is None:
                raise
            raise UnreachableError(code, url=self.name, reason=_first_line(error.orig)) from error

    def _connect(self, session: Session) -> None:
        """Begin on the server now, so that a database that does not answer is no failing query."""
        try:
            session.connection()
        except DatabaseError as error:
            raise self._unreachable(error.orig or error) from error

    def _unreachable(self, cause: BaseException) -> UnreachableError:
        return UnreachableError("store.unreachable", url=self.name, reason=_first_line(cause))


def _first_line(cause: BaseException | None) -> str:
    return str(cause).strip().partition("\n")[0]


def _number(cause: BaseException | None) -> int | str:
    """Return the driver's own number of a fault: SQLite's primary code, or the SQLSTATE; 0 for none."""
    code = getattr(cause, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else getattr(cause, "sqlstate", None) or 0


def _has_content(database: Path) -> bool:
    return database.is_file() and database.stat().st_size > 0


def _make_private(database: Path) -> None:
    """Make the file of SQLite for its owner only: its write-ahead log and shared memory get the rights that it has."""
    private.make_folder(database.parent)
    with suppress(FileExistsError):
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, private.FILE))
    private.close(_beside(database))


def _beside(database: Path) -> tuple[Path, ...]:
    return tuple(database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm", "-journal"))


def _usable(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        raise ConfigurationError("store.url") from None  # its words hold the URL, and that the password
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise ConfigurationError("store.url")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see below
    cursor = connection.cursor()
    _write_ahead(cursor)
    # FULL: a message is moved out of the inbox after its row is committed, so a commit must survive a power cut.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Turn WAL on. While another connection is turning it on SQLite refuses at once instead of waiting."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: taking it half-way fails when another has written since our first read."""
    options = connection.get_execution_options()
    patience = options.get(_PATIENCE, _BUSY_SECONDS)
    if connection.info.get(_PATIENCE, _BUSY_SECONDS) != patience:  # a connection of the pool keeps its patience
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
        connection.info[_PATIENCE] = patience
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")
