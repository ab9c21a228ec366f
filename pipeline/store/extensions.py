"""Extensions: until when a collection stays open for one login, a region or everybody, and the returns that came late.

Rows are only added, so that the deadline is known as it is now and as it was at any moment. ``model.closings`` says
which closing holds for a login.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from pipeline.model import Login, Publication, Role
from pipeline.model.closings import Closings, Extension
from pipeline.status.receipt import ReceiptMove
from pipeline.store import publications
from pipeline.store.base.sql import changed, chunks, insert
from pipeline.store.base.unit import unit_of
from pipeline.store.receipt_states import in_state_for, move
from pipeline.store.tables import ExtensionRow, LateReturnRow, LetterRow, LoginRow, ReceiptRow, ReturnRow
from pipeline.store.withholding import withhold

_TABLE = "extensions"


def by_login(session: Session, publication: str) -> Closings:
    """Return the extensions of a collection (by code). Asked once in a transaction, until one is granted in it."""

    def read() -> Closings:
        query = select(ExtensionRow).where(ExtensionRow.publication == publication).order_by(ExtensionRow.id)
        return Closings([_extension(row) for row in session.scalars(query)])

    return unit_of(session).cached(_TABLE, publication, read)


def own(session: Session, publication: Publication | None, login: Login | None) -> Publication | None:
    """Return ``publication`` with the closing that holds for ``login``; as it is when there is no login."""
    if publication is None or login is None or publication.collection is None:
        return publication
    return by_login(session, publication.code).own(publication, login)


def closing_for(
    session: Session, publication: Publication, login: Login, received_at: datetime | None = None
) -> datetime:
    """Return what ``Closings.closing`` does, from the extensions on record."""
    return by_login(session, publication.code).closing(publication, login, received_at)


def grant(session: Session, extension: Extension) -> int:
    """Put an extension on record and return its id: it takes the place of the earlier ones of its scope."""
    row = ExtensionRow(
        publication=extension.publication,
        login=extension.login,
        region=extension.region,
        until=extension.until,
        at=extension.at,
        who=extension.who,
        why=extension.why,
    )
    session.add(row)
    session.flush()
    unit_of(session).invalidate(_TABLE)
    return row.id


def history(session: Session, publication: str) -> list[Extension]:
    """Return every line of a collection's record in the order of recording."""
    query = select(ExtensionRow).where(ExtensionRow.publication == publication).order_by(ExtensionRow.id)
    return [_extension(row) for row in session.scalars(query)]


def open_collections(session: Session, now: datetime) -> list[Publication]:
    """Return the publications whose collection takes returns at ``now`` from anybody, by whatever extension.

    Their closing is that of everybody: ``Closings.own`` says what holds for a login. Left out are those that were
    withdrawn, and what is only tried on some logins.
    """
    longer = set(session.scalars(select(ExtensionRow.publication).where(ExtensionRow.until >= now).distinct()))
    out = [standing.publication for standing in publications.issued(session)]
    return [
        item
        for item in out
        if item.collection is not None
        and max(item.published_at, item.collection.opens_at) <= now
        and (
            item.collection.closes_at >= now
            or (item.code in longer and by_login(session, item.code).is_open(item, now))
        )
    ]


def open_regions(session: Session, publication: Publication, now: datetime) -> frozenset[str] | None:
    """Return the regions in which somebody may hand in at ``now``, None when everybody may."""
    collection = publication.collection
    if collection is not None and collection.closes_at >= now:
        return None
    running = [row for row in by_login(session, publication.code).in_force() if row.until and row.until >= now]
    if any(row.scope == (None, None) for row in running):
        return None
    logins = sorted(row.login for row in running if row.login)
    found = {row.region for row in running if row.region}
    for part in chunks(logins):
        found |= set(session.scalars(select(LoginRow.region).where(LoginRow.code.in_(part)).distinct()))
    return frozenset(found)


def open_for(session: Session, login: Login, now: datetime) -> list[Publication]:
    """Return the collections that take returns of ``login`` at ``now``, each with the closing that holds for it.

    For a coordinator those that take returns of anybody.
    """
    found = [by_login(session, item.code).own(item, login) for item in open_collections(session, now)]
    if login.role is Role.COORDINATOR:
        return found
    return [item for item in found if item.collection and item.collection.closes_at >= now]


