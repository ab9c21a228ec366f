"""What a command is: one object a command (``words/``), and what was read of a message (``Command``).

The object says everything about a command but what people read (``catalogue/mail_commands.py``) and what is done
(``steps/requests/handlers``). Its texts are compared with normalised text: lower-case, ё is е, one blank between words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from pipeline.model import Role

EVERYBODY = frozenset({Role.ORGANISATION, Role.COORDINATOR})
ORGANISATIONS = frozenset({Role.ORGANISATION})
COORDINATORS = frozenset({Role.COORDINATOR})

LOGIN = r"[a-z][a-z0-9_.-]{1,40}\d[a-z0-9_.-]{0,10}"
SIGN = r"(?:№|#|n|no|номера?)"
"""What people write before a number."""


class Effect(Enum):
    """What a command does beside its answer; what changes something needs proof of its writer (M30)."""

    GIVES = "gives"
    CHANGES = "changes"
    DEPENDS = "depends"
    """Changes something only with certain words beside it; its handler says with which."""
    CONFIRMS = "confirms"
    """Answers a question of ours. Its proof is a one-time code, and it has no handler among the requests."""


class Kind(Enum):
    """What follows the words of a command."""

    NOTHING = "nothing"
    ABOUT = "about"
    """A publication by its number or code, or a login."""
    NUMBER = "number"
    NUMBERS = "numbers"
    """Numbers and ranges in any order; they are kept parted by blanks, ranges written out."""
    TITLE = "title"
    """Words of a title."""
    TEXT = "text"
    CORRECTIONS = "corrections"
    ADDRESS = "address"
    """An address of the writer's login or of the one named."""
    LOGIN_AND_MOMENT = "login_and_moment"
    LOGIN_AND_PUBLICATION = "login_and_publication"
    NUMBERS_AND_REASON = "numbers_and_reason"
    CODE = "code"


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """What may follow a command's words. What fits no ``pattern`` is running text, which a person reads.

    The first group of ``pattern`` is the argument; NUMBERS are read without a pattern. ``needed``: without an argument
    it is no command.
    """

    kind: Kind
    pattern: re.Pattern[str] | None = None
    needed: bool = False


def taking(kind: Kind, written: str, *, needed: bool = False) -> Argument:
    """Return the argument that is ``written`` so, a regular expression for all that follows the command's words."""
    return Argument(kind, re.compile(rf"\A(?:{written})"), needed)


NOTHING = Argument(Kind.NOTHING)
# A publication by number or code, or a login: ours are Latin, so a Russian word after «форма» is running text.
ABOUT = taking(Kind.ABOUT, rf"(?:{SIGN}?\s*(?=\d))?(\d{{1,9}}|[a-z][a-z0-9_.-]{{1,60}})")
NUMBERS = Argument(Kind.NUMBERS, needed=True)


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was read, and what was written after it.

    ``publication`` is the number or code named with «из публикации …» ("" without); ``page`` counts from 1.
    """

    word: Word
    argument: str = ""
    publication: str = ""
    page: int = 1
    written: str = field(default="", compare=False)
    """What the writer wrote, where the command is only likely to be meant by it; "" where it is certain."""

    @property
    def name(self) -> str:
        """The word in its canonical spelling, like ``НЕ ПРИСТУПИЛИ``, as it is shown and put on record."""
        return self.word.name

    def __str__(self) -> str:
        said = f"{self.name} {self.argument}".strip()
        said += f" из публикации {self.publication}" if self.publication else ""
        return f"{said} страница {self.page}" if self.page > 1 else said


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Word:
    """One command. Two are the same only when they are the same object: code compares with ``is``."""

    id: str
    """Names it in the catalogue and in tests; never shown."""
    name: str
    """The canonical spelling, which every letter shows and the record keeps."""
    spelling: re.Pattern[str]
    """Its words at the beginning of a line, see ``spelled``."""
    roles: frozenset[Role]
    """Who may."""
    effect: Effect = Effect.GIVES
    argument: Argument = NOTHING
    placed: bool = False
    """«из публикации …» may follow too."""
    paged: bool = False
    """«страница …» may follow too."""
    of_collection: bool = False
    """A publication that it names must have a collection; an organisation must take part in it.

    Its argument is a publication or a login of the writer, except for the roles of ``of_login``."""
    of_login: frozenset[Role] = frozenset()
    """Roles for which the argument is the login that is asked about."""
    publication_in: Callable[[Command], str] | None = None
    """Where a command done for another organisation names its publication; its handler refuses, on record."""
    ends_with_publication: bool = False
    """Nothing is given or done any more about a publication that was withdrawn."""
    takes_lines: bool = False
    """The lines under it belong to it, and are no question."""
    buttons: Mapping[str, str] = field(default_factory=dict)
    """Letters that show it as a button, see ``in_letters``."""
    shown: Mapping[Role, str] = field(default_factory=dict)
    """How help writes it, where the bare name would not do."""
    examples: Mapping[str, str] = field(default_factory=dict)
    """What people write → the command, as ``str`` shows it. Tests read each."""
    questions: tuple[str, ...] = ()
    """Running text that begins like the command and is a question. Tests read each."""

    def shown_to(self, role: Role) -> str:
        """Return how help writes the command for a writer of this role."""
        return self.shown.get(role, self.name)

    @property
    def differs(self) -> bool:
        """Whether a coordinator writes it in another way than an organisation, and help says something else of it."""
        return self.roles == EVERYBODY and self.shown_to(Role.ORGANISATION) != self.shown_to(Role.COORDINATOR)

    def names_publication(self, role: Role) -> bool:
        """Return whether the argument that a writer of this role puts names a publication."""
        return self.of_collection and role in self.roles - self.of_login

    def is_button_in(self, letter: str, facts: Mapping[str, object]) -> bool:
        """Return whether a letter of this kind shows it as a button, when ``facts`` are so. Unknown facts raise."""
        condition = self.buttons.get(letter, self.buttons.get(_EVERY_LETTER, _NEVER))
        if condition in ("", _NEVER):
            return not condition
        name = condition.removeprefix("not ")
        return bool(facts[name]) is (name == condition)


_EVERY_LETTER, _NEVER = "*", "never"


SPELLED = ("(?:", r")(?=\s|$|[№#:,])")
"""What is around the words of a command in its pattern."""


def spelled(words: str) -> re.Pattern[str]:
    """Return the pattern of a command's words, which end where a word, a number or a mark begins."""
    before, after = SPELLED
    return re.compile(f"{before}{words}{after}")


def shown(written: str) -> Mapping[Role, str]:
    """Return how help writes a command, the same for every role."""
    return dict.fromkeys(Role, written)


def in_letters(*letters: str, **conditions: str) -> Mapping[str, str]:
    """Return where a command is a button: in ``letters``, and in others under a condition.

    A condition is the name of a fact that the template gives, or ``not`` and the name: ``publication="collection"``.
    """
    return {**dict.fromkeys(letters, ""), **conditions}


def in_every_letter_but(*letters: str) -> Mapping[str, str]:
    """Return that a command is a button in every letter that has buttons, ``letters`` excepted."""
    return {_EVERY_LETTER: "", **dict.fromkeys(letters, _NEVER)}
