"""Arguments: what is written beside a command is obeyed, or a letter says that it is not, and what to write instead.

A publication is named by its number or code, an own login by itself. What the writer may not see is answered with the
same words as what is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.mail.letters.kinds.not_obeyed import NotObeyedLetter, Why
from pipeline.model import Login, Publication, Role
from pipeline.steps.judging.judge import is_registered
from pipeline.steps.requests import choosing
from pipeline.steps.requests.request import Request
from pipeline.store import participations, roster


def resolved(request: Request) -> Request | None:
    """Return ``request`` with the publication and the login that its command names.

    None when there is no such thing for the writer; the letter that says so is queued.
    """
    command = request.command
    if command.word.publication_in is not None:
        written = command.word.publication_in(command)
        return replace(request, named=choosing.named(request, written) if written else None)
    words = [command.publication] if command.publication else []
    if command.argument and command.word.names_publication(request.login.role):
        login = _own_login(request, command.argument)
        if login is not None:
            request = replace(request, login=login)
        else:
            words.append(command.argument)
    found = {word: choosing.named(request, word) for word in words}
    named = next(iter(found.values()), None)
    if refusal := _refusal(request, found):
        why, written = refusal
        _say(request, why, written, named)
        return None
    return replace(request, named=named)


def _refusal(request: Request, found: Mapping[str, Publication | None]) -> tuple[Why, str] | None:
    """Return why the words written cannot be obeyed, and which of them, or None. ``found`` is what each names."""
    for word, publication in found.items():
        if publication is None:
            return "unknown", word
    if len({publication.code for publication in found.values() if publication}) > 1:
        return "several", ", ".join(found)
    for word, publication in found.items():
        if publication is not None and request.command.word.of_collection and not _collects(request, publication):
            return "no_collection", word
    return None


def _own_login(request: Request, written: str) -> Login | None:
    """The writer's login of this name: an office may answer for several organisations from one address."""
    if request.login.role is not Role.ORGANISATION:
        return None
    if written == request.login.code.lower():
        return request.login
    other, judgement = roster.login(request.session, written), request.judgement
    if other is None or other.role is not Role.ORGANISATION or judgement.receipt.released_as is not None:
        return None
    return other if is_registered(other, judgement.message.sender) else None


def _collects(request: Request, publication: Publication) -> bool:
    if publication.collection is None or request.login.role is Role.COORDINATOR:
        return publication.collection is not None
    return participations.participation(request.session, publication.code, request.login.code) is not None


def _say(request: Request, why: Why, named: str, publication: Publication | None) -> None:
    letter = NotObeyedLetter(
        command=request.command.name,
        asked=str(request.command),
        why=why,
        named=named,
        title=publication.title if publication else "",
        coordinator=request.login.role is Role.COORDINATOR,
    )
    request.answers.to_sender(letter, request.login)
