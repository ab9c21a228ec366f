"""A command from a registered address, as every handler of a command gets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.mail.commands.command import Command
from pipeline.model import Login, Publication, Receipt, StatusEvent
from pipeline.steps.answers.answering import Answers
from pipeline.steps.judging.judge import Judgement
from pipeline.store import Session

Move = Callable[[Session, Receipt, Login, Publication, StatusEvent], None]


@dataclass(frozen=True)
class Request:
    """A command from a registered address: who asked what, and how to answer and to move a status.

    ``login`` is the one that the command is about; ``named`` is the publication that it names.
    """

    session: Session
    judgement: Judgement
    login: Login
    command: Command
    answers: Answers
    move: Move
    named: Publication | None = None

    @property
    def about(self) -> Publication | None:
        """The publication that the command names, else that of the letter answered."""
        if self.named is not None or self.login != self.judgement.login:
            return self.named
        return self.judgement.publication
