"""How a login stands in its collections, as «СТАТУС» and «ПАСПОРТ» list it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline.mail.letters.rows import StatusRow
from pipeline.model import Login, Publication
from pipeline.steps.letters.publications import collection_state
from pipeline.store import Session, extensions, participations


def status_rows(
    session: Session, login: Login, publications: Iterable[Publication], now: datetime
) -> tuple[StatusRow, ...]:
    """Return the collections of ``publications`` that ``login`` takes part in, with its status and own closing."""
    rows: list[StatusRow] = []
    for publication in publications:
        part = participations.participation(session, publication.code, login.code)
        own = extensions.own(session, publication, login)
        if own is None or own.collection is None or part is None:
            continue
        rows.append(
            StatusRow(
                title=own.title,
                status=part.status,
                begun_at=part.begun_at,
                handed_in_at=part.handed_in_at,
                state=collection_state(own.collection, now),
                closes_at=own.collection.closes_at,
            )
        )
    return tuple(rows)
