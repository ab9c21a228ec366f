"""``ПОМОЩЬ``: the commands that are answered."""

from __future__ import annotations

from typing import Any

from pipeline.mail.commands.words import commands_for
from pipeline.mail.commands.words.helping import HELP
from pipeline.model import Login, Role
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request


@handles(HELP)
def show(request: Request) -> bool:
    """Answer with the list of the commands."""
    request.answers.to_sender("help", help_data(request.login), (request.login, None))
    return True


def help_data(login: Login | None) -> dict[str, Any]:
    """What «ПОМОЩЬ» tells: exactly the commands that are answered, so that it cannot promise others."""
    role = login.role if login is not None else Role.ORGANISATION
    return {"coordinator": role is Role.COORDINATOR, "commands": sorted(commands_for(role))}
