"""What is answered about a publication that was withdrawn."""

from __future__ import annotations

from pipeline.mail.commands.words.browsing import PUBLICATION
from pipeline.steps.letters.publications import withdrawn_letter
from pipeline.steps.requests.request import Request


def refused(request: Request) -> bool:
    """Answer a command about a publication that was withdrawn; return False for every other."""
    about, command = request.about, request.command
    if about is None or about.withdrawn_at is None or command.publication or not command.word.ends_with_publication:
        return False
    if command.word is PUBLICATION and command.argument:
        return False
    request.answers.to_sender(withdrawn_letter(about, request.login.role, "command"), request.login, about)
    return True
