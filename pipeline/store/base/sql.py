"""The few statements that SQLite and PostgreSQL share only in part, and what the query modules have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Delete, Update, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import Select

from pipeline.store.tables import Base

Item = TypeVar("Item")
_CHUNK = 500  # parameters a statement: well under the smallest limit in use (SQLite before 3.32: 999)


def insert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that knows ON CONFLICT, in the dialect of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_new(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows``, leaving out those whose unique key is there already."""
    if rows:
        session.execute(insert(session, table).on_conflict_do_nothing(), rows)


def taken(
    key: InstrumentedAttribute[int],
    *conditions: ColumnElement[bool],
    order: Sequence[InstrumentedAttribute[Any]] = (),
    limit: int | None = None,
) -> Select[int]:
    """Return a query for the keys of rows to be changed, locked and passing over rows that another worker holds.

    A CTE, for PostgreSQL evaluates it exactly once: a plain subquery with LIMIT may be run again and lock more.
    SQLite has no row locks and ignores them: its writing transaction is alone anyway.
    """
    rows = select(key.label("taken")).where(*conditions).order_by(*order).limit(limit)
    cte = rows.with_for_update(skip_locked=True).cte("free")
    return select(cte.c.taken)


def changed(session: Session, statement: Update | Delete) -> int:
    """Run ``statement`` and return how many rows it changed. Not for one with ``taken``: SQLite cannot count those."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount


def returned(session: Session, statement: Update, column: InstrumentedAttribute[Item]) -> list[Item]:
    """Run ``statement`` and return ``column`` of the rows it changed, in no particular order."""
    changed_rows = statement.returning(column)
    return list(session.scalars(changed_rows, execution_options={"synchronize_session": False}))


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut ``items`` into pieces small enough to be the parameters of one statement."""
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
