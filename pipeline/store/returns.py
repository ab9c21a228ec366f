"""Workbooks that came back: their cells, their findings, and the accepted data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session, defer

from pipeline.errors import Incident
from pipeline.model import Finding, Login, Outcome, Return, Severity
from pipeline.store.base.sql import chunks
from pipeline.store.base.unit import unit_of
from pipeline.store.participations import members
from pipeline.store.roster import read_logins
from pipeline.store.tables import LoginRow, ParticipationRow, ReturnRow

_RETURNS = "returns"


def add(session: Session, ret: Return) -> int:
    """Record a return and return its id. Its ordinal, the nth of this login in this publication, is given here."""
    unit = unit_of(session)
    key = ("last", ret.publication, ret.login)
    if ("returns", ret.login) not in unit.locked:
        read_ahead(session, ret.publication, [ret.login])
    last = unit.cached(_RETURNS, key, lambda: _last_ordinals(session, ret.publication, [ret.login])[ret.login])
    ordinal = last + 1
    made = replace(ret, id=unit.next_id(ReturnRow), ordinal=ordinal)
    unit.add(ReturnRow, _values(made))
    brought = unit.peek(_RETURNS, ("of_receipt", ret.receipt_id))
    unit.cache(_RETURNS, {key: ordinal, ("return", made.id): made})
    if brought is not None:
        unit.cache(_RETURNS, {("of_receipt", ret.receipt_id): (*brought, made)})
    return made.id


def read_ahead(session: Session, publication: str, logins: Sequence[str], receipts: Sequence[int] = ()) -> None:
    """Ask together what returns of ``logins`` in one publication need, and what ``of_receipt`` will be asked.

    The logins' rows are locked so that two workers cannot give one ordinal twice; new references to them do not wait.
    """
    unit = unit_of(session)
    for part in chunks(sorted(logins)):
        query = select(LoginRow.code).where(LoginRow.code.in_(part)).order_by(LoginRow.code)
        session.execute(query.with_for_update(key_share=True))
        last = _last_ordinals(session, publication, part)
        unit.cache(_RETURNS, ((("last", publication, login), last[login]) for login in part))
    unit.locked.update(("returns", login) for login in logins)
    brought: defaultdict[int, list[Return]] = defaultdict(list)
    for numbers in chunks(receipts):
        found = select(ReturnRow).where(ReturnRow.receipt_id.in_(numbers), ReturnRow.withdrawn_at.is_(None))
        for row in session.scalars(found.order_by(ReturnRow.id)):
            brought[row.receipt_id or 0].append(_return(row))
    unit.cache(_RETURNS, ((("of_receipt", number), tuple(brought[number])) for number in receipts))


def _last_ordinals(session: Session, publication: str, logins: Sequence[str]) -> defaultdict[str, int]:
    query = select(ReturnRow.login, func.max(ReturnRow.ordinal)).where(
        ReturnRow.publication == publication, ReturnRow.login.in_(logins)
    )
    found: defaultdict[str, int] = defaultdict(int)
    found.update(session.execute(query.group_by(ReturnRow.login)).all())
    return found


def _values(ret: Return) -> dict[str, Any]:
    return {
        "id": ret.id,
        "publication": ret.publication,
        "login": ret.login,
        "ordinal": ret.ordinal,
        "receipt_id": ret.receipt_id or None,
        "form_id": ret.form_id,
        "form_version": ret.form_version,
        "sha256": ret.sha256,
        "draft": ret.draft,
        "outcome": ret.outcome,
        "received_at": ret.received_at,
        "late": ret.late,
        "rows": dict(ret.rows),
        "received": dict(ret.received),
        "data": dict(ret.data),
        "findings": [asdict(finding) for finding in ret.findings],
        "withdrawn_at": None,
    }


def ret(session: Session, return_id: int) -> Return:
    """Return the return with this id; raises Incident when there is none."""
    made: Return | None = unit_of(session).peek(_RETURNS, ("return", return_id))
    if made is not None:  # just added
        return made
    row = session.get(ReturnRow, return_id)
    if row is None:
        raise Incident("return.unknown", return_id=return_id)
    return _return(row)


def latest(session: Session, publication: str, login: str) -> Return | None:
    """Return what was last received of a login, drafts too, by receipt time; unreadable workbooks do not count.

    This is what «ФОРМА» sends again. What was withdrawn is not the login's.
    """
    query = (
        select(ReturnRow)
        .where(
            ReturnRow.publication == publication,
            ReturnRow.login == login,
            ReturnRow.outcome != Outcome.UNREADABLE,
            ReturnRow.withdrawn_at.is_(None),
        )
        .order_by(ReturnRow.received_at.desc(), ReturnRow.id.desc())
    )
    row = next((row for row in session.scalars(query) if row.received), None)
    return _return(row) if row else None


def latest_ids(session: Session, publication: str, logins: Sequence[str] | None = None) -> dict[str, int]:
    """Return by login the id of what ``latest`` returns, of all logins with None: for many letters at once."""
    row = ReturnRow
    query = select(row.login, row.id).where(
        row.publication == publication,
        row.outcome != Outcome.UNREADABLE,
        row.withdrawn_at.is_(None),
        cast(row.received, Text).not_in(("{}", "null")),
    )
    query = query.order_by(row.received_at, row.id)
    if logins is None:
        return dict(session.execute(query).all())
    found: dict[str, int] = {}
    for part in chunks(logins):
        found |= dict(session.execute(query.where(row.login.in_(part))).all())
    return found


def of_receipt(session: Session, receipt_id: int, *, withdrawn: bool = False) -> list[Return]:
    """Return what one message brought, in the order of recording; with ``withdrawn`` what was withdrawn too."""

    def read() -> tuple[Return, ...]:
        query = select(ReturnRow).where(ReturnRow.receipt_id == receipt_id).order_by(ReturnRow.id)
        if not withdrawn:
            query = query.where(ReturnRow.withdrawn_at.is_(None))
        return tuple(_return(row) for row in session.scalars(query))

    return list(read() if withdrawn else unit_of(session).cached(_RETURNS, ("of_receipt", receipt_id), read))


def withdraw(session: Session, receipt_id: int, login: str, at: datetime) -> list[Return]:
    """Mark what a message brought for ``login`` as not theirs; return those newly marked. The rows stay."""
    query = select(ReturnRow).where(
        ReturnRow.receipt_id == receipt_id, ReturnRow.login == login, ReturnRow.withdrawn_at.is_(None)
    )
    rows = list(session.scalars(query.order_by(ReturnRow.id).with_for_update()))
    for row in rows:
        row.withdrawn_at = at
    session.flush()
    return [_return(row) for row in rows]


def accepted(session: Session, publication: str, region: str | None = None) -> list[tuple[Login, Return]]:
    """Return the accepted return of each participant that has one, ordered by login code.

    For the export of tens of thousands: ``data`` is there, ``received`` and ``findings`` are left empty.
    """
    query = members(select(ReturnRow, LoginRow), publication, region)
    query = query.join(ReturnRow, ReturnRow.id == ParticipationRow.accepted_return_id)
    query = query.options(defer(ReturnRow.received), defer(ReturnRow.findings))
    pairs = session.execute(query).all()
    logins = read_logins(session, [login for _, login in pairs])
    found = [(logins[login.code], _return(row, received={}, findings=[])) for row, login in pairs]
    return sorted(found, key=lambda pair: pair[0].code)


def _return(
    row: ReturnRow, *, received: dict[str, Any] | None = None, findings: list[dict[str, Any]] | None = None
) -> Return:
    return Return(
        publication=row.publication,
        login=row.login,
        form_id=row.form_id,
        form_version=row.form_version,
        sha256=row.sha256,
        draft=row.draft,
        outcome=row.outcome,
        received_at=row.received_at,
        late=row.late,
        rows=row.rows,
        received=row.received if received is None else received,
        data=row.data,
        findings=tuple(_finding(stored) for stored in (row.findings if findings is None else findings)),
        ordinal=row.ordinal,
        id=row.id,
        receipt_id=row.receipt_id or 0,
        withdrawn_at=row.withdrawn_at,
    )


def _finding(stored: dict[str, Any]) -> Finding:
    return Finding(**{**stored, "severity": Severity(stored["severity"])})
