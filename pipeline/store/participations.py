"""Who must answer and how far they are. ``record`` is the one place where a participation changes.

The denominator of a collection: the organisations of the roster when it was published, and those that joined it while
it was open (``ensure``), without those that left the roster before it opened. Who left later stays, with a flag.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import TypeVarTuple

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.errors import Incident
from pipeline.model import Counts, Outcome, Participant, Participation, Role, StatusEvent
from pipeline.status import participation as participation_status
from pipeline.status.participation import FIRST
from pipeline.store import extensions
from pipeline.store.base.sql import chunks, insert
from pipeline.store.base.unit import unit_of
from pipeline.store.roster import read_logins
from pipeline.store.tables import LoginRow, ParticipationRow, PublicationRow, ReturnRow, StatusEventRow

_PARTICIPATIONS, _EVENTS = "participations", "status_events"
Columns = TypeVarTuple("Columns")


def ensure(session: Session, publication: str, logins: Iterable[str]) -> None:
    """Make ``logins`` (codes as issued) answerable in a collection; those that are already keep their status."""
    unit = unit_of(session)
    missing = [
        code
        for code in logins
        if ("participation", publication, code) not in unit.locked
        and unit.peek(_PARTICIPATIONS, (publication, code)) is None
    ]
    rows = [{"publication": publication, "login": code, "status": FIRST} for code in missing]
    session.flush()
    for part in chunks(rows):
        # Past the session: what is cached of the others stays true, and nothing that waits is needed for it.
        session.connection().execute(insert(session, ParticipationRow).on_conflict_do_nothing(), part)
    unit.forget(_PARTICIPATIONS, ((publication, code) for code in missing))


def participation(session: Session, publication: str, login: str) -> Participation | None:
    """Return how far ``login`` (code as issued) has come, or None when it need not answer."""

    def read() -> Participation | None:
        row = session.get(ParticipationRow, (publication, login))
        return _participation(row) if row else None

    return unit_of(session).cached(_PARTICIPATIONS, (publication, login), read)


def read_standing(session: Session, publications: Sequence[str], logins: Iterable[str]) -> None:
    """Ask together what ``participation`` will be asked of ``logins`` in these collections; nothing is locked."""
    unit, row = unit_of(session), ParticipationRow
    for part in chunks(sorted(logins)):
        asked = [(publication, login) for publication in publications for login in part]
        found: dict[tuple[str, str], Participation | None] = dict.fromkeys(asked)
        query = select(row).where(row.login.in_(part), row.publication.in_(publications))
        found.update({(each.publication, each.login): _participation(each) for each in session.scalars(query)})
        unit.cache(_PARTICIPATIONS, found)


def read_ahead(session: Session, publication: str, logins: Sequence[str]) -> None:
    """Ask together what ``record`` and ``participation`` will be asked of ``logins`` in one collection.

    They become participants where they are not, and their rows are locked: the events of one are recorded one by one.
    """
    unit = unit_of(session)
    ensure(session, publication, logins)
    for part in chunks(sorted(logins)):
        rows = select(ParticipationRow).where(
            ParticipationRow.publication == publication, ParticipationRow.login.in_(part)
        )
        found = session.scalars(rows.order_by(ParticipationRow.login).with_for_update()).all()
        unit.cache(_PARTICIPATIONS, (((publication, row.login), _participation(row)) for row in found))
        events: dict[str, set[tuple[int, StatusEvent, int | None]]] = {login: set() for login in part}
        query = select(
            StatusEventRow.login, StatusEventRow.receipt_id, StatusEventRow.event, StatusEventRow.return_id
        ).where(StatusEventRow.publication == publication, StatusEventRow.login.in_(part))
        for login, receipt, event, ret in session.execute(query):
            events[login].add((receipt, event, ret))
        unit.cache(_EVENTS, (((publication, login), recorded) for login, recorded in events.items()))
    unit.locked.update(("participation", publication, login) for login in logins)


def participants(session: Session, publication: str, region: str | None = None) -> list[Participant]:
    """Return those who must answer, of one region where given, ordered by login code.

    Who has left the roster since the collection opened is among them, dated and without addresses.
    """
    query = members(select(ParticipationRow, LoginRow), publication, region)
    pairs = session.execute(query).all()
    logins = read_logins(session, [login for _, login in pairs])
    given = extensions.by_login(session, publication)
    general = session.scalar(select(PublicationRow.closes_at).where(PublicationRow.code == publication))
    found = [
        Participant(
            # Nobody writes to those that left.
            replace(logins[login.code], addresses=()) if login.departed_at else logins[login.code],
            _participation(row),
            given.beyond(general, login.code, login.region),
            login.departed_at,
        )
        for row, login in pairs
    ]
    return sorted(found, key=lambda participant: participant.login.code)


def counts(session: Session, publication: str) -> dict[str, Counts]:
    """Return the figures of «Всего / Не приступило / В работе / Сдано» by region, in order of regions."""
    query = members(select(LoginRow.region, ParticipationRow.status, func.count()), publication, None)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for region, state, count in session.execute(query.group_by(LoginRow.region, ParticipationRow.status)):
        found[region][state.value] = count
    return {region: Counts(**found[region]) for region in sorted(found)}


def handed_in(session: Session, publication: str, ends: Sequence[datetime]) -> list[int]:
    """Return how many of those who must answer had handed in for the first time before each of ``ends``, ascending.

    The last figure counts everybody who has, also later than that: it is «Сдано».
    """
    event = StatusEventRow
    first = (
        select(event.login, func.min(event.at).label("at"))
        .where(event.publication == publication, event.event == StatusEvent.RETURN_ACCEPTED)
        .group_by(event.login)
        .subquery()
    )
    place = case(*((first.c.at < end, number) for number, end in enumerate(ends)), else_=len(ends) - 1)
    query = members(select(place, func.count()), publication, None)
    query = query.join(first, first.c.login == ParticipationRow.login).group_by(place)
    counted = dict.fromkeys(range(len(ends)), 0) | dict(session.execute(query).all())
    return list(accumulate(counted.values()))


def record(
    session: Session,
    publication: str,
    login: str,
    event: StatusEvent,
    at: datetime,
    *,
    receipt_id: int,
    return_id: int | None = None,
) -> Participation:
    """Apply what a message did to a participation, write the event beside it, and return it as it is now.

    ``at`` is the mail server's receipt time; ``login`` the code as issued. The same event of the same receipt (and
    return) a second time changes nothing. An organisation that was not asked when the collection was published becomes
    a participant by answering. Raises Incident for a login that cannot take part.
    """
    unit = unit_of(session)
    before = _locked(session, publication, login)
    key, this = (publication, login), (receipt_id, event, return_id)
    recorded = unit.cached(_EVENTS, key, lambda: _recorded(session, publication, login))
    if this in recorded:
        return before
    standing = _standing(session, publication, login) if event is StatusEvent.RETURN_WITHDRAWN else None
    after = participation_status.apply(before, event, at, return_id, standing)
    where = {"publication": publication, "login": login}
    unit.change(
        ParticipationRow,
        where,
        {
            "status": after.status,
            "begun_at": after.begun_at,
            "handed_in_at": after.handed_in_at,
            "accepted_return_id": after.accepted_return_id,
            "last_rejected_at": after.last_rejected_at,
        },
    )
    written = {"event": event, "at": at, "receipt_id": receipt_id, "return_id": return_id, "status": after.status}
    unit.add(StatusEventRow, {**where, **written})
    unit.cache(_PARTICIPATIONS, {key: after})
    unit.cache(_EVENTS, {key: recorded | {this}})
    return after


def members(query: Select[*Columns], publication: str, region: str | None) -> Select[*Columns]:
    """Limit a query on participations and logins to those who must answer. For the store's own queries."""
    query = (
        query.join_from(ParticipationRow, LoginRow, LoginRow.code == ParticipationRow.login)
        .join(PublicationRow, PublicationRow.code == ParticipationRow.publication)
        .where(ParticipationRow.publication == publication, LoginRow.role == Role.ORGANISATION, _stayed())
    )
    return query if region is None else query.where(LoginRow.region == region)


