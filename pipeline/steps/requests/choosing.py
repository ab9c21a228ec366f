"""Which publications a writer may see, and which one a command is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.cabinet import summary
from pipeline.model import Login, Publication, ReadHow, Role
from pipeline.steps.letters.publications import collection_state
from pipeline.steps.requests.request import Request
from pipeline.store import Session, extensions, participations, publications, reads


def visible(request: Request) -> list[Publication]:
    """Return what the writer may see, the newest first, each with the closing that holds for the writer.

    Neither what was withdrawn, nor what is only tried on some logins.
    """
    session, login = request.session, request.login
    issued_to_all = [standing.publication for standing in publications.issued(session)]
    found = summary.visible(issued_to_all, login, request.answers.now)
    return [extensions.own(session, publication, login) or publication for publication in found]


def choose(request: Request, fits: Callable[[Publication], bool]) -> list[Publication]:
    """Return the publication that a command is about: ``request.about``, or those that ``fits``.

    Several are to be asked about, none means that there is nothing to give.
    """
    if request.about is not None:
        return [request.about]
    return [publication for publication in visible(request) if fits(publication)]


def named(request: Request, written: str) -> Publication | None:
    """Return the publication with this number or code that is out for the writer, or None.

    One that is only tried on some logins is out for these: they take part in it, or answer its letter.
    """
    session, login = request.session, request.login
    found = summary.exactly(visible(request), written, login.code)
    if found is not None:
        return found
    about = request.judgement.publication
    others = [
        publication
        for publication in publications.publications(session, out_at=request.answers.now)
        if (about is not None and about.code == publication.code)
        or participations.participation(session, publication.code, login.code) is not None
    ]
    return extensions.own(session, summary.exactly(others, written, login.code), login)


def opened(request: Request, publication: Publication) -> None:
    """Put on record that the writer asked about ``publication``."""
    receipt = request.judgement.receipt
    reads.note(request.session, request.login.code, publication.code, receipt.id, ReadHow.COMMAND, receipt.received_at)


def ask_which(request: Request, found: Sequence[Publication]) -> None:
    """Ask which of several publications is meant, with a button for each."""
    data = {"asked": str(request.command), "items": lines(request, found[: summary.ON_PAGE])}
    request.answers.to_sender("which_publication", data, (request.login, None))


def lines(request: Request, found: Sequence[Publication]) -> list[dict[str, Any]]:
    """Return a line of a list for each publication of ``found``."""
    session, login = request.session, request.login
    read = reads.of_login(session, login.code)
    return [summary.line(item, read, _state(session, item, login, request)) for item in found]


def _state(session: Session, item: Publication, login: Login, request: Request) -> dict[str, Any]:
    """How the collection of a publication stands, for its line in a list."""
    collection = item.collection
    if collection is None:
        return {"state": None, "closes_at": None, "status": None}
    part = participations.participation(session, item.code, login.code) if login.role is Role.ORGANISATION else None
    return {
        "state": collection_state(collection, request.answers.now),
        "closes_at": collection.closes_at.isoformat(),
        "status": part.status.value if part else None,
    }