def note_late(session: Session, receipt_id: int, publication: str, login: str, received_at: datetime) -> bool:
    """Put on record that a workbook was refused as late; False when that is on record and nothing has changed."""
    row = LateReturnRow
    values = {"receipt_id": receipt_id, "publication": publication, "login": login, "received_at": received_at}
    statement = insert(session, row).values(**values)
    again = statement.on_conflict_do_update(
        index_elements=["receipt_id", "publication", "login"],
        set_={"reopened_at": None},
        where=row.reopened_at.is_not(None),
    )
    return session.scalar(again.returning(row.receipt_id)) is not None


def reopen_late(session: Session, publication: Publication, now: datetime) -> list[tuple[int, str]]:
    """Let returns that were refused as late, and are in time by now, be judged again by their own receipt time.

    Returns (receipt id, login) of each. A message that waits for a person keeps waiting: its release judges it again.
    """
    late, account = LateReturnRow, LoginRow
    query = (
        select(late.receipt_id, late.received_at, account)
        .join(account, account.code == late.login)
        .join(ReceiptRow, ReceiptRow.id == late.receipt_id)
        .where(
            late.publication == publication.code,
            late.reopened_at.is_(None),
            in_state_for(ReceiptMove.EXTENDED),
        )
        .order_by(late.received_at, late.receipt_id)
    )
    found = [
        (receipt_id, row.code)
        for receipt_id, received_at, row in session.execute(query)
        if received_at <= closing_for(session, publication, _named(row))
    ]
    for part in chunks(sorted({receipt_id for receipt_id, _ in found})):
        move(session, ReceiptMove.EXTENDED, ReceiptRow.id.in_(part))
        withhold(session, now, "reopened", LetterRow.receipt_id.in_(part), LetterRow.kind == "late")
    for pairs in chunks(found):
        these = or_(*(and_(late.receipt_id == receipt_id, late.login == login) for receipt_id, login in pairs))
        where = (late.publication == publication.code, these)
        changed(session, update(late).where(*where).values(reopened_at=now))
    return found


def count_on_time(session: Session, publication: Publication) -> int:
    """Take the mark «late» from returns that were taken after the closing and are in time by now; return how many."""
    query = (
        select(ReturnRow.id, ReturnRow.received_at, LoginRow)
        .join(LoginRow, LoginRow.code == ReturnRow.login)
        .where(ReturnRow.publication == publication.code, ReturnRow.late.is_(True))
    )
    found = [
        return_id
        for return_id, received_at, row in session.execute(query)
        if received_at <= closing_for(session, publication, _named(row))
    ]
    for part in chunks(found):
        changed(session, update(ReturnRow).where(ReturnRow.id.in_(part)).values(late=False))
    return len(found)


def ending(session: Session, now: datetime) -> list[Extension]:
    """Return the extensions that are over at ``now`` or were taken away, and whose end is not announced yet."""
    row = ExtensionRow
    query = select(row).where(row.ended_at.is_(None), row.until.is_not(None)).order_by(row.id)
    found = [_extension(row) for row in session.scalars(query)]
    codes = {item.publication for item in found}
    in_force = {item.id for code in codes for item in by_login(session, code).in_force()}
    return [item for item in found if item.id not in in_force or (item.until and item.until < now)]


def overlooked(session: Session) -> list[str]:
    """Return the codes of extended collections in which returns are still refused as late."""
    late, given = LateReturnRow, ExtensionRow
    extended = exists().where(given.publication == late.publication)
    return sorted(session.scalars(select(late.publication).where(late.reopened_at.is_(None), extended).distinct()))


def end(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Record that the end of these extensions is announced."""
    for part in chunks(ids):
        changed(session, update(ExtensionRow).where(ExtensionRow.id.in_(part)).values(ended_at=now))


def _named(row: LoginRow) -> Login:
    return Login(row.code, row.name, row.role, row.region)


def _extension(row: ExtensionRow) -> Extension:
    return Extension(
        publication=row.publication,
        login=row.login,
        region=row.region,
        until=row.until,
        at=row.at,
        who=row.who,
        why=row.why,
        id=row.id,
        ended_at=row.ended_at,
    )
