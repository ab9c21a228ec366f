"""Publications with their collections, and the published forms."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pipeline.errors import ConfigurationError, Incident
from pipeline.model import Collection, FileStorage, LatePolicy, Publication, StoredFile
from pipeline.model.json import Json
from pipeline.model.publication import Standing
from pipeline.store.base.sql import changed, insert_new
from pipeline.store.base.unit import unit_of
from pipeline.store.tables import FormRow, PublicationRow, ReturnRow


def save_form(session: Session, form_id: str, version: int, source: str, now: datetime) -> None:
    """Keep a form as its author wrote it (``source`` is its YAML). Saved again unchanged it is left alone.

    Raises ConfigurationError when this version was published with another text: forms are immutable, for returns on
    record are read by them.
    """
    row = {"form_id": form_id, "version": version, "source": source, "saved_at": now}
    insert_new(session, FormRow, [row])
    if form_source(session, form_id, version) != source:
        raise ConfigurationError("store.form_changed", form=form_id, version=version)


def replace_form(session: Session, form_id: str, version: int, source: str) -> bool:
    """Replace the text of a form that was only tried: nobody has answered by it, and no publication went out with it.

    Returns whether it was replaced.
    """
    row, sent = FormRow, PublicationRow
    answered = exists().where(ReturnRow.form_id == form_id, ReturnRow.form_version == version)
    issued = exists().where(sent.form_id == form_id, sent.form_version == version, sent.issued_at.is_not(None))
    where = (row.form_id == form_id, row.version == version, row.source != source, ~answered, ~issued)
    done = changed(session, update(row).where(*where).values(source=source)) == 1
    session.expire_all()
    return done


def form_source(session: Session, form_id: str, version: int) -> str:
    """Return the YAML of a published form; raises Incident when there is none."""
    row = unit_of(session).cached("forms", (form_id, version), lambda: session.get(FormRow, (form_id, version)))
    if row is None:
        raise Incident("form.unknown", form=form_id, version=version)
    return row.source


def standing(session: Session, code: str) -> Standing | None:
    """Return the publication on record with how far its edition has come; its row is locked until the commit."""
    row = session.scalar(select(PublicationRow).where(PublicationRow.code == code).with_for_update())
    return Standing(_publication(row), row.revision, row.issued_at) if row else None


def save_publication(
    session: Session, publication: Publication, now: datetime, *, revision: int = 0, trial: bool = False
) -> Publication:
    """Save a publication under its code, new or changed, and return it with its number.

    Its form must have been saved before. A closing moved past ``now`` opens a closed collection again. A ``trial`` is
    out for some logins only. What was withdrawn is out again.
    """
    row = session.scalar(select(PublicationRow).where(PublicationRow.code == publication.code).with_for_update())
    if row is None:
        row = PublicationRow(code=publication.code, edition=0, issued_at=None)
        session.add(row)
    if row.issued_at is None and not trial:
        row.issued_at = now
    row.revision, row.valid_until = revision, publication.valid_until
    row.withdrawn_at, row.withdrawn_why = publication.withdrawn_at, publication.withdrawn_why or None
    row.section, row.title, row.text = publication.section, publication.title, publication.text
    row.published_at, row.audience, row.contact = publication.published_at, publication.audience, publication.contact
    row.edition, row.saved_at = publication.edition, now
    row.storages = [_storage_json(storage) for storage in publication.storages]
    collection = publication.collection
    row.collection_title = collection.title if collection else None
    row.form_id = collection.form_id if collection else None
    row.form_version = collection.form_version if collection else None
    row.opens_at = collection.opens_at if collection else None
    row.closes_at = collection.closes_at if collection else None
    row.late = collection.late if collection else None
    row.prefill = collection.prefill if collection else None
    if collection and collection.closes_at > now:
        row.closed_at = None
    session.flush()
    return _publication(row)


def content(publication: Publication) -> dict[str, Json]:
    """Return what a publication holds as JSON, for the record of its editions."""
    collection = publication.collection
    kept = {name: getattr(publication, name) for name in ("section", "title", "text", "contact")}
    return {
        **kept,
        "audience": publication.audience.value,
        "published_at": publication.published_at.isoformat(),
        "valid_until": publication.valid_until.isoformat() if publication.valid_until else None,
        "storages": [_storage_json(storage) for storage in publication.storages],
        "collection": {
            **{name: getattr(collection, name) for name in ("title", "form_id", "form_version", "prefill")},
            "opens_at": collection.opens_at.isoformat(),
            "closes_at": collection.closes_at.isoformat(),
            "late": collection.late.value,
        }
        if collection
        else None,
    }


def publication(session: Session, code: str) -> Publication | None:
    """Return the publication with this code."""
    return _first(session, select(PublicationRow).where(PublicationRow.code == code))


def publication_by_number(session: Session, number: int) -> Publication | None:
    """Return the publication with this number, which tags carry."""

    def read() -> Publication | None:
        return _first(session, select(PublicationRow).where(PublicationRow.number == number))

    return unit_of(session).cached("publications", number, read)


def publications(session: Session, out_at: datetime | None = None) -> list[Publication]:
    """Return all publications that are not withdrawn, the oldest first; with ``out_at`` those published by then."""
    query = select(PublicationRow).where(PublicationRow.withdrawn_at.is_(None))
    query = query if out_at is None else query.where(PublicationRow.published_at <= out_at)
    return list(unit_of(session).cached("publications", ("out", out_at), lambda: tuple(_all(session, query))))


def everything(session: Session) -> list[Publication]:
    """Return all publications, withdrawn ones too, the oldest first."""
    return _all(session, select(PublicationRow))


def issued(session: Session) -> list[Standing]:
    """Return the publications that went to everybody and are not withdrawn, the oldest first."""
    row = PublicationRow

    def read() -> tuple[Standing, ...]:
        query = select(row).where(row.withdrawn_at.is_(None), row.issued_at.is_not(None))
        rows = session.scalars(query.order_by(row.published_at, row.number))
        return tuple(Standing(_publication(found), found.revision, found.issued_at) for found in rows)

    return list(unit_of(session).cached("publications", "issued", read))


def open_collections(session: Session, now: datetime) -> list[Publication]:
    """Return the publications whose collection takes returns at ``now``: both ends belong to the interval.

    Neither those that were withdrawn, nor what is only tried on some logins.
    """
    row = PublicationRow
    out = (row.withdrawn_at.is_(None), row.issued_at.is_not(None), row.published_at <= now)
    return _all(session, select(row).where(row.closed_at.is_(None), row.opens_at <= now, row.closes_at >= now, *out))


def to_close(session: Session, now: datetime) -> list[Publication]:
    """Return the publications whose collection is over at ``now`` and not yet marked closed."""
    return _all(session, select(PublicationRow).where(*_over(now)))


def mark_closed(session: Session, code: str, now: datetime) -> bool:
    """Mark a collection that is over as closed. Returns whether it was this call that did it."""
    statement = update(PublicationRow).where(PublicationRow.code == code, *_over(now)).values(closed_at=now)
    return changed(session, statement) == 1


def end(session: Session, code: str, now: datetime) -> bool:
    """Move the closing of a collection that is open forward to ``now``; False when it is over, or not open yet."""
    row = PublicationRow
    which = (row.code == code, row.opens_at < now, row.closes_at > now, row.withdrawn_at.is_(None))
    done = changed(session, update(row).where(*which).values(closes_at=now)) == 1
    session.expire_all()
    return done


def withdraw(session: Session, code: str, why: str, now: datetime) -> bool:
    """Mark a publication as withdrawn at ``now``; False when it was before, or is not there."""
    row = PublicationRow
    statement = update(row).where(row.code == code, row.withdrawn_at.is_(None))
    done = changed(session, statement.values(withdrawn_at=now, withdrawn_why=why)) == 1
    session.expire_all()
    return done


def is_closed(session: Session, code: str) -> bool:
    """Whether a collection is marked closed; an extension may still be open for some."""
    query = select(PublicationRow.closed_at).where(PublicationRow.code == code)
    return session.scalar(query) is not None


def _over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = PublicationRow
    return row.closed_at.is_(None), row.closes_at < now, row.withdrawn_at.is_(None), row.issued_at.is_not(None)


def _first(session: Session, query: Select[PublicationRow]) -> Publication | None:
    row = session.scalar(query)
    return _publication(row) if row else None


def _all(session: Session, query: Select[PublicationRow]) -> list[Publication]:
    query = query.order_by(PublicationRow.published_at, PublicationRow.number)
    return [_publication(row) for row in session.scalars(query)]


def _publication(row: PublicationRow) -> Publication:
    return Publication(
        code=row.code,
        section=row.section,
        title=row.title,
        text=row.text,
        published_at=row.published_at,
        audience=row.audience,
        storages=tuple(_storage(storage) for storage in row.storages),
        collection=_collection(row),
        contact=row.contact,
        edition=row.edition,
        number=row.number,
        valid_until=row.valid_until,
        withdrawn_at=row.withdrawn_at,
        withdrawn_why=row.withdrawn_why or "",
    )


def _collection(row: PublicationRow) -> Collection | None:
    if row.form_id is None:
        return None
    # The table's CHECK keeps these together.
    assert row.collection_title is not None
    assert row.form_version is not None
    assert row.opens_at is not None
    assert row.closes_at is not None
    late = row.late or LatePolicy.REFUSE
    return Collection(
        row.collection_title, row.form_id, row.form_version, row.opens_at, row.closes_at, late, row.prefill
    )


def _storage_json(storage: FileStorage) -> dict[str, Any]:
    files = [{**asdict(file), "available_from": file.available_from.isoformat()} for file in storage.files]
    return {"title": storage.title, "files": files}


def _storage(stored: dict[str, Any]) -> FileStorage:
    files = [
        StoredFile(**{**file, "available_from": datetime.fromisoformat(file["available_from"])})
        for file in stored["files"]
    ]
    return FileStorage(stored["title"], tuple(files))
