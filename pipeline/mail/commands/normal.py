"""One line in the form in which it is compared: case, ё and е, quotes, closing marks and politeness do not matter."""

from __future__ import annotations

import re

LONGEST_LINE = 2_000  # characters: nobody types a command, or a correction of a record, that is longer

_POLITE = re.compile(
    r"\b(?:пожалуйста|пожалуста|пож-та|плиз|please|прошу(?: вас)?|спасибо(?: большое)?|заранее"
    r"|благодарю|будьте добры|если можно"
    r"|(?:вы|при)шлите|отправьте|пришлите|выслать|прислать|направьте|дайте|мне|нам|еще раз|повторно|снова|просьба"
    r"|с уважением.{0,80})(?![\w-])"
)
QUOTES = str.maketrans(dict.fromkeys("\"'«»„“”‘’`*<>()", " "))
_EMPHASIS = re.compile(r"(?<!\w)_{1,9}|_{1,9}(?!\w)")  # «_форма_»; in logins and addresses the sign is their own


def normalised(line: str) -> str:
    """Return ``line`` for comparing: lower-case, ё as е, no quotes, one space between words, no closing marks."""
    plain = _EMPHASIS.sub(" ", line.lower().replace("ё", "е").translate(QUOTES))
    return " ".join(plain.split()).strip(" .,!?;:–—-")


def without_politeness(line: str) -> str:
    """Return a normalised line without «пожалуйста», «пришлите» and the like."""
    bare = " ".join(_POLITE.sub(" ", line).split())
    return re.sub(r" ([,.!?])", r"\1", bare).strip(" .,!?;:–—-")
