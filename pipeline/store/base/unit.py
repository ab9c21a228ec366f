"""The unit of work of a session: the answers that it has read, and the rows that it has yet to write.

Judging a batch settles hundreds of messages in one transaction. Asked and written one by one, each would cost some
seventeen statements. So queries that come up for every message go through ``cached``, which can be answered for a whole
batch ahead, and rows that every message makes are kept here and written together: before the commit, and before any
other statement of the session that might meet them, so that nobody reads a state that lacks them. A query of tables
that have nothing to be written waits for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, ColumnClause, Executable, Table, Update, bindparam, event, func, select, text
from sqlalchemy import insert as insert_into
from sqlalchemy import update as update_of
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.sql import visitors

from pipeline.store.tables import Base

Item = TypeVar("Item")
_UNIT = "kabinet_unit"
_IDS_AHEAD = 64  # numbers drawn from a sequence of PostgreSQL at once; what is left over is never given


class WritingSession(Session):
    """A session whose unit of work is written before its commit and before every other statement that may meet it."""


class Unit:
    """The rows that one transaction will write and the answers that it has read. Made by ``unit_of``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cache: defaultdict[str, dict[Hashable, Any]] = defaultdict(dict)
        self._new: dict[Table, list[dict[str, Any]]] = {}
        self._changed: dict[Table, dict[Hashable, dict[str, Any]]] = {}
        self._ids: dict[Table, Iterator[int]] = {}
        self.locked: set[Hashable] = set()

    def cached(self, tables: str, key: Hashable, read: Callable[[], Item]) -> Item:
        """Return what ``read`` returns, read once for ``key`` until one of ``tables`` (names, spaced) changes."""
        known = self._cache[tables]
        if key not in known:
            known[key] = read()
        found: Item = known[key]
        return found

    def cache(self, tables: str, answers: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> None:
        """Cache answers for the rest of the batch: those read together, or that follow from rows to be written."""
        self._cache[tables].update(answers)

    def peek(self, tables: str, key: Hashable) -> Any:  # noqa: ANN401 - whatever was cached
        """Return the cached answer to ``key``, None when there is none."""
        return self._cache[tables].get(key)

    def forget(self, tables: str, keys: Iterable[Hashable]) -> None:
        """Drop the answers cached for these ``keys``."""
        for key in keys:
            self._cache[tables].pop(key, None)

    def uncache(self, tables: str) -> None:
        """Drop the answers cached for exactly these ``tables``."""
        self._cache[tables].clear()

    def add(self, table: type[Base], row: dict[str, Any]) -> None:
        """Insert ``row`` (column name → value) with the next writing; all rows of a table name the same columns."""
        self._new.setdefault(_table(table), []).append(row)

    def change(self, table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Set ``values`` of the row with this primary ``key`` with the next writing; the same columns every time."""
        rows = self._changed.setdefault(_table(table), {})
        where = {f"key_{name}": value for name, value in key.items()}
        rows[tuple(key.values())] = where | {f"set_{name}": value for name, value in values.items()}

    def next_id(self, table: type[Base]) -> int:
        """Return the id that a row of ``table``, to be added at once, shall have."""
        made = _table(table)
        while (found := next(self._ids.get(made, iter(())), None)) is None:
            self._ids[made] = self._more_ids(made)
        return found

    def write(self) -> None:
        """Write what is kept, tables in the order of their references."""
        if not self._new and not self._changed:
            return
        new, self._new = self._new, {}
        updated, self._changed = self._changed, {}
        connection = self._session.connection()
        for table in _tables_in_order():
            if rows := new.get(table):
                connection.execute(insert_into(table), rows)
        for table in _tables_in_order():
            if changes := list(updated.get(table, {}).values()):
                connection.execute(_update(table, changes[0]), changes)

    def concerns(self, statement: Executable) -> bool:
        """Return whether a query reads a table that has rows to be written; one that names no table may read any."""
        waiting = {table.name for table in (*self._new, *self._changed)}
        if not waiting:
            return False
        read = {table.name for table in _tables_of(statement)}
        return not read or not waiting.isdisjoint(read)

    def invalidate(self, table: str | None) -> None:
        """Drop the answers that depend on ``table``, all with None: another statement has changed it."""
        self._ids = {known: ids for known, ids in self._ids.items() if table is not None and known.name != table}
        for tables, known in self._cache.items():
            if table is None or table in tables.split():
                known.clear()

    def _more_ids(self, table: Table) -> Iterator[int]:
        """SQLite's writer is alone, so the numbers after the last are free; PostgreSQL's sequence gives them out."""
        connection = self._session.connection()
        if connection.dialect.name == "sqlite":
            return count((connection.scalar(select(func.max(table.c.id))) or 0) + 1)
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return iter(list(connection.scalars(drawn, {"name": table.name, "count": _IDS_AHEAD})))


def unit_of(session: Session) -> Unit:
    """Return the unit of work of a session. One that only reads, and so sees one snapshot, has answers alone."""
    unit = session.info.get(_UNIT)
    if unit is None:
        unit = session.info[_UNIT] = Unit(session)
    found: Unit = unit
    return found


@event.listens_for(WritingSession, "before_commit")
def _before_commit(session: Session) -> None:
    unit_of(session).write()


@event.listens_for(WritingSession, "do_orm_execute")
def _before_statement(state: ORMExecuteState) -> None:
    """Write first, so that the statement sees it. A statement that changes a table invalidates what is cached of it."""
    unit = unit_of(state.session)
    if not state.is_select or unit.concerns(state.statement):
        unit.write()
    if not state.is_select:
        table = getattr(state.statement, "table", None)
        unit.invalidate(table.name if isinstance(table, Table) else None)


@event.listens_for(WritingSession, "before_flush")
def _before_flush(session: Session, _context: UOWTransaction, _objects: Sequence[object] | None) -> None:
    """Objects that SQLAlchemy is about to write may refer to rows kept here; they invalidate what is cached."""
    unit = unit_of(session)
    unit.write()
    for item in (*session.new, *session.dirty, *session.deleted):
        unit.invalidate(item.__tablename__)


def _tables_of(statement: Executable) -> Iterator[Table]:
    """Yield the tables that a statement names anywhere, in what it selects, joins, asks within and orders by."""
    for element in visitors.iterate(statement) if isinstance(statement, ClauseElement) else ():
        if isinstance(element, Table):
            yield element
        elif isinstance(element, ColumnClause) and isinstance(element.table, Table):
            yield element.table


@cache
def _tables_in_order() -> tuple[Table, ...]:
    return tuple(Base.metadata.sorted_tables)


def _table(table: type[Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _update(table: Table, row: Mapping[str, Any]) -> Update:
    where = [table.c[name[4:]] == bindparam(name) for name in row if name.startswith("key_")]
    values: dict[str, Any] = {name[4:]: bindparam(name) for name in row if name.startswith("set_")}
    return update_of(table).where(*where).values(values)
