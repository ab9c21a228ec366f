"""One text as a command: which of the cabinet's words it is, and with which argument.

Inside running text there is no command: it is part of a question.
"""

from __future__ import annotations

import re

from pipeline.mail.commands.command import SIGN, Argument, Command, Kind, Word
from pipeline.mail.commands.normal import LONGEST_LINE, normalised, without_politeness
from pipeline.mail.commands.words import WORDS
from pipeline.mail.commands.words.confirming import ANSWERS

MOST_NUMBERS = 500  # files of one command, as many as a publication may have
# What people write between numbers of files, and what makes a range of two. It is taken off step by step: one
# expression of all this would try every way of dividing the blanks.
_BETWEEN = re.compile(r"[,;&+№#]|(?<!\S)(?:и|с|n|no|номера?|файлы?)(?=\s|\d)")
_TO = re.compile(r"(?<=\d) ?(?:[-–—]|\.\.|…|до(?!\w)|по(?!\w)) ?(?=\d)")
_SPAN = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_PLACE = re.compile(
    rf"(?:^|[ ,])(?:(?:из|по|к|от|в) )?публикаци[ияюей]{{1,2}} ?{SIGN}? ?(\d{{1,9}}|[a-z][a-z0-9_.-]{{1,60}})$"
)
_PAGE = re.compile(rf"(?:^|[ ,])(?:страниц[аыуе]|стр\.?|лист) ?{SIGN}? ?(\d{{1,4}})$")
# What follows a command's word in running text: «форма заполнена», «файлы прилагаю», «публикация не открывается».
_PROSE = re.compile(
    r"(?:не|нет|во|в|на|для|от|с|к|и|из|о|по|как|где|когда|что|уже|еще|я|мы|вы|за|прилага\w*|приложен\w*|отправ\w*|посыла\w*|высыла\w*"
    r"|направ\w*|заполн\w*|получ\w*|нужн\w*|готов\w*|отклон\w*|исправ\w*|сдан\w*|вложен\w*|поврежд\w*|пуст\w*|бит\w*|открыва\w*|открыл\w*"
    r"|скача\w*|прочита\w*|загру\w*|верн\w*)(?!\w)"
)
DRAFT = re.compile(r"черновик[аиу]?|чернов(?:ой|ая)(?: вариант| версия)?|draft")
_MARKS = " :,.-"


def read_command(text: str) -> Command | None:
    """Return the command that ``text`` is as a whole, or None: running text with a command inside is none.

    Nor is a line longer than ``LONGEST_LINE``.
    """
    if len(text) > LONGEST_LINE:
        return None
    plain = without_politeness(normalised(text[:400]))
    if not plain:
        return None
    for word in WORDS:
        match = word.spelling.match(plain)
        if match is not None and (found := _with_argument(word, plain[match.end() :].strip(_MARKS))) is not None:
            return found
    return None


def _with_argument(word: Word, rest: str) -> Command | None:
    """The command of ``word`` with what follows it; None when that is running text."""
    publication, page = "", 1
    for said, place in ((_PAGE, False), (_PLACE, True), (_PAGE, False)):  # in either order
        found = said.search(rest) if (word.placed if place else word.paged) else None
        if found is None:
            continue
        rest = rest[: found.start()].strip(_MARKS)
        publication, page = (found[1], page) if place else (publication, max(1, int(found[1])))
    if not rest:
        return None if word.argument.needed else Command(word, "", publication, page)
    argument = _read_argument(word.argument, rest)
    return Command(word, argument, publication, page) if argument is not None else None


def _read_argument(argument: Argument, rest: str) -> str | None:
    """What is kept of ``rest`` as the argument; None when it is running text."""
    if argument.kind is Kind.NUMBERS:
        return _listed_numbers(rest) or None
    words = rest.split() if argument.kind is Kind.TITLE else [rest]
    if argument.pattern is None or any(map(_PROSE.match, words)):
        return None
    found = argument.pattern.fullmatch(rest)
    return found[1] if found is not None else None


def _listed_numbers(written: str) -> str:
    """``"2-4, №7"`` → ``"2 3 4 7"``, at most ``MOST_NUMBERS``; "" when it is anything but numbers and ranges."""
    plain = _TO.sub("-", " ".join(_BETWEEN.sub(" ", written).split()))
    numbers: dict[int, None] = {}
    for token in plain.split():
        span = _SPAN.fullmatch(token)
        if span is None:
            return ""
        first, last = sorted((int(span[1]), int(span[2] or span[1])))
        numbers.update(dict.fromkeys(range(first, min(last, first + MOST_NUMBERS - 1) + 1)))
    return " ".join(str(number) for number in list(numbers)[:MOST_NUMBERS])


def read_answer(text: str) -> Command | None:
    """Return ``ДА`` or ``НЕТ`` with the code beside it when ``text`` as a whole is one, politeness aside, or None."""
    plain = without_politeness(normalised(text[:200]))
    for word in ANSWERS:
        if match := word.spelling.fullmatch(plain):
            return Command(word, (match[1] or "").upper())
    return None


def is_yes(text: str) -> bool:
    """Whether ``text`` is one of the words that answer our question."""
    plain = normalised(text[:200])
    return any(word.spelling.fullmatch(plain) for word in ANSWERS)


def is_draft_word(text: str) -> bool:
    """Whether ``text`` as a whole is the mark of a draft."""
    return DRAFT.fullmatch(without_politeness(normalised(text[:200]))) is not None
