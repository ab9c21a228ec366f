"""The commands, one object each; those whose spellings begin alike share a file, for the first that fits counts.

Every file of this folder holds ``COMMANDS``, the commands that it adds, in the order in which they are tried. A new
file needs no mention anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from pipeline.listed import modules_in
from pipeline.mail.commands.command import Effect, Word
from pipeline.model import Role


def in_files() -> Mapping[str, tuple[Word, ...]]:
    """Return the commands of each file."""
    return {module.__name__.rpartition(".")[2]: module.COMMANDS for module in modules_in(__name__)}


WORDS: tuple[Word, ...] = tuple(chain.from_iterable(in_files().values()))
"""Every command, in the order in which a text is compared with them."""


_BY_NAME = {word.name: word for word in WORDS}


def named(name: str) -> Word:
    """Return the command of this canonical name. Raises KeyError when there is none."""
    return _BY_NAME[name]


def words_for(role: Role) -> frozenset[Word]:
    """Return the commands that a writer of this role is answered; answers to questions of ours are none."""
    return frozenset(word for word in WORDS if role in word.roles and word.effect is not Effect.CONFIRMS)


def commands_for(role: Role) -> frozenset[str]:
    """Return the names of the commands that a writer of this role is answered."""
    return frozenset(word.name for word in words_for(role))
