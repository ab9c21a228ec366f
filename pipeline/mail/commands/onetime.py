"""Answers to our own question, «это письмо от вас?»: the words that say yes or no, and the one-time code as typed.

People add words, copy the code by eye and type it on a Russian keyboard: «Да, это мы, код К7ОХ 2МRТ 9РLА». What is read
here proves nothing: each possible code is looked up, and only one of ours does anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from pipeline.mail.commands.command import Command, Word
from pipeline.mail.commands.lines import own_subject, said_lines
from pipeline.mail.commands.messages import confirmation_of
from pipeline.mail.commands.words.confirming import NO, NOT_US, YES
from pipeline.mail.message.parse import ParsedMessage

CODE_LENGTH = 12
MOST_READINGS = 64  # of one code as typed: one guess may stand for so many of 2 ** 60
MOST_CODES = 200  # of one message
_LINES = 30
_MORE = 8  # words: shorter, it is thanks or a name
_SEEN = 4_000  # characters
_SYMBOL = r"[0-9a-zа-яёіј|]"
_BETWEEN = r"[\s._·‐-―−-]{0,3}"
# Looked for at every word, for the code may stand behind one that is as long as its groups.
_TYPED = re.compile(
    rf"(?<!\w)(?=({_SYMBOL}{{4}})({_BETWEEN})({_SYMBOL}{{4}})({_BETWEEN})({_SYMBOL}{{4}})(?![\w|]))", re.IGNORECASE
)
# What was meant as a code: three groups with signs between them, or anything odd behind the word.
_GROUPS = re.compile(rf"(?<![\w-]){_SYMBOL}{{3,5}}(?:[-‐-―−]{_SYMBOL}{{3,5}}){{2}}(?![\w-])", re.IGNORECASE)
_NAMED = re.compile(rf"(?i)(?<!\w)код\w{{0,2}}[\s:№#«\"–—-]{{1,4}}({_SYMBOL}[\w-]{{5,30}})")
# Letters that look alike, and digits that no code has: what each may have been. Both I and L are signs of codes.
_LOOKS: dict[str, str] = dict(zip("авсенкмортухіј", "abcehkmoptyxij", strict=True)) | {
    "ё": "e",
    "з": "3",
    "0": "o",
    "8": "b",
}
_EITHER = dict.fromkeys("1il|і", "il")
_LAYOUT = dict(zip("йцукенгшщзфывапролдячсмить", "qwertyuiopasdfghjklzxcvbnm", strict=True))
_OURS = frozenset("abcdefghijklmnopqrstuvwxyz234567")

_TO_CODE = re.compile(r"\A([^+@]+)\+c-[a-z2-7]{12}@(.+)")

_SENT = r"(?:отправ|направ|посыл|прис[ыл]|писал|сдавал)\w*"
_YES = re.compile(
    r"да(?=$|\s*[,.!;:–—-]|\s+(?:подтвержд|это\s+(?:мы|я|наш)|мы(?!\w)|я(?!\w)|наш|вс[ея]\s+верно|верно|правильно|конечно"
    rf"|{_SENT}|письмо|код|[a-z2-7]{{4}}\s?[a-z2-7]{{4}}\s?[a-z2-7]{{4}}(?!\w)))"
    r"|подтвержда(?:ю|ем)(?!\w)|это\s+(?:мы|я)(?!\w)|(?:вс[ея]\s+)?верно(?!\w)"
)
_NO = re.compile(
    rf"нет(?=$|\s*[,.!;:–—-]|\s+(?:не|это|мы|я|код)(?!\w))|(?:это\s+)?не\s+(?:мы|я|наш\w*|от\s+нас)(?!\w)"
    rf"|(?:(?:мы|я)\s+)?(?:этого\s+|его\s+|е[её]\s+)?не\s+(?:подтвержда(?:ю|ем)|{_SENT})"
)
_NOT_US_SAID = re.compile(rf"не\s+(?:мы|я|наш\w*|от\s+нас)(?!\w)|не\s+{_SENT}")
# Beside a yes, in its sentence: no, a question, a condition, or that something is wrong.
_DOUBT = re.compile(
    r"\?|(?<!\w)(?:не|нет|ни|но|однако|если|кроме)(?!\w)"
    r"|спам|мошен|подд?ел|чуж|взлом|вирус|ошиб|удал|отмен|отклон|отказ|хватит|прекрат|перестан|отстан"
)
# After it: what takes the yes back.
_TAKEN_BACK = re.compile(
    rf"(?<!\w)(?:нет|но|однако|не\s+(?:мы|я|наш\w*|от\s+нас|подтвержд\w*|{_SENT}))(?!\w)"
    r"|спам|мошен|подд?ел|взлом|отклон|удалите"
)


def codes_in(text: str) -> tuple[str, ...]:
    """Return the one-time codes that ``text`` may show, twelve letters in lower case, at most ``MOST_CODES``.

    Case, blanks and dashes between the groups do not matter; letters that look alike and those of the same key on a
    Russian keyboard are put right, «1» may be either of I and L.
    """
    found: dict[str, None] = {}
    for match in _TYPED.finditer(text[:_SEEN]):
        typed = (match[1] + match[3] + match[5]).lower()
        for reading in (*_readings(typed), *_on_the_keyboard(typed)):
            found[reading] = None
    return tuple(found)[:MOST_CODES]


def seems_code(text: str) -> bool:
    """Whether somebody meant to write a code into ``text``, be it a true one or not. Numbers and words are none."""
    if any(map(_is_meant, _TYPED.finditer(text[:_SEEN]))):
        return True
    groups = (match[0] for match in _GROUPS.finditer(text[:_SEEN]))
    named = (match[1] for match in _NAMED.finditer(text[:_SEEN]))
    return any(_is_odd(word) for word in groups) or any(_is_odd(word) for word in named)


def written_codes(message: ParsedMessage) -> str:
    """Return the text in which the writer may show a code: the subject and the own words, not what is quoted."""
    return "\n".join((message.subject, *message.own_lines[:_LINES]))


def carries_code(message: ParsedMessage, own_addresses: frozenset[str]) -> bool:
    """Whether ``message`` was sent to the address of a one-time code of ours, or shows what may be one."""
    to_code = (_TO_CODE.fullmatch(recipient) for recipient in message.recipients)
    return any(match and f"{match[1]}@{match[2]}" in own_addresses for match in to_code) or seems_code(
        "\n".join((own_subject(message.subject), *message.own_lines[:_LINES]))
    )


def answer_of(message: ParsedMessage) -> Command | None:
    """Return ``ДА``, ``НЕТ`` or ``ЭТО НЕ МЫ`` where the own words of a message say so, with more words beside them.

    Of use only for a message that carries a code of ours: elsewhere «Да, мы отправили» is part of a talk. What is said
    with a doubt, a condition or a contradiction says nothing.
    """
    if (exact := confirmation_of(message)) is not None:
        return exact
    for lines in (said_lines(message), [own_subject(message.subject).lower().replace("ё", "е")]):
        text = "\n".join(_without_codes(line).strip(" ,;:–—-") for line in lines).strip()
        if word := _meaning(text):
            return Command(word)
    return None


def says_more(message: ParsedMessage) -> bool:
    """Whether an answer to our question says more than itself: asks something, or goes on for a sentence or two."""
    text = "\n".join(map(_without_codes, said_lines(message)))
    _, rest = _sentence(text)
    return "?" in text or len(rest.split()) >= _MORE


def _meaning(text: str) -> Word | None:
    first, rest = _sentence(text)
    if _YES.match(first):
        return None if _DOUBT.search(first) or _TAKEN_BACK.search(rest) else YES
    if _NO.match(first):
        if re.search(r"(?<!\w)да(?!\w)|(?<!не )подтвержда(?:ю|ем)(?!\w)|(?<!не )(?<!\w)это\s+(?:мы|я)(?!\w)", text):
            return None
        return NOT_US if _NOT_US_SAID.search(text) else NO
    return None


def _sentence(text: str) -> tuple[str, str]:
    """The first sentence or line, with its mark, and the rest."""
    match = re.match(r"[^.!?;\n]*[.!?;]?", text)
    end = match.end() if match else len(text)
    return text[:end], text[end:]


def _is_meant(match: re.Match[str]) -> bool:
    """Whether three groups are a code and not words: signs between them, or digits among the letters."""
    typed = match[1] + match[3] + match[5]
    parted = bool(match[2].strip() and match[4].strip())
    return (parted or any(map(str.isdigit, typed))) and not typed.isdecimal() and bool(_readings(typed.lower()))


def _without_codes(line: str) -> str:
    for match in _TYPED.finditer(line):
        if _is_meant(match):
            line = f"{line[: match.start()]} {line[match.end(5) :]}"
            break
    return _GROUPS.sub(lambda match: " " if _is_odd(match[0]) else match[0], line)


def _readings(typed: str) -> tuple[str, ...]:
    """Every code that looks like ``typed`` (lower case); none when a sign of it is in no code."""
    choices = [_EITHER.get(sign) or _LOOKS.get(sign, sign) for sign in typed]
    if not all(set(choice) <= _OURS for choice in choices):
        return ()
    doubtful = sum(len(choice) > 1 for choice in choices)
    if 2**doubtful > MOST_READINGS:
        return (typed,) if set(typed) <= _OURS else ()
    return tuple("".join(signs) for signs in product(*choices))


def _on_the_keyboard(typed: str) -> Iterator[str]:
    """The code whose keys were pressed while the keyboard was Russian; digits are the same on both."""
    if typed.isascii():
        return
    pressed = "".join(_LAYOUT.get(sign, sign) for sign in typed)
    if set(pressed) <= _OURS:
        yield pressed


def _is_odd(word: str) -> bool:
    """Letters and digits mixed, or Latin letters in groups, all of them signs that codes are read from: «ВПР-СПО-2021»
    is no code, and no telephone or date is."""
    signs = [_LOOKS.get(sign, sign) for sign in word.lower() if sign.isalnum()]
    letters = [sign for sign in word if sign.isalpha()]
    if not letters or not all(sign.isdigit() or sign in _OURS or sign in _EITHER for sign in signs):
        return False
    return any(map(str.isdigit, word)) or (word.isascii() and "-" in word and word.isupper())
