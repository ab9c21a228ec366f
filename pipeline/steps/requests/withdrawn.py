"""What is answered about a publication that was withdrawn."""

from __future__ import annotations

from pipeline.steps.letters.publications import withdrawn_data
from pipeline.steps.requests.request import Request

_GIVE = frozenset({"ФОРМА", "ФАЙЛЫ", "ФАЙЛ", "СКАЧАТЬ ВСЁ", "ПУБЛИКАЦИЯ", "ПРОДЛИТЬ", "НАПОМНИТЬ", "ПОВТОРИТЬ"})
"""Commands that give what is no longer given, or ask for what is no longer collected."""


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
