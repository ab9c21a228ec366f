"""Which words beside commands or workbooks a person must read: thanks, names and signatures are none (M35)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.mail.commands.command import Effect
from pipeline.mail.commands.likely import likely_command
from pipeline.mail.commands.lines import GREETING, LINES, SIGNED, own_subject
from pipeline.mail.commands.normal import normalised, without_politeness
from pipeline.mail.commands.reading import is_draft_word, read_answer, read_command
from pipeline.mail.commands.words import WORDS
from pipeline.mail.message.parse import ParsedMessage

_QUESTION = re.compile(r"\?(?=[\s)»\"!?.]|$)")  # and not within an address of the web
_ASKS = re.compile(
    r"(?<!\w)(?:помогите|подскажите|объясните|разъясните|уточните|позвоните|перезвоните|ответьте|сообщите нам"
    r"|не (?:открыва|получа|работа|можем|могу|сможем|смогу|знаем|знаю|понима|понят)\w*)"
)
_CLOSING = re.compile(r"(?:с уважением|с благодарностью|исп(?:олнитель)?(?![\w-])|тел(?:ефон)?(?![\w-]))")
_THANKS = re.compile(
    r"(?<!\w)(?:спасибо|спс|благодар(?:ю|им|ны|ен|на|ность)|заранее|большое|огромное|очень|вам|вас|всем|за|помощь|понимание"
    r"|внимание|ответ|письмо|работу|сотрудничество|оперативность|хорошего|доброго|удачного|дня|вечера|здоровья|всего"
    r"|до свидания|хорошо|ок|ok|okay|понятно|понял[аи]?|ясно|принято|получил[аи]?|извините|простите|пжл?ст|пж|и"
    r"|будьте любезны|thanks|thank you|you|regards|best|kind|жд[уе]м?|будем|буду|ответа|коллеги|уважаем(?:ые|ая|ый)"
    r"|добрый|доброе|день|утро|вечер|здравствуйте)(?!\w)"
)
_POST = re.compile(
    r"(?<!\w)(?:директора?|зам|завуч|заместител[ья]|замдиректора|учител[ья]|преподавател[ья]|методист|секретарь|специалист"
    r"|координатор|ответственн(?:ый|ая)|руководител[ья]|начальник|заведующ(?:ий|ая)|инженер|педагог|по|учебной|учебно|работе"
    r"|методической|воспитательной|части|школ[аы]|колледжа?|техникума?|лице[йя]|гимнази[яи]|училищ[еа]|отдела?"
    r"|образования|управления|г|город|ул|кабинет|каб|моб|факс|приемная|и о|ио|о|и)(?!\w)"
)
_WORD = re.compile(r"[^\W\d_][\w-]*")
_CONTACT = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,200}|(?:\+|(?<!\w))[78]?[ (-]{0,3}\d{3}[\d ()-]{5,16}")
_NUMBERED = re.compile(
    r"(?i)(?:№|#|(?<!\w)(?:школ|сош|сш|лице|гимнази|пу|кабинет|каб|д|стр)\w{0,5}[. ]{0,2}№?) ?\d{1,5}"
)
_LONGEST_NAME = 4
_LONGEST_POST = 9
_LONGEST_ABBREVIATION = 6


def left_over(message: ParsedMessage, *, with_file: bool = False) -> bool:
    """Whether a message with commands says more than them: a question, or anything else that a person must read.

    Thanks, greetings, names and signatures are no such thing. ``with_file``: beside a workbook every letter has a
    sentence, so only what asks something counts.
    """
    if not with_file and _QUESTION.search(subject := own_subject(message.subject)) and not read_command(subject):
        return True
    for line in message.own_lines[:200]:
        plain = normalised(line)
        if _CLOSING.match(plain):
            return False
        rest = _beyond_politeness(line, plain)
        if not rest or read_command(line) or read_answer(line) or is_draft_word(line):
            continue
        if _QUESTION.search(line) or _ASKS.search(rest) or not (with_file or _is_signature(line)):
            return True
        if with_file and SIGNED.match(plain):
            return False
    return False


def beyond_politeness(message: ParsedMessage) -> Iterator[tuple[str, bool]]:
    """Yield the lines that say more than thanks and greetings, up to the closing words.

    With each goes whether it may be a signature: a name, a post, a telephone.
    """
    for line in message.own_lines[:200]:
        plain = normalised(line)
        if _CLOSING.match(plain):
            return
        if _beyond_politeness(line, plain):
            yield line.strip(), _is_signature(line)


def unread_commands(message: ParsedMessage) -> tuple[str, ...]:
    """Return the lines that begin like a command which changes something and are none: nothing was done for them."""
    found = []
    for line in message.own_lines[:LINES]:
        plain = without_politeness(normalised(line))
        meant = any(word.effect is Effect.CHANGES and word.spelling.match(plain) for word in WORDS)
        if meant and read_command(line) is None and likely_command(line) is None:
            found.append(" ".join(line.split()))
    return tuple(found)


def _beyond_politeness(line: str, plain: str) -> str:
    """What a line says when greeting, name, «пожалуйста» and thanks are taken off; "" when that is all of it."""
    if greeting := GREETING.match(plain):
        plain = plain[greeting.end() :].strip(" .,!?;:–—-")
        if _is_name(_WORD.findall(line)[-len(plain.split()) :] if plain else []):
            return ""
    bare = _THANKS.sub(" ", without_politeness(plain))
    return " ".join(_WORD.findall(bare)) if not any(map(str.isdigit, bare)) else bare.strip()


def _is_name(words: list[str]) -> bool:
    """«Мария Ивановна», «Иванова М. И.»: every word begins with a capital, and none is shouted."""
    return len(words) <= _LONGEST_NAME and all(
        word[0].isupper() and (len(word) <= _LONGEST_ABBREVIATION or not word.isupper()) for word in words
    )


def _is_signature(line: str) -> bool:
    """Whether a line is a name, a post, a school, a telephone or an address, and no sentence."""
    line = line.strip()
    words = _WORD.findall(line)
    if line.endswith("!") or (line.endswith(".") and words and len(words[-1]) > 1):
        return False
    bare = _NUMBERED.sub(" ", _CONTACT.sub(" ", line))
    plain = _THANKS.sub(" ", _POST.sub(" ", bare.lower().replace("ё", "е")))
    kept = set(_WORD.findall(plain))
    named = [word for word in _WORD.findall(bare) if word.lower().replace("ё", "е") in kept]
    if any(map(str.isdigit, plain)) and not all(map(str.isupper, named)):
        return False
    led = bool(named) and named[0] != words[0] and bool(_POST.match(line.lower())) and named[-1][0].isupper()
    return _is_name(named) or (led and len(words) <= _LONGEST_POST)
