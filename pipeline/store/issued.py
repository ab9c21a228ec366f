"""Files in letters: which login received which file of which publication, and when our mail server took it.

A row is written with its letter, in the same transaction. Whether and when the file was issued is not written twice:
it is when the letter was sent, unless that letter came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Row, Select, literal, select
from sqlalchemy import insert as insert_into
from sqlalchemy.orm import Session

from pipeline.model import Issued, IssueHow, LetterState, Login, Publication, Role, StoredFile
from pipeline.store.base.sql import chunks
from pipeline.store.base.unit import unit_of
from pipeline.store.roster import read_logins
from pipeline.store.tables import IssuedFileRow, LetterRow, LoginRow

_Columns = tuple[int, int, str, str, IssueHow, datetime, LetterState, datetime | None, datetime | None]
_WAITING = (LetterState.QUEUED, LetterState.SENDING, LetterState.UNCERTAIN)


def add(
    session: Session, letter_id: int, publication: str, login: str, files: Iterable[StoredFile], how: IssueHow
) -> None:
    """Put on record that ``files`` go with a letter that was put on record in this transaction."""
    unit = unit_of(session)
    for file in files:
        row = {"publication": publication, "login": login, "sha256": file.sha256, "how": how}
        unit.add(IssuedFileRow, {"letter_id": letter_id, "number": file.number, **row})


def attach(session: Session, publication: Publication, letter_ids: Sequence[int]) -> None:
    """Put on record the attached files of ``publication`` for its letters, tens of thousands at once.

    Each letter carries those that its login may have: coordinators get none that are for organisations only (S7).
    """
    row = LetterRow
    columns = ["letter_id", "number", "publication", "login", "sha256", "how"]
    for file in (file for storage in publication.storages for file in storage.files if file.attach):
        made = select(
            row.id,
            literal(file.number),
            literal(publication.code),
            row.login,
            literal(file.sha256),
            literal(IssueHow.ATTACHED, IssuedFileRow.how.type),
        ).where(row.login.is_not(None))
        if file.organisations_only:
            made = made.join(LoginRow, LoginRow.code == row.login).where(LoginRow.role == Role.ORGANISATION)
        for part in chunks(letter_ids):
            session.execute(insert_into(IssuedFileRow).from_select(columns, made.where(row.id.in_(part))))


def of_login(session: Session, publication: str, login: str) -> list[Issued]:
    """Return what was issued to ``login`` (code as issued) of one publication, or is about to be, oldest first."""
    query = _query().where(IssuedFileRow.publication == publication, IssuedFileRow.login == login)
    return [
        _issued(publication, row)
        for row in session.execute(query.order_by(IssuedFileRow.letter_id, IssuedFileRow.number))
    ]


def of_publication(
    session: Session, publication: str, region: str | None = None
) -> Iterator[tuple[Login, list[Issued]]]:
    """Yield each login that files of ``publication`` were issued to, by code, with them; of one region where given."""
    people = select(LoginRow).where(
        LoginRow.code.in_(select(IssuedFileRow.login).where(IssuedFileRow.publication == publication))
    )
    if region is not None:
        people = people.where(LoginRow.region == region)
    logins = read_logins(session, session.scalars(people).all())
    for codes in chunks(sorted(logins)):
        query = _query().where(IssuedFileRow.publication == publication, IssuedFileRow.login.in_(codes))
        found: dict[str, list[Issued]] = {code: [] for code in codes}
        for row in session.execute(query.order_by(IssuedFileRow.letter_id, IssuedFileRow.number)):
            found[row[3]].append(_issued(publication, row))
        yield from ((logins[code], issued) for code, issued in found.items())


def _query() -> Select[*_Columns]:
    file, letter = IssuedFileRow, LetterRow
    return select(
        file.letter_id,
        file.number,
        file.sha256,
        file.login,
        file.how,
        letter.created_at,
        letter.state,
        letter.sent_at,
        letter.bounced_at,
    ).join(letter, letter.id == file.letter_id)


def _issued(publication: str, row: Row[*_Columns]) -> Issued:
    letter_id, number, sha256, login, how, asked_at, state, sent_at, bounced_at = row
    return Issued(
        letter_id=letter_id,
        publication=publication,
        number=number,
        sha256=sha256,
        login=login,
        how=how,
        asked_at=asked_at,
        taken_at=sent_at if state is LetterState.SENT and bounced_at is None else None,
        waiting=state in _WAITING and bounced_at is None,
        returned=bounced_at is not None,
    )
