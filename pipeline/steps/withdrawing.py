"""What is answered about a publication that was withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.model import Publication

if TYPE_CHECKING:
    from pipeline.steps.requests import Request

_GIVE = frozenset({"ФОРМА", "ФАЙЛЫ", "ФАЙЛ", "СКАЧАТЬ ВСЁ", "ПУБЛИКАЦИЯ", "ПРОДЛИТЬ", "НАПОМНИТЬ", "ПОВТОРИТЬ"})
"""Commands that give what is no longer given, or ask for what is no longer collected."""


def withdrawn_data(publication: Publication, *, answering: bool) -> dict[str, Any]:
    """Return what the letter on a withdrawal is given; ``answering``: it answers a message that came afterwards."""
    at = publication.withdrawn_at
    return {
        "withdrawn_at": at.isoformat() if at else "",
        "reason": publication.withdrawn_why,
        "answering": answering,
    }


def refused(request: Request) -> bool:
    """Answer a command about a publication that was withdrawn; False for every other."""
    about, command = request.judgement.publication, request.command
    if about is None or about.withdrawn_at is None or command.name not in _GIVE or command.publication:
        return False
    if command.name == "ПУБЛИКАЦИЯ" and command.argument:
        return False
    request.answers.to_sender("withdrawn", withdrawn_data(about, answering=True), (request.login, about))
    return True
