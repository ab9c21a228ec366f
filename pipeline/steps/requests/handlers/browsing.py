"""Looking around by mail: ``СВОДКА``, ``НАЙТИ``, ``ПУБЛИКАЦИЯ``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.cabinet import search, storage, summary
from pipeline.mail.commands.words.browsing import FIND, PUBLICATION, SUMMARY
from pipeline.mail.letters.kinds.found import FoundLetter
from pipeline.mail.letters.kinds.summary import SummaryLetter
from pipeline.model import IssueHow, Publication
from pipeline.steps.letters.publications import attached_files
from pipeline.steps.requests import choosing
from pipeline.steps.requests.again import letter_to_asker
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import issued, reads

_MOST_FILES_FOUND = 20


@handles(SUMMARY)
def overview(request: Request) -> bool:
    """«СВОДКА»: sections with counters of new and all, and the list (S3)."""
    seen = choosing.visible(request)
    read = reads.of_login(request.session, request.login.code)
    size = summary.ON_PAGE
    pages = max(1, -(-len(seen) // size))
    page = min(request.command.page, pages)
    letter = SummaryLetter(
        sections=tuple(summary.sections(seen, read)),
        items=choosing.lines(request, seen[(page - 1) * size : page * size]),
        page=page,
        pages=pages,
        no_page=request.command.page if request.command.page > pages else None,
        new=sum(publication.code not in read for publication in seen),
        total=len(seen),
    )
    request.answers.to_sender(letter, request.login)
    return True


@handles(FIND)
def find(request: Request) -> bool:
    """«НАЙТИ слово»: publications by title, and the files whose titles answer."""
    seen = choosing.visible(request)
    _found(request, request.command.argument, seen, summary.named(seen, request.command.argument))
    return True


@handles(PUBLICATION)
def publication(request: Request) -> bool:
    """«ПУБЛИКАЦИЯ n»: its letter again, with the form and what is attached; several are listed."""
    seen = choosing.visible(request)
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
        replace(storage.file_row(file, request.login.role, (), request.answers.now), publication=item.number)
        for item in seen
        for file in storage.files_of(item)
        if search.score(query, f"{file.title} {file.name}")
    ]
    letter = FoundLetter(
        query=query,
        items=choosing.lines(request, found[: summary.ON_PAGE]),
        total=len(found),
        near=choosing.lines(request, [publication for publication in seen if publication.code in near]),
        files=tuple(files[:_MOST_FILES_FOUND]),
        files_left=max(0, len(files) - _MOST_FILES_FOUND),
    )
    request.answers.to_sender(letter, request.login)


def _send_again(request: Request, item: Publication) -> None:
    """The letter of a publication as it is now: for a coordinator the coordinator's own (S11a)."""
    session, login, answers = request.session, request.login, request.answers
    letter, specs = letter_to_asker(request, item)
    before = len(answers.queued)
    answers.to_sender(letter, login, item, specs)
    for letter_id in answers.queued[before:]:
        issued.add(session, letter_id, item.code, login.code, attached_files(item, login), IssueHow.ATTACHED)
    choosing.opened(request, item)
