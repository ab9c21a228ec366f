"""Editions of a publication: what each held, what its author said had changed, and who issued it when."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.model.publication import Edition
from pipeline.store.base.sql import insert
from pipeline.store.tables import EditionRow


def save(session: Session, edition: Edition) -> None:
    """Put an edition on record, in place of what was on record of the same number."""
    values = {
        "at": edition.at,
        "who": edition.who,
        "changes": list(edition.changes),
        "ask_again": edition.ask_again,
        "content": dict(edition.content),
    }
    new = insert(session, EditionRow).values(publication=edition.publication, edition=edition.edition, **values)
    session.execute(new.on_conflict_do_update(index_elements=["publication", "edition"], set_=values))


def edition(session: Session, publication: str, number: int) -> Edition | None:
    """Return one edition, None when nothing is on record of it."""
    row = session.get(EditionRow, (publication, number))
    return _edition(row) if row else None


def history(session: Session, publication: str) -> list[Edition]:
    """Return the editions of a publication, the first one first."""
    query = select(EditionRow).where(EditionRow.publication == publication).order_by(EditionRow.edition)
    return [_edition(row) for row in session.scalars(query)]


def _edition(row: EditionRow) -> Edition:
    return Edition(row.publication, row.edition, row.at, row.who, tuple(row.changes), row.ask_again, row.content)
