"""Logins and their addresses. Those that left the roster keep their rows and are given to nobody here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, Table, bindparam, delete, exists, or_, select, tuple_, update
from sqlalchemy.orm import Session

from pipeline.model import Login, Role
from pipeline.model.delivery import LetterEvent
from pipeline.model.roster import Comparison, RosterChange, described
from pipeline.status.letter import LetterMove
from pipeline.store import restoring
from pipeline.store.base.sql import changed, chunks, insert_new
from pipeline.store.base.unit import unit_of
from pipeline.store.letter_states import move
from pipeline.store.tables import AddressRow, AuditRow, LetterEventRow, LetterRow, LoginRow
from pipeline.store.withholding import withhold

_ROSTER = "logins login_addresses"
_DEPARTED, _REMOVED = "login_departed", "address_removed"  # why a letter is withheld, in the delivery log
_PAIRS = 200  # (login, address) a statement


def compare(session: Session, logins: Sequence[Login]) -> Comparison:
    """Compare a list with the roster; nothing is changed. A code that differs in case alone is the same login."""
    wanted = {login.code.lower(): login for login in logins}
    recorded, left = _recorded(session)
    by_code = attrgetter("code")
    new = [login for key, login in wanted.items() if key not in recorded]
    changed_pairs = [
        (recorded[key], login) for key, login in wanted.items() if key in recorded and recorded[key] != login
    ]
    return Comparison(
        added=tuple(sorted((login for login in new if login.code.lower() not in left), key=by_code)),
        returned=tuple(sorted((login for login in new if login.code.lower() in left), key=by_code)),
        changed=tuple(sorted(changed_pairs, key=lambda pair: pair[1].code)),
        missing=tuple(sorted((login for key, login in recorded.items() if key not in wanted), key=by_code)),
        total=len(recorded),
    )


def save(session: Session, found: Comparison, now: datetime, *, departures: bool, who: str = "roster") -> RosterChange:
    """Make the roster be as the list that was compared; with ``departures`` false nobody leaves it.

    Departures are dated ``now``; every departure, return and change is put into the audit with what it was before, by
    ``who``. Letters that wait for a login that left, or for an address that is no longer its, are withheld; what was
    withheld so and has not expired waits again when login or address is back.
    """
    gone = found.missing if departures else ()
    _update(session, [(None, login) for login in found.returned] + list(found.changed))
    _insert(session, found.added, now)
    for part in chunks([login.code for login in gone]):
        changed(session, update(LoginRow).where(LoginRow.code.in_(part)).values(departed_at=now))
        withhold(session, now, _DEPARTED, LetterRow.login.in_(part))
    _withhold_removed(session, found.changed, now)
    _release(session, [(None, login) for login in found.returned] + list(found.changed), now)
    deeds = [("login_returned", login, "") for login in found.returned]
    deeds += [("login_changed", after, described(before, after)) for before, after in found.changed]
    deeds += [("login_departed", login, "") for login in gone]
    _audit(session, deeds, now, who)
    added = [*found.added, *found.returned]
    return RosterChange(_codes(added), _codes(login for _, login in found.changed), _codes(gone))


def save_logins(session: Session, logins: Sequence[Login], now: datetime, *, complete: bool = True) -> RosterChange:
    """Compare and save at once: add, mend, and mark as departed at ``now`` those that are missing.

    With ``complete`` false nobody departs: for a list of which lines could not be read, or of a part. Nor does an empty
    list empty the roster.
    """
    return save(session, compare(session, logins), now, departures=complete and bool(logins))


def amend(session: Session, before: Login, after: Login, now: datetime) -> None:
    """Change one login of the roster from ``before`` (as on record) to ``after``; the caller keeps the audit.

    Letters are withheld and wait again as in ``save``.
    """
    _update(session, [(before, after)])
    _withhold_removed(session, [(before, after)], now)
    _release(session, [(before, after)], now)


def login(session: Session, code: str) -> Login | None:
    """Return the login of the roster with this code in any case (a tag carries it in lower case)."""

    def read() -> Login | None:
        found = _logins(session, select(LoginRow).where(LoginRow.code_key == code.lower()))
        return found[0] if found else None

    return unit_of(session).cached(_ROSTER, ("login", code.lower()), read)


def organisation_of(session: Session, code: str, region: str) -> Login | None:
    """Return the organisation of ``region`` with this code; None for every other login, as for one that is not there.

    What a coordinator types is looked for here: nobody is to find out what other regions have.
    """
    found = login(session, code)
    return found if found is not None and found.role is Role.ORGANISATION and found.region == region else None


def logins(session: Session, role: Role | None = None, region: str | None = None) -> list[Login]:
    """Return the roster, of one role and region where given, ordered by code."""
    query = select(LoginRow)
    if role is not None:
        query = query.where(LoginRow.role == role)
    if region is not None:
        query = query.where(LoginRow.region == region)
    return _logins(session, query)


def logins_of_address(session: Session, address: str) -> list[Login]:
    """Return the logins that have this address (in any case), ordered by code: a municipal office may serve many."""

    def read() -> tuple[Login, ...]:
        served = select(AddressRow.login).where(AddressRow.address_key == address.lower())
        found = _logins(session, select(LoginRow).where(LoginRow.code.in_(served)))
        unit_of(session).cache(_ROSTER, ((("login", login.code.lower()), login) for login in found))
        return tuple(found)

    return list(unit_of(session).cached(_ROSTER, ("logins_of_address", address.lower()), read))


def read_ahead(session: Session, addresses: Collection[str], codes: Collection[str]) -> None:
    """Ask together what ``logins_of_address`` and ``login`` will be asked for these addresses and codes."""
    unit = unit_of(session)
    keys = sorted({address.lower() for address in addresses})
    served: defaultdict[str, set[str]] = defaultdict(set)
    for part in chunks(keys):
        query = select(AddressRow.address_key, AddressRow.login).where(AddressRow.address_key.in_(part))
        for key, code in session.execute(query):
            served[key].add(code)
    wanted = {code.lower() for code in codes}.union(*({code.lower() for code in found} for found in served.values()))
    found: dict[str, Login] = {}
    for part in chunks(sorted(wanted)):
        found |= {login.code: login for login in _logins(session, select(LoginRow).where(LoginRow.code_key.in_(part)))}
    by_key = {code.lower(): login for code, login in found.items()}
    unit.cache(_ROSTER, ((("login", key), by_key.get(key)) for key in wanted))
    unit.cache(
        _ROSTER,
        (
            (("logins_of_address", key), tuple(found[code] for code in sorted(served[key]) if code in found))
            for key in keys
        ),
    )


def read_logins(session: Session, rows: Collection[LoginRow]) -> dict[str, Login]:
    """Return the logins of ``rows`` by code, with their addresses. For the store's own queries."""
    few = [row.code for row in rows] if len(rows) <= 500 else None
    addresses = _addresses(session, few)
    return {row.code: _login(row, addresses[row.code]) for row in rows}


