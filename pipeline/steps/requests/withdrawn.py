"""What is answered about a publication that was withdrawn."""

from __future__ import annotations

from pipeline.mail.commands.words.browsing import PUBLICATION
from pipeline.steps.letters.publications import withdrawn_data
from pipeline.steps.requests.request import Request


def refused(request: Request) -> bool:
    """Answer a command about a publication that was withdrawn; return False for every other."""
    about, command = request.about, request.command
    if about is None or about.withdrawn_at is None or command.publication or not command.word.ends_with_publication:
        return False
    if command.word is PUBLICATION and command.argument:
        return False
    data = withdrawn_data(about, request.login.role, "command")
    request.answers.to_sender("withdrawn", data, (request.login, about))
    return True
