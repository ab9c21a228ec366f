"""What is answered about a publication that was withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pipeline.model import Publication, Role

if TYPE_CHECKING:
    from pipeline.steps.requests.dispatch import Request

_GIVE = frozenset({"ФОРМА", "ФАЙЛЫ", "ФАЙЛ", "СКАЧАТЬ ВСЁ", "ПУБЛИКАЦИЯ", "ПРОДЛИТЬ", "НАПОМНИТЬ", "ПОВТОРИТЬ"})
"""Commands that give what is no longer given, or ask for what is no longer collected."""


def withdrawn_data(publication: Publication, role: Role, answers: Literal["return", "command", ""]) -> dict[str, Any]:
    """Return what the letter on a withdrawal is given; ``answers`` is what came afterwards, where something did."""
    at = publication.withdrawn_at
    return {
        "watching": role is Role.COORDINATOR,
        "withdrawn_at": at.isoformat() if at else "",
        "reason": publication.withdrawn_why,
        "answers": answers,
    }


def refused(request: Request) -> bool:
    """Answer a command about a publication that was withdrawn; False for every other."""
    about, command = request.about, request.command
    if about is None or about.withdrawn_at is None or command.name not in _GIVE or command.publication:
        return False
    if command.name == "ПУБЛИКАЦИЯ" and command.argument:
        return False
    data = withdrawn_data(about, request.login.role, "command")
    request.answers.to_sender("withdrawn", data, (request.login, about))
    return True