def _logins(session: Session, query: Select[LoginRow]) -> list[Login]:
    rows = session.scalars(query.where(LoginRow.departed_at.is_(None))).all()
    # Sorted here, by code points: databases order text each in their own way.
    return sorted(read_logins(session, rows).values(), key=lambda login: login.code)


def _addresses(session: Session, codes: Collection[str] | None = None) -> defaultdict[str, list[str]]:
    query = select(AddressRow.login, AddressRow.address).order_by(AddressRow.login, AddressRow.position)
    if codes is not None:
        query = query.where(AddressRow.login.in_(codes))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code, address in session.execute(query):
        found[code].append(address)
    return found


def _login(row: LoginRow, addresses: Iterable[str]) -> Login:
    return Login(row.code, row.name, row.role, row.region, tuple(addresses))


def _recorded(session: Session) -> tuple[dict[str, Login], set[str]]:
    """Return the logins of the roster by their code in lower case, and such codes of those that have left it."""
    row = LoginRow
    columns = select(row.code, row.code_key, row.name, row.role, row.region, row.departed_at)
    addresses = _addresses(session)
    found: dict[str, Login] = {}
    left: set[str] = set()
    for code, key, name, role, region, departed_at in session.execute(columns):
        if departed_at is None:
            found[key] = Login(code, name, role, region, tuple(addresses[code]))
        else:
            left.add(key)
    return found, left


