"""What the person wrote: the own part of the subject, and the own lines without greeting and signature.

Our own subject comes back with every answer. It is taken off, so that it never acts as a command or as ``ЧЕРНОВИК``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.mail.commands.normal import QUOTES, normalised
from pipeline.mail.commands.reading import is_draft_word, is_yes, read_command
from pipeline.mail.message.parse import ParsedMessage

LINES = 30
"""Lines of a message in which a command is looked for."""
_CODE = re.compile(r"\[[a-z][a-z0-9_.~-]{1,48}-\d{1,9}\]", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?<!\s)\s*(?:re|aw|antw|sv|vs|odp|fwd?|fw|wg|tr|rv|ответ|отв|ha|на|пересл|пер|переслано|fyi)\s*(?:(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})\s*)?:",
    re.IGNORECASE,
)
_ANY_PREFIX = re.compile(
    r"(?:^|(?<=\s))(?:re|aw|fwd?|fw|wg|ответ|отв|ha|пересл)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?:", re.IGNORECASE
)
GREETING = re.compile(
    r"(?:(?:добр(?:ый|ое|ого)|доброго)\s+(?:день|вечер|утро|дня|вечера|утра|времени(?: суток)?)"
    r"|здравствуй(?:те)?|привет(?:ствую)?"
    r"|уважаем(?:ые|ый|ая)(?:\s+[\w.-]{1,40}){0,4}|коллеги|добрый"
    r"|hello|hi|dear\b.{0,60}|good (?:morning|day|evening))(?![\w-])"
    r"(?:[ ,]{1,9}(?:уважаемые )?коллеги)?"
)
SIGNED = re.compile(r"(?:с уважением|с благодарностью|благодарю|спасибо|исп(?:олнитель)?\b|тел(?:ефон)?\b)")


def own_subject(subject: str) -> str:
    """Return what the person put into the subject: our own sent subject, its code and reply marks are taken off.

    Our subjects end with the short code in square brackets. What comes before a «Re:» chain or after the code is the
    person's. Before a code without any «Re:» it is theirs only if it is a whole command: a ``mailto:`` button made it.
    """
    code = _last(_CODE, subject)
    if code is None:
        return _without_prefixes(subject)
    after = subject[code.end() :].strip()
    first = _ANY_PREFIX.search(subject, 0, code.start())
    if first is not None:
        before = subject[: first.start()].strip()
        return before or after
    head = subject[: code.start()].strip()
    if _says_something(head):
        return f"{head} {after}".strip()
    return after


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def _without_prefixes(subject: str) -> str:
    at = 0
    while match := _PREFIX.match(subject, at):
        at = match.end()
    return subject[at:].strip()


def subject_and_lines(message: ParsedMessage) -> list[str]:
    """Return the writer's own lines as written, after the subject: a command may be in either, or in both."""
    return [own_subject(message.subject), *message.own_lines[:LINES]]


def first_line(message: ParsedMessage) -> str:
    """Return the first line of the person's own text that says something beyond a greeting, or ""."""
    return next(said(message.own_lines[:LINES]), "")


def said_lines(message: ParsedMessage) -> list[str]:
    """Return the person's own lines up to a signature: lower-case with е for ё, marks kept, a greeting taken off."""
    found: list[str] = []
    for line in message.own_lines[:LINES]:
        plain = " ".join(line.lower().replace("ё", "е").translate(QUOTES).split())
        if SIGNED.match(plain):
            break
        if greeting := GREETING.match(plain):
            plain = plain[greeting.end() :].strip(" .,!;:–—-")
        if plain:
            found.append(plain)
    return found


def said(lines: Iterable[str]) -> Iterator[str]:
    """The lines, normalised, that say something beyond a greeting."""
    for line in lines:
        plain = normalised(line)
        if greeting := GREETING.match(plain):
            plain = plain[greeting.end() :].strip(" .,!?;:–—-")
            named = len(plain.split()) <= 3 and not _says_something(plain)
            if named:  # «Здравствуйте, Мария Ивановна»
                continue
        if plain:
            yield plain


def _says_something(line: str) -> bool:
    return read_command(line) is not None or is_draft_word(line) or is_yes(line)
