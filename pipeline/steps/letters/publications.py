"""What letters tell of a publication: its collection, text and files, its withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pipeline.cabinet import storage
from pipeline.cabinet.publications import filled_text
from pipeline.model import Collection, Issued, Login, Publication, Role, StoredFile


def collection_state(collection: Collection, now: datetime) -> str:
    """Return ``soon``, ``open`` or ``closed``; both ends belong to the open interval's start only."""
    if now < collection.opens_at:
        return "soon"
    return "open" if now <= collection.closes_at else "closed"


def collection_data(collection: Collection | None, now: datetime) -> dict[str, Any] | None:
    """Return the block «Сбор данных» for a template, or None for a publication without a collection.

    Letters about a login take the publication with the closing that holds for it (``store.extensions.own``).
    """
    if collection is None:
        return None
    return {
        "title": collection.title,
        "opens_at": collection.opens_at.isoformat(),
        "closes_at": collection.closes_at.isoformat(),
        "extended_from": collection.extended_from.isoformat() if collection.extended_from else None,
        "state": collection_state(collection, now),
    }


def publication_data(
    publication: Publication,
    *,
    locked_for_coordinator: bool,
    issued: Iterable[Issued] = (),
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return text and file storages for the publication letter; ``locked`` files are listed and not given (S7).

    ``issued`` is what went to the login before; ``now`` (by default the publishing) says which files are available.
    The first files are listed, the rest is «ФАЙЛЫ».
    """
    role = Role.COORDINATOR if locked_for_coordinator else Role.ORGANISATION
    page = storage.listing(publication, role, issued, now or publication.published_at)
    attached = {file.number for file in storage.files_of(publication) if file.attach}
    return {
        "text": filled_text(publication),
        "edition": publication.edition,
        "corrected": None,
        "accepted": False,
        "prefilled": False,
        "storages": [
            {
                **listed,
                "files": [
                    {**file, "attached": file["number"] in attached and not file["locked"]} for file in listed["files"]
                ],
            }
            for listed in page.storages
        ],
        "files_total": page.total,
        "files_left": page.total - page.shown,
    }


def attached_files(item: Publication, login: Login) -> list[StoredFile]:
    """Return the files that go with the letter of a publication to ``login`` (S7)."""
    watching = login.role is Role.COORDINATOR
    return [file for file in storage.files_of(item) if file.attach and not (watching and file.organisations_only)]


def withdrawn_data(publication: Publication, role: Role, answers: Literal["return", "command", ""]) -> dict[str, Any]:
    """Return what the letter on a withdrawal is given; ``answers`` is what came afterwards, where something did."""
    at = publication.withdrawn_at
    return {
        "watching": role is Role.COORDINATOR,
        "withdrawn_at": at.isoformat() if at else "",
        "reason": publication.withdrawn_why,
        "answers": answers,
    }
