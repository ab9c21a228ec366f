"""``ПОМОЩЬ``: the commands that are answered."""

from __future__ import annotations

from pipeline.mail.commands.words import commands_for
from pipeline.mail.commands.words.helping import HELP
from pipeline.mail.letters.kinds.help import HelpLetter
from pipeline.model import Login, Role
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request


@handles(HELP)
def show(request: Request) -> bool:
    """Answer with the list of the commands."""
    request.answers.to_sender(help_letter(request.login), request.login)
    return True


def help_letter(login: Login | None) -> HelpLetter:
    """What «ПОМОЩЬ» tells: exactly the commands that are answered, so that it cannot promise others."""
    role = login.role if login is not None else Role.ORGANISATION
    return HelpLetter(coordinator=role is Role.COORDINATOR, commands=tuple(sorted(commands_for(role))))
