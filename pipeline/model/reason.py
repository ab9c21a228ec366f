"""Why a message is in its state: a stable word, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass

_NAMED = ("answer", "file")
_UNDONE = ("over_cap", "unanswerable")


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason on record for what became of a message.

    ``code`` is a stable word: an outcome, a rule that holds the message, what it does not prove, or the name of a
    fault. ``number`` is the message or letter it is about, ``name`` the letter that a rule answers with or the folder
    that it names. ``commands`` are those that were answered. ``undone`` says why the rest was not done or not told.
    """

    code: str
    number: int | None = None
    name: str = ""
    commands: tuple[str, ...] = ()
    undone: str = ""

    def __str__(self) -> str:
        """Return the reason as it is stored and as ``--json`` prints it: ``command:ФОРМА,СТАТУС,over_cap``."""
        about = str(self.number) if self.number is not None else self.name or ",".join(self.commands)
        return self.code + (f":{about}" if about else "") + (f",{self.undone}" if self.undone else "")

    @classmethod
    def read(cls, stored: str) -> Reason:
        """Return the reason that is stored so; text that nothing here has written is the code as it is."""
        found = _read(stored)
        return found if str(found) == stored else cls(stored)

    @property
    def is_of_a_cap(self) -> bool:
        """Whether a cap on answers had a part in it."""
        return self.code in ("cap", "over_cap") or self.undone == "over_cap"


DISOWNED = Reason("disowned")
"""Its organisation has answered «это не мы»."""
ANSWERED = "answered"
"""The code of an answer of support that went on to whoever asked; its number is the question's."""
TOO_LARGE = Reason("too_large")
"""Only its header was fetched."""


def conflict(cause: str) -> str:
    """Return the code for an origin that contradicts itself by ``cause`` (``mail.identity``)."""
    return f"conflict_{cause}"


def is_conflict(code: str) -> bool:
    """Whether ``code`` is one that ``conflict`` gives."""
    return code.startswith("conflict_")


def _read(stored: str) -> Reason:
    code, colon, about = stored.partition(":")
    if not colon:
        code, _, undone = stored.partition(",")
        return Reason(code, undone=undone)
    if code == "command":
        names = about.split(",")
        undone = names.pop() if names[-1] in _UNDONE else ""
        return Reason(code, commands=tuple(names), undone=undone)
    if about.isdecimal() and code not in _NAMED:
        return Reason(code, number=int(about))
    return Reason(code, name=about)
