"""How letters tell of commands: buttons, and the lines of help. The words, and their order, are the catalogue's."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from pipeline.catalogue import MESSAGES, text
from pipeline.mail.commands.command import Word
from pipeline.mail.commands.words import WORDS, named, words_for
from pipeline.model import Role

_PLACES = {code: place for place, code in enumerate(MESSAGES)}


class HelpLine(NamedTuple):
    """One command in the letter of help: its name, how it is written, and what comes."""

    name: str
    written: str
    what: str


def offered(letter: str, **facts: object) -> list[str]:
    """Return the names of the commands that a letter of this kind shows as buttons, in their order.

    ``facts`` are those that the conditions of ``Word.buttons`` name; one that is not given raises KeyError.
    """
    return list(_offered(letter, **{name: bool(value) for name, value in facts.items()}))


@lru_cache(maxsize=256)  # kinds of letters, each with a fact or two
def _offered(letter: str, **facts: bool) -> tuple[str, ...]:
    found = [word for word in WORDS if word.is_button_in(letter, facts)]
    return tuple(word.name for word in sorted(found, key=lambda word: _PLACES[f"command.button.{word.id}"]))


def promise(name: str) -> str:
    """Return what the button of the command of this name promises. Raises KeyError for a name that is none."""
    return text(f"command.button.{named(name).id}")


def help_lines(names: Collection[str], *, coordinator: bool) -> list[HelpLine]:
    """Return the lines of help about the commands of these names, in their order, for a writer of this role."""
    role = Role.COORDINATOR if coordinator else Role.ORGANISATION
    codes = {_help_code(word, role): word for word in words_for(role) if word.name in names}
    found = [(codes[code], code) for code in sorted(codes, key=lambda code: _PLACES[code])]
    return [HelpLine(word.name, word.shown_to(role), text(code)) for word, code in found]


def takes_publication(name: str, *, coordinator: bool) -> bool:
    """Return whether a publication may follow right behind the command of this name, for a writer of this role."""
    role = Role.COORDINATOR if coordinator else Role.ORGANISATION
    return any(word.name == name and word.names_publication(role) for word in WORDS)


def wording() -> str:
    """Return all that letters say of commands: a letter renders the same only while this is the same."""
    own = {code: said for code, said in MESSAGES.items() if code.startswith("command.")}
    return repr((own, [(word.name, sorted(word.buttons.items()), sorted(word.shown.items())) for word in WORDS]))


def _help_code(word: Word, role: Role) -> str:
    if word.differs and role is Role.COORDINATOR:
        return f"command.help.{word.id}.coordinator"
    return f"command.help.{word.id}"