def _update(session: Session, pairs: Sequence[tuple[Login | None, Login]]) -> None:
    """Write logins that are on record; of one that comes back (None, it) everything is written."""
    table = LoginRow.__table__
    assert isinstance(table, Table)
    spelled = [after for before, after in pairs if before is None or before.code != after.code]
    for login in spelled:  # foreign keys follow the code, so only where it changes is it written
        where = (LoginRow.code_key == login.code.lower(), LoginRow.code != login.code)
        changed(session, update(LoginRow).where(*where).values(code=login.code))
    rows = [
        {"key": after.code.lower(), "new_name": after.name, "new_role": after.role, "new_region": after.region}
        for before, after in pairs
        if before is None or _written(before) != _written(after)
    ]
    values: dict[str, Any] = {
        "name": bindparam("new_name"),
        "role": bindparam("new_role"),
        "region": bindparam("new_region"),
    }
    if rows:
        statement = update(table).where(table.c.code_key == bindparam("key")).values(departed_at=None, **values)
        session.execute(statement, rows)
    moved = [after for before, after in pairs if before is None or before.addresses != after.addresses]
    for part in chunks([login.code for login in moved]):
        changed(session, delete(AddressRow).where(AddressRow.login.in_(part)))
    _insert_addresses(session, moved)


def _written(login: Login) -> tuple[str, Role, str]:
    return login.name, login.role, login.region


def _insert(session: Session, logins: Sequence[Login], now: datetime) -> None:
    rows = [
        {
            "code": login.code,
            "code_key": login.code.lower(),
            "name": login.name,
            "role": login.role,
            "region": login.region,
            "joined_at": now,
        }
        for login in logins
    ]
    insert_new(session, LoginRow, rows)
    _insert_addresses(session, logins)


def _insert_addresses(session: Session, logins: Sequence[Login]) -> None:
    rows = [
        {"login": login.code, "position": position, "address": address, "address_key": address.lower()}
        for login in logins
        for position, address in enumerate(login.addresses)
    ]
    insert_new(session, AddressRow, rows)


def _gained(before: Login | None, after: Login) -> list[tuple[str, str]]:
    """Return the (login, address in lower case) that ``after`` has and ``before`` has not."""
    had = {address.lower() for address in before.addresses} if before else set()
    return sorted((after.code, key) for key in {address.lower() for address in after.addresses} - had)


def _withhold_removed(session: Session, pairs: Sequence[tuple[Login, Login]], now: datetime) -> None:
    """What waits for an address that its login no longer has must not go there: somebody else may read it."""
    removed = [(after.code, key) for before, after in pairs for _, key in _gained(after, before)]
    for start in range(0, len(removed), _PAIRS):
        theirs = tuple_(LetterRow.login, LetterRow.address_key).in_(removed[start : start + _PAIRS])
        withhold(session, now, _REMOVED, theirs)


def _release(session: Session, pairs: Sequence[tuple[Login | None, Login]], now: datetime) -> None:
    """Let what was withheld for these reasons alone wait again: filling the gaps takes it for sent otherwise.

    While a restore is open it is in doubt instead, as every letter that comes up then.
    """
    row, log = LetterRow, LetterEventRow
    event, why = LetterMove.RELEASED, None
    if restoring.current(session) is not None:
        event, why = LetterMove.RELEASED_IN_DOUBT, restoring.RESTORED
    back = [pair for before, after in pairs for pair in _gained(before, after)]
    by_us = exists().where(
        log.letter_id == row.id, log.event == LetterEvent.WITHHELD, log.detail.in_([_DEPARTED, _REMOVED])
    )
    lasting = or_(row.expires_at.is_(None), row.expires_at > now)
    for start in range(0, len(back), _PAIRS):
        theirs = tuple_(row.login, row.address_key).in_(back[start : start + _PAIRS])
        move(session, event, now, theirs, by_us, lasting, why=why)


def _audit(session: Session, deeds: Sequence[tuple[str, Login, str]], now: datetime, who: str) -> None:
    shared = {"at": now, "who": who, "publication": None, "why": "", "receipt_id": None}
    rows = [
        {**shared, "what": what, "login": login.code, "region": login.region, "detail": detail}
        for what, login, detail in deeds
    ]
    insert_new(session, AuditRow, rows)


def _codes(logins: Iterable[Login]) -> tuple[str, ...]:
    return tuple(sorted(login.code for login in logins))
