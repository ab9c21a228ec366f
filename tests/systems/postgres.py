"""A private PostgreSQL on a free port of loopback, and the store on both of its databases.

One server a session; the schema is made once and cloned for each test that asks for a store.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from pipeline.store import Store
from tests.systems.programs import free_port, not_run, server_folder, wait_until

USER = "kabinet"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "50",
    "timezone": "Europe/Moscow",  # not ours: instants must come back right whatever the server's zone
}


class Postgres:
    """A running server, with databases made and dropped by name."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = count(1)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Make a copy of ``template``, yield its name, and drop it."""
        name = f"test_{next(self._numbers)}"
        self.run("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield name
        finally:
            self.run("DROP DATABASE {} WITH (FORCE)", name)

    def run(self, statement: LiteralString, *names: str) -> None:
        """Run one statement about whole databases; ``names`` fill its places."""
        filled = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(filled)

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The session's server. Skips when PostgreSQL is not installed."""
    programs = _programs()
    with server_folder("postgres") as root, _running(programs, root) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    with postgres.database() as name:
        yield postgres.url(name)


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> Iterator[str]:
    """The name of a database with the newest schema and nothing in it."""
    with postgres.database() as name:
        _upgrade(postgres.url(name))
        yield name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the newest schema and nothing in it."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system("postgresql"))])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database without a schema, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system("postgresql"))])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the newest schema and nothing in it, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        copy = tmp_path / "kabinet.db"
        shutil.copyfile(template, copy)
        yield f"sqlite:///{copy}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(request.getfixturevalue("postgres_template")) as name:
        yield server.url(name)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An upgraded, empty store: each test that takes it runs on real SQLite and on real PostgreSQL."""
    opened = Store(store_url)
    yield opened
    opened.dispose()


def _programs() -> Path:
    """Return the folder of ``initdb`` and ``postgres``: Debian keeps them out of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    for folder in [*reversed(debian), *(Path(part) for part in os.environ.get("PATH", "").split(os.pathsep) if part)]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    not_run("PostgreSQL is not installed: not run")
    raise AssertionError("not_run does not come back")


@contextmanager
def _running(programs: Path, root: Path) -> Iterator[Postgres]:
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        shutil.chown(root, user)
    data = root / "data"
    options = ["-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    result = subprocess.run(
        [programs / "initdb", "-D", data, *options], cwd=root, user=user, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        pytest.fail(f"initdb: {result.stderr}", pytrace=False)
    server = Postgres(free_port())
    settings = _SETTINGS | {"port": str(server.port), "unix_socket_directories": str(root)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (
        (root / "postgres.log").open("wb") as output,
        subprocess.Popen(
            [programs / "postgres", "-D", data, *options], cwd=root, user=user, stdout=output, stderr=output
        ) as process,
    ):
        try:
            wait_until(lambda: process.poll() is not None or server.answers(), "PostgreSQL")
            if process.poll() is not None:
                pytest.fail((root / "postgres.log").read_text(encoding="utf-8"), pytrace=False)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown: sessions are cut
            process.wait(30)


def _upgrade(url: str) -> None:
    store = Store(url)
    store.upgrade()
    store.dispose()
