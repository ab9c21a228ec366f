"""Looking around by mail: «СВОДКА», «НАЙТИ», «ПУБЛИКАЦИЯ», and which publication any other command is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.cabinet import search, storage, summary
from pipeline.model import (
    AttachmentSpec,
    Counts,
    Issued,
    IssueHow,
    Login,
    Publication,
    ReadHow,
    Role,
)
from pipeline.steps.letters.attachments import file_attachment, form_attachment
from pipeline.steps.letters.publications import attached_files, collection_state, publication_data
from pipeline.steps.letters.rendering import form_of
from pipeline.steps.letters.values import (
    counts_data,
    withheld,
)
from pipeline.store import Session, extensions, issued, letters, participations, publications, reads, returns

if TYPE_CHECKING:
    from pipeline.steps.judging.judge import Judgement
    from pipeline.steps.requests.request import Request

_MOST_FILES_FOUND = 20
_NOBODYS = frozenset({"bounce", "delay", "delivered", "auto_reply", "feedback_report", "junk", "unreadable"})


def note_reads(session: Session, judgement: Judgement, about: int | None) -> None:
    """Put on record which publications a received message shows to have been opened, and by whom.

    ``about`` is the letter that a report or read receipt is about. An answer with our tag shows it whoever wrote.
    """
    kind, receipt = judgement.classification.kind, judgement.receipt
    opened: set[tuple[str, str]] = set()
    if kind == "read_receipt":
        letter = letters.letter(session, about) if about is not None else None
        if letter is not None and letter.login and letter.publication:
            opened.add((letter.login, letter.publication))
    elif kind not in _NOBODYS:
        pairs = [
            (judgement.login, judgement.publication),
            *((item.login, item.publication) for item in judgement.items),
        ]
        opened.update((login.code, publication.code) for login, publication in pairs if login and publication)
    how = {"read_receipt": ReadHow.READ_RECEIPT, "request": ReadHow.COMMAND}.get(kind, ReadHow.REPLY)
    for login, publication in sorted(opened):
        reads.note(session, login, publication, receipt.id, how, receipt.received_at)


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
    data = {"asked": str(request.command), "items": _lines(request, found[: summary.ON_PAGE])}
    request.answers.to_sender("which_publication", data, (request.login, None))


def overview(request: Request) -> bool:
    """«СВОДКА»: sections with counters of new and all, and the list (S3)."""
    seen = visible(request)
    read = reads.of_login(request.session, request.login.code)
    size = summary.ON_PAGE
    pages = max(1, -(-len(seen) // size))
    page = min(request.command.page, pages)
    data = {
        "sections": summary.sections(seen, read),
        "items": _lines(request, seen[(page - 1) * size : page * size]),
        "page": page,
        "pages": pages,
        "no_page": request.command.page if request.command.page > pages else None,
        "new": sum(publication.code not in read for publication in seen),
        "total": len(seen),
    }
    request.answers.to_sender("summary", data, (request.login, None))
    return True


def find(request: Request) -> bool:
    """«НАЙТИ слово»: publications by title, and the files whose titles answer."""
    seen = visible(request)
    _found(request, request.command.argument, seen, summary.named(seen, request.command.argument))
    return True


def publication(request: Request) -> bool:
    """«ПУБЛИКАЦИЯ n»: its letter again, with the form and what is attached; several are listed."""
    seen = visible(request)
    written = request.command.argument
    if not written:
        answered = request.judgement.publication
        if answered is None:
            return overview(request)
        _send_again(request, answered)
        return True
    found = summary.named(seen, written)
    if len(found) == 1:
        _send_again(request, found[0])
    else:
        _found(request, written, seen, found)
    return True


def _found(request: Request, query: str, seen: Sequence[Publication], found: Sequence[Publication]) -> None:
    titles = {publication.code: publication.title for publication in seen}
    near = [] if found else search.closest(query, titles)
    files = [
        {**storage.file_data(file, request.login.role, (), request.answers.now), "publication": item.number}
        for item in seen
        for file in storage.files_of(item)
        if search.score(query, f"{file.title} {file.name}")
    ]
    data = {
        "query": query,
        "items": _lines(request, found[: summary.ON_PAGE]),
        "total": len(found),
        "near": _lines(request, [publication for publication in seen if publication.code in near]),
        "files": files[:_MOST_FILES_FOUND],
        "files_left": max(0, len(files) - _MOST_FILES_FOUND),
    }
    request.answers.to_sender("found", data, (request.login, None))


def _lines(request: Request, found: Sequence[Publication]) -> list[dict[str, Any]]:
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


def _send_again(request: Request, item: Publication) -> None:
    """The letter of a publication as it is now: for a coordinator the coordinator's own (S11a)."""
    session, login, answers = request.session, request.login, request.answers
    watching = login.role is Role.COORDINATOR
    data, specs = letter_of(request, item, login)
    before = len(answers.queued)
    kind = "coordinator_publication" if watching else "publication"
    answers.to_sender(kind, data | {"again": "asked"}, (login, item), specs)
    for letter_id in answers.queued[before:]:
        issued.add(session, letter_id, item.code, login.code, attached_files(item, login), IssueHow.ATTACHED)
    opened(request, item)


def letter_of(request: Request, item: Publication, login: Login) -> tuple[dict[str, Any], list[AttachmentSpec]]:
    """Return data and attachments of the letter that brings ``item`` to ``login`` as it is now, whoever asks for it."""
    session, answers = request.session, request.answers
    watching = login.role is Role.COORDINATOR
    known: list[Issued] = issued.of_login(session, item.code, login.code)
    data = publication_data(item, locked_for_coordinator=watching, issued=known, now=answers.now)
    if watching:
        data["counts"] = counts_data(participations.counts(session, item.code).get(login.region, Counts()))
    specs = [file_attachment(file) for file in attached_files(item, login)]
    if item.collection and not watching:
        latest = returns.latest(session, item.code, login.code)
        specs.insert(0, form_attachment(answers.context, login, item, latest.id if latest else None))
        part = participations.participation(session, item.code, login.code)
        form = form_of(session, item.collection.form_id, item.collection.form_version)
        data["accepted"] = part is not None and part.accepted_return_id is not None
        data["prefilled"] = latest is not None and not withheld(form)
    return data, specs
