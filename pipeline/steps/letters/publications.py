"""What letters say of a publication: its collection, text and files, its withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from pipeline.cabinet import storage
from pipeline.cabinet.publications import filled_text
from pipeline.mail.letters.kinds.withdrawn import WithdrawnLetter
from pipeline.mail.letters.rows import (
    CollectionBlock,
    CollectionState,
    PublicationBlock,
    PublicationContent,
    StorageRow,
)
from pipeline.model import Collection, Issued, Login, Publication, Role, StoredFile


def collection_state(collection: Collection, now: datetime) -> CollectionState:
    """Return ``soon``, ``open`` or ``closed``; both ends belong to the open interval's start only."""
    if now < collection.opens_at:
        return "soon"
    return "open" if now <= collection.closes_at else "closed"


def collection_block(collection: Collection | None, now: datetime) -> CollectionBlock | None:
    """Return the block «Сбор данных» of a letter, or None for a publication without a collection.

    Letters about a login take the publication with the closing that holds for it (``store.extensions.own``).
    """
    if collection is None:
        return None
    return CollectionBlock(
        title=collection.title,
        opens_at=collection.opens_at,
        closes_at=collection.closes_at,
        extended_from=collection.extended_from,
        state=collection_state(collection, now),
    )


def publication_block(publication: Publication) -> PublicationBlock:
    """Return what every letter about a publication says of it."""
    return PublicationBlock(
        code=publication.code,
        title=publication.title,
        section=publication.section,
        number=publication.number,
        contact=publication.contact,
    )


def publication_content(
    publication: Publication,
    *,
    locked_for_coordinator: bool,
    issued: Iterable[Issued] = (),
    now: datetime | None = None,
) -> PublicationContent:
    """Return text and file storages for the publication letter; ``locked`` files are listed and not given (S7).

    ``issued`` is what went to the login before; ``now`` (by default the publishing) says which files are available.
    The first files are listed, the rest is «ФАЙЛЫ».
    """
    role = Role.COORDINATOR if locked_for_coordinator else Role.ORGANISATION
    page = storage.listing(publication, role, issued, now or publication.published_at)
    attached = {file.number for file in storage.files_of(publication) if file.attach}
    return PublicationContent(
        text=filled_text(publication),
        edition=publication.edition,
        storages=tuple(_with_attached(listed, attached) for listed in page.storages),
        files_total=page.total,
        files_left=page.total - page.shown,
    )


def _with_attached(storage_row: StorageRow, attached: set[int]) -> StorageRow:
    files = [replace(file, attached=file.number in attached and not file.locked) for file in storage_row.files]
    return replace(storage_row, files=tuple(files))


def attached_files(item: Publication, login: Login) -> list[StoredFile]:
    """Return the files that go with the letter of a publication to ``login`` (S7)."""
    watching = login.role is Role.COORDINATOR
    return [file for file in storage.files_of(item) if file.attach and not (watching and file.organisations_only)]


def withdrawn_letter(
    publication: Publication, role: Role, answers: Literal["return", "command", ""]
) -> WithdrawnLetter:
    """Return the letter on a withdrawal; ``answers`` is what came afterwards, where something did."""
    at = publication.withdrawn_at
    assert at is not None  # only of what is withdrawn
    return WithdrawnLetter(
        watching=role is Role.COORDINATOR, withdrawn_at=at, reason=publication.withdrawn_why, answers=answers
    )
