"""Logins and their addresses. Those that left the roster keep their rows and are given to nobody here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from pipeline.model import Login, Role
from pipeline.store.sql import changed, chunks, insert_new
from pipeline.store.tables import AddressRow, LoginRow
from pipeline.store.unit import unit_of

_ROSTER = "logins login_addresses"


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What an import did, by login codes: ``added`` are new or have come back."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    departed: tuple[str, ...] = ()


def save_logins(session: Session, logins: Sequence[Login], now: datetime, *, complete: bool = True) -> RosterChange:
    """Make the roster be ``logins``: add, mend, and mark as departed at ``now`` those that are missing.

    With ``complete`` false nobody departs: for a list of which lines could not be read, or of a part. Nor does an empty
    list empty the roster. A code that differs in case alone is the same login, its case corrected.
    """
    wanted = {login.code.lower(): login for login in logins}
    rows = {row.code_key: row for row in session.scalars(select(LoginRow))}
    addresses = _addresses(session)
    added: list[Login] = []
    mended: list[Login] = []
    for key, login in wanted.items():
        row = rows.get(key)
        if row is None or row.departed_at is not None:
            added.append(login)
        elif _login(row, addresses[row.code]) != login:
            mended.append(login)
    gone: list[str] = []
    if complete and wanted:
        gone = [row.code for key, row in rows.items() if key not in wanted and row.departed_at is None]
    _write(session, [*added, *mended], rows.keys(), now)
    for part in chunks(gone):
        changed(session, update(LoginRow).where(LoginRow.code.in_(part)).values(departed_at=now))
    return RosterChange(_codes(added), _codes(mended), tuple(sorted(gone)))


def login(session: Session, code: str) -> Login | None:
    """Return the login of the roster with this code in any case (a tag carries it in lower case)."""

    def read() -> Login | None:
        found = _logins(session, select(LoginRow).where(LoginRow.code_key == code.lower()))
        return found[0] if found else None

    return unit_of(session).told(_ROSTER, ("login", code.lower()), read)


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
        unit_of(session).tell(_ROSTER, ((("login", login.code.lower()), login) for login in found))
        return tuple(found)

    return list(unit_of(session).told(_ROSTER, ("logins_of_address", address.lower()), read))


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
    unit.tell(_ROSTER, ((("login", key), by_key.get(key)) for key in wanted))
    unit.tell(
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


def _write(session: Session, logins: Sequence[Login], known: Collection[str], now: datetime) -> None:
    new = [login for login in logins if login.code.lower() not in known]
    for login in logins:
        if login.code.lower() in known:
            values = {"code": login.code, "name": login.name, "role": login.role, "region": login.region}
            where = LoginRow.code_key == login.code.lower()
            changed(session, update(LoginRow).where(where).values(departed_at=None, **values))
    insert_new(
        session,
        LoginRow,
        [
            {
                "code": login.code,
                "code_key": login.code.lower(),
                "name": login.name,
                "role": login.role,
                "region": login.region,
                "joined_at": now,
            }
            for login in new
        ],
    )
    for part in chunks([login.code for login in logins]):
        changed(session, delete(AddressRow).where(AddressRow.login.in_(part)))
    insert_new(
        session,
        AddressRow,
        [
            {"login": login.code, "position": position, "address": address, "address_key": address.lower()}
            for login in logins
            for position, address in enumerate(login.addresses)
        ],
    )


def _codes(logins: Iterable[Login]) -> tuple[str, ...]:
    return tuple(sorted(login.code for login in logins))