def _stayed() -> ColumnElement[bool]:
    return or_(LoginRow.departed_at.is_(None), LoginRow.departed_at >= PublicationRow.opens_at)


def _locked(session: Session, publication: str, login: str) -> Participation:
    """Return a participation with its row locked, so that its events are recorded one by one."""
    if ("participation", publication, login) not in unit_of(session).locked:
        if session.get(ParticipationRow, (publication, login)) is None:
            account = session.get(LoginRow, login)
            if account is None or account.role is not Role.ORGANISATION:
                raise Incident("participation.not_a_member", publication=publication, login=login)
        read_ahead(session, publication, [login])
    found = participation(session, publication, login)
    assert found is not None  # read_ahead makes it
    return found


def _standing(session: Session, publication: str, login: str) -> tuple[datetime, int] | None:
    """Return (receipt time, id) of the newest return that was accepted and not withdrawn."""
    query = (
        select(ReturnRow.received_at, ReturnRow.id)
        .where(
            ReturnRow.publication == publication,
            ReturnRow.login == login,
            ReturnRow.outcome.in_([outcome for outcome in Outcome if outcome.is_accepted]),
            ReturnRow.draft.is_(False),
            ReturnRow.withdrawn_at.is_(None),
        )
        .order_by(ReturnRow.received_at.desc(), ReturnRow.id.desc())
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def _recorded(session: Session, publication: str, login: str) -> set[tuple[int, StatusEvent, int | None]]:
    row = StatusEventRow
    query = select(row.receipt_id, row.event, row.return_id).where(row.publication == publication, row.login == login)
    return {(receipt, event, ret) for receipt, event, ret in session.execute(query)}


def _participation(row: ParticipationRow) -> Participation:
    return Participation(
        publication=row.publication,
        login=row.login,
        status=row.status,
        begun_at=row.begun_at,
        handed_in_at=row.handed_in_at,
        accepted_return_id=row.accepted_return_id,
        last_rejected_at=row.last_rejected_at,
    )
