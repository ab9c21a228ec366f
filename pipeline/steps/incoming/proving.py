"""Proving: whether a registered writer may change something, for whose name is in From anybody can write there (M30).

Enough is one of three: our server's DMARC pass, the signed tag of a letter of ours to that very address, or that the
message was let go by its one-time code or by an operator. With less nothing is changed: the registered addresses are
asked, and it is done when they answer ДА.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.mail.commands.command import Command
from pipeline.model import Login
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import Judgement
from pipeline.steps.requests import dispatch
from pipeline.store import Session, letters

UNPROVEN = "unproven"


def lacks_proof(
    context: Context, session: Session, judgement: Judgement, login: Login, commands: Sequence[Command]
) -> bool:
    """Whether any of ``commands`` would change something for ``login`` and too little is proved for that."""
    if not any(dispatch.changes_something(login, command, judgement.message) for command in commands):
        return False
    return not _is_proven(context, session, judgement, login)


def _is_proven(context: Context, session: Session, judgement: Judgement, login: Login) -> bool:
    if judgement.origin.proven:
        return True
    sender = judgement.message.sender
    if sender is None or judgement.origin.doubt:
        return False
    tags = [*judgement.tags.address, *judgement.tags.thread]
    found = [(text, tag) for text in tags if (tag := context.tagger.read(text)) is not None]
    ours = [text for text, tag in found if tag.login == login.code.lower()]
    return any(letters.is_tagged(session, sender, text) for text in ours)
