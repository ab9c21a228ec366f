"""Which publications a login is known to have opened: it answered, asked about it, or its program said that it read.

Mail shows nobody that a letter was read; what is not known here may have been read all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.model import ReadHow
from pipeline.store.base.sql import chunks
from pipeline.store.base.unit import unit_of
from pipeline.store.tables import PublicationReadRow

_TABLE = "publication_reads"


def note(session: Session, login: str, publication: str, receipt_id: int, how: ReadHow, at: datetime) -> None:
    """Put on record that ``login`` opened ``publication`` (codes), unless it is known; ``at`` is the receipt time."""
    unit = unit_of(session)
    if publication in unit.cached(_TABLE, login, lambda: set(of_login(session, login))):
        return
    row = {"login": login, "publication": publication, "receipt_id": receipt_id, "how": how, "at": at}
    unit.add(PublicationReadRow, row)
    unit.peek(_TABLE, login).add(publication)


def read_ahead(session: Session, logins: Collection[str]) -> None:
    """Ask together what ``note`` will ask of these logins (codes as issued)."""
    known: dict[str, set[str]] = {login: set() for login in logins}
    row = PublicationReadRow
    for part in chunks(sorted(known)):
        for login, publication in session.execute(select(row.login, row.publication).where(row.login.in_(part))):
            known[login].add(publication)
    unit_of(session).cache(_TABLE, known)


def of_login(session: Session, login: str) -> dict[str, datetime]:
    """Return by publication code when ``login`` is first known to have opened it."""
    row = PublicationReadRow
    query = select(row.publication, func.min(row.at)).where(row.login == login).group_by(row.publication)
    return dict(session.execute(query).all())
