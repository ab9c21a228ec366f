"""What was likely meant by a line that is no command: look-alike letters, another keyboard, a typo, words around it.

What is found so is likely and not certain: it is done where it only gives, and the answer says how it was understood;
where it changes something its writer is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from pipeline.mail.commands.command import LOGIN, Command, Effect, Kind
from pipeline.mail.commands.normal import normalised, without_politeness
from pipeline.mail.commands.phrases import phrases
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words.helping import HELP
from pipeline.model import Role

_LONGEST = 200
_MOST_WORDS = 12
_LEADING = 3  # words of a command
_SHORT = 5  # letters: so short a word is another word when its first letter is another
_CYRILLIC, _LATIN = "авсенкмортху", "abcehkmoptxy"
_LOOKS_CYRILLIC = str.maketrans(_LATIN + "036", _CYRILLIC + "озб")
_LOOKS_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_KEYS = ("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю")
_TO_RUSSIAN, _TO_ENGLISH = str.maketrans(*_KEYS), str.maketrans(*reversed(_KEYS))
_IS_LOGIN = re.compile(LOGIN)
_TOGETHER = re.compile(r"\A[а-я]+(?=\d)")
_HAS_LATIN = re.compile(r"[a-z]")
_HAS_DIGIT = re.compile(r"\d")
# What people put around a command that they ask for in a sentence; whatever else is there makes it running text.
_AROUND = (
    "а бы в вас ваш ваша ваше вашу вы делать для еще же и и/или интересует какая каков какова каково какое какой"
    " ли мне могли могу можем можете можно мой мою моя на нам нас наш наша наше наши нашей нашу необходим необходима"
    " необходимо нужен нужна нужно нужны организации организациям получить показать покажите посмотреть по пришлите"
    " прислать просим прошу сейчас свои свой свою сегодня себе срочно текущая текущее текущий текущую требуется у"
    " увидеть узнать хотел хотела хотели хотелось хотим хочу школам школы это этой эту нашего вышлите выслать"
    " отправить отправьте новую пустую чистую актуальную свежую"
)
_WORDS_AROUND = frozenset(_AROUND.split())


def likely_command(text: str) -> Command | None:
    """Return the command that was likely meant by ``text`` as a whole, or None; what is certain is none of these."""
    plain = without_politeness(normalised(text[:_LONGEST]))
    if not plain or len(text) > _LONGEST or len(plain.split()) > _MOST_WORDS or read_command(plain) is not None:
        return None
    parted = _TOGETHER.sub(r"\g<0> ", plain)  # «файл2»
    for found in (
        read_command(parted),
        *(read(parted) for read in (_looks_like, _on_other_keys, _misspelt, _in_a_sentence)),
    ):
        if found is not None and found.word.effect is not Effect.CONFIRMS:
            return replace(found, written=" ".join(text.split()))
    return None


def nearest_command(text: str, role: Role) -> str:
    """Return how help writes the command that a short line may have meant, for a writer of ``role``; "" for none."""
    plain = without_politeness(normalised(text[:_LONGEST]))
    words = plain.split()[:_LEADING]
    if not words or len(plain.split()) > _LEADING + 2:
        return ""
    heads = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    for head in heads:
        for phrase, word in phrases().items():
            whole = head == phrase and head == plain and word.argument.needed
            near = len(phrase) > _SHORT and head[0] == phrase[0] and 0 < _differ(head, phrase, 2) <= 2
            if role in word.roles and (whole or near):
                return word.shown_to(role)
    return ""


def _looks_like(plain: str) -> Command | None:
    """«CTATУC» with Latin letters, «spо240065» with a Cyrillic one."""
    words = plain.split()
    right = [_login(word.translate(_LOOKS_LATIN)) or _login(word.translate(_TO_ENGLISH)) or word for word in words]
    for count in range(min(_LEADING, len(words)) + 1):
        head = [_without_latin(word) for word in words[:count]]
        if (found := read_command(" ".join([*head, *right[count:]]))) is not None:
            return found
    return None


def _login(word: str) -> str:
    return word if _IS_LOGIN.fullmatch(word) else ""


def _without_latin(word: str) -> str:
    """``word`` with the letters it looks like, where that leaves no other alphabet in it."""
    turned = word.translate(_LOOKS_CYRILLIC)
    return word if word.isdecimal() or _HAS_LATIN.search(turned) else turned


def _on_other_keys(plain: str) -> Command | None:
    """«cnfnec»: typed while the keyboard was English; and «рудз» while it was Russian."""
    words = plain.split()
    if not words[0].isascii():
        return read_command(plain.translate(_TO_ENGLISH))
    turned = [word if _HAS_DIGIT.search(word) else word.translate(_TO_RUSSIAN) for word in words]
    for count in (len(words), *range(1, min(_LEADING, len(words)) + 1)):
        line = " ".join([*turned[:count], *words[count:]])
        if (found := read_command(line) or _misspelt(line)) is not None:
            return found
    return None


def _misspelt(plain: str) -> Command | None:
    """The command whose words differ in one letter; None where two commands are as near, or a word is right."""
    found: dict[Command, None] = {}
    for head, rest in _heads(plain):
        if head in phrases():
            return None
        for phrase in _alike(head):
            if not _one_slip(head, phrase) or (len(phrase) < _SHORT and not rest):
                continue
            command = read_command(f"{phrase} {rest}")
            if command is not None and not _is_running_text(command):
                found[command] = None
    return next(iter(found)) if len(found) == 1 else None


def _heads(plain: str) -> Iterator[tuple[str, str]]:
    """The first words of a line, and what follows them."""
    words = plain.split()
    for count in range(1, min(_LEADING + 1, len(words)) + 1):
        yield " ".join(words[:count]).rstrip(":,.-"), " ".join(words[count:])


def _alike(head: str) -> list[str]:
    """The phrases from which one slip may have made ``head``: with a letter less here or there they are the same."""
    known = _by_shortened()
    return sorted({phrase for short in _shortened(head) for phrase in known.get(short, ())})


@cache
def _by_shortened() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for phrase in phrases():
        for short in _shortened(phrase):
            found.setdefault(short, []).append(phrase)
    return found


def _shortened(phrase: str) -> set[str]:
    return {phrase, *(phrase[:at] + phrase[at + 1 :] for at in range(len(phrase)))}


def _one_slip(head: str, phrase: str) -> bool:
    if len(phrase) < _SHORT - 1 or _HAS_DIGIT.search(head) or (len(phrase) <= _SHORT and head[:1] != phrase[0]):
        return False
    return _differ(head, phrase, 1) == 1


def _differ(one: str, other: str, most: int) -> int:
    """In how many slips two words differ: a letter more, less, another or two changed about; ``most`` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        last, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _in_a_sentence(plain: str) -> Command | None:
    """«Какой у нас статус», «хотели бы получить форму»: a command with nothing but such words around it.

    A cry for help is for a person, and words of a title are not told from those of a sentence.
    """
    words = plain.replace(", ", " ").split()
    start, end = 0, len(words)
    while start < end and words[start] in _WORDS_AROUND:
        start += 1
    while end > start and words[end - 1] in _WORDS_AROUND:
        end -= 1
    found = read_command(" ".join(words[start:end])) if end - start < len(words) else None
    if found is None or found.word is HELP or _is_running_text(found):
        return None
    return found


def _is_running_text(command: Command) -> bool:
    """«Публикаций пока нет»: where any words may follow, only a number surely belongs to a command that needs none."""
    if command.word.argument.kind not in (Kind.TEXT, Kind.TITLE) or command.word.argument.needed:
        return False
    return bool(command.argument) and not command.argument.isdecimal()
