"""Which handler carries out a command, for a writer of which role; handlers enter themselves here with ``handles``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.mail.commands.command import Effect, Word
from pipeline.mail.message.parse import ParsedMessage
from pipeline.model import Login, Role
from pipeline.steps.requests.request import Request

Handler = Callable[[Request], bool]
"""Answers a request; False when there is nothing to answer with, and the message goes on as a question."""

Changes = Callable[[ParsedMessage, Login], bool]
"""Whether a message would change something for a login, with what is written beside the command."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A handler, and for a command whose effect depends on the message what says so."""

    handler: Handler
    changes: Changes | None


_ENTRIES: dict[tuple[Word, Role], Entry] = {}
ENTRIES: Mapping[tuple[Word, Role], Entry] = MappingProxyType(_ENTRIES)


def handles(word: Word, *roles: Role, changes: Changes | None = None) -> Callable[[Handler], Handler]:
    """Enter the function below as the handler of ``word`` for ``roles``, without any for whoever may.

    Raises ValueError where that does not fit the command, or another handler has it.
    """
    if word.effect is Effect.CONFIRMS:
        raise ValueError(f"{word.id} answers a question of ours and has no handler here")
    if (word.effect is Effect.DEPENDS) is (changes is None):
        raise ValueError(f"{word.id}: «changes» goes with a command whose effect depends, and with no other")

    def enter(handler: Handler) -> Handler:
        for role in roles or word.roles:
            if role not in word.roles or (word, role) in _ENTRIES:
                raise ValueError(f"{word.id} is not for {role.value}, or has a handler already")
            _ENTRIES[word, role] = Entry(handler, changes)
        return handler

    return enter
