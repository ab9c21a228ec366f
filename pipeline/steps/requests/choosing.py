"""Which publications a writer may see, and which one a command is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from pipeline.cabinet import summary
from pipeline.mail.letters.kinds.which_publication import WhichPublicationLetter
from pipeline.mail.letters.rows import PublicationLine
from pipeline.model import Publication, ReadHow, Role
from pipeline.steps.letters.publications import collection_state
from pipeline.steps.requests.request import Request
from pipeline.store import extensions, participations, publications, reads


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
    items = lines(request, found[: summary.ON_PAGE])
    request.answers.to_sender(WhichPublicationLetter(asked=str(request.command), items=items), request.login)


def lines(request: Request, found: Sequence[Publication]) -> tuple[PublicationLine, ...]:
    """Return a line of a list for each publication of ``found``."""
    read = reads.of_login(request.session, request.login.code)
    return tuple(_line(request, item, read) for item in found)


def _line(request: Request, item: Publication, read: Collection[str]) -> PublicationLine:
    """A publication as a line of a list, with the state of its collection and the writer's own status."""
    session, login = request.session, request.login
    state = collection_state(item.collection, request.answers.now) if item.collection else None
    takes_part = item.collection is not None and login.role is Role.ORGANISATION
    part = participations.participation(session, item.code, login.code) if takes_part else None
    return summary.line(item, read, state, part.status if part else None)
