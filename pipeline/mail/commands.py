"""Commands by mail: which of the cabinet's words a person wrote, and which words are only our own subject coming back.

A command stands alone in the subject, or alone on the first line that is not a greeting; case, ё/е, quotes and
politeness do not matter. Inside running text it is no command but part of a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.mail.message import ParsedMessage


@dataclass(frozen=True, slots=True)
class Command:
    """A command in its canonical spelling, like ``НЕ ПРИСТУПИЛИ``, and what was written after it."""

    name: str
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.argument}".strip()


@dataclass(frozen=True, slots=True)
class _Form:
    """How a command may be spelled. ``words`` matches its words in normalised text, ``argument`` what may follow."""

    name: str
    words: re.Pattern[str]
    argument: re.Pattern[str] | None = None
    needs_argument: bool = False


_LOGIN = r"[a-z][a-z0-9_.-]{1,40}\d[a-z0-9_.-]{0,10}"
_NUMBER = r"(?:№|#|n|no|номер)?\s*(\d{1,9})"
_ABOUT = r"([a-z][a-z0-9_.-]{1,60})"  # a code of ours is Latin; a Russian word after «форма» is running text
# What follows a command's word in running text: «форма заполнена», «файлы прилагаю», «публикация не открывается».
_PROSE = re.compile(
    r"(?:не|нет|во|в|на|для|от|с|к|и|из|о|по|как|где|когда|что|уже|еще|я|мы|вы|за|прилага\w*|приложен\w*|отправ\w*|посыла\w*|высыла\w*"
    r"|направ\w*|заполн\w*|получ\w*|нужн\w*|готов\w*|исправ\w*|сдан\w*|вложен\w*)(?!\w)"
)


def _form(name: str, words: str, argument: str | None = None, *, needed: bool = False) -> _Form:
    pattern = re.compile(argument) if argument is not None else None
    return _Form(name, re.compile(rf"(?:{words})(?=\s|$|[№#:])"), pattern, needed)


# Longer spellings before shorter ones: «отчет скачивания» before «отчет n». Normalised text is lower-case, ё is е.
_FORMS = (
    _form("НЕ ПРИСТУПИЛИ", r"не ?приступил[иао]?|не начал[иао]?"),
    _form("СКАЧАТЬ ВСЁ", r"скачать все(?: файлы)?(?:\.zip)?|все файлы|скачать$", r""),
    _form("ОТЧЕТ СКАЧИВАНИЯ", r"отчет(?: о| по)? скачивани(?:я|й|ю|и|ям|ях)|отчет о загрузках"),
    _form("СВОДКА", r"сводк[аиу]|публикации|список публикаций"),
    _form("НАЙТИ", r"найти|найди(?:те)?|поиск|искать", r"(.{1,200})", needed=True),
    _form("ПУБЛИКАЦИЯ", r"публикаци[яюи]", r"(\S.{0,120})", needed=True),
    _form("ФАЙЛ", r"файл", rf"{_NUMBER}", needed=True),
    _form("ФАЙЛЫ", r"файлы", r"([\w.-]{1,60})"),
    _form("ФОРМА", r"форм[ауы]|бланк|шаблон", _ABOUT),
    _form("СТАТУС", r"статус|состояние", _ABOUT),
    _form("УЧАСТНИКИ", r"участники|список участников", _ABOUT),
    _form("ДАННЫЕ", r"данные", rf"({_LOGIN})"),
    _form("ЭКСПОРТ", r"экспорт(?: результатов)?|выгрузка", _ABOUT),
    _form("ОТЧЕТ", r"отчет", _NUMBER, needed=True),
    _form("НАПОМНИТЬ", r"напомни(?:ть|те)?|напоминание", _ABOUT),
    _form("УВЕДОМЛЕНИЯ", r"уведомлени[яей]"),
    _form(
        "ПАСПОРТ",
        r"паспорт",
        r"((?:адрес|название|телефон|наименование|ответственный|почта)\s.{1,200}|.{0,60}[@:].{1,200})",
    ),
    _form("ПОМОЩЬ", r"помощь|помогите|справка|help|инструкция|команды"),
    _form("АДРЕС", r"адрес", rf"({_LOGIN}\s+\S{{3,254}}(?:\s+\S{{1,254}}){{0,5}})", needed=True),
    _form("ПРОДЛИТЬ", r"продли(?:ть|те)?", rf"({_LOGIN}\s+до\s+.{{3,60}})", needed=True),
    _form("ПРИНЯТЬ", r"принять|прими(?:те)?", _NUMBER, needed=True),
    _form("ОТКЛОНИТЬ", r"отклони(?:ть|те)?", _NUMBER, needed=True),
    _form("ПОВТОРИТЬ", r"повтори(?:ть|те)?", rf"({_LOGIN})", needed=True),
    _form("ЭТО НЕ МЫ", r"это(?: были)? не мы|это(?: был)? не я", r"(?:код\s*)?([a-z0-9][a-z0-9-]{3,30})"),
)

_CODE = re.compile(r"\[[a-z][a-z0-9_.~-]{1,48}-\d{1,9}\]", re.IGNORECASE)
_PREFIX = re.compile(
    r"\s*(?:re|aw|antw|sv|vs|odp|fwd?|fw|wg|tr|rv|ответ|отв|ha|на|пересл|пер|переслано|fyi)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*:",
    re.IGNORECASE,
)
_ANY_PREFIX = re.compile(
    r"(?:^|(?<=\s))(?:re|aw|fwd?|fw|wg|ответ|отв|ha|пересл)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?:", re.IGNORECASE
)
_POLITE = re.compile(
    r"\b(?:пожалуйста|пожалуста|пож-та|плиз|please|прошу(?: вас)?|спасибо(?: большое)?|заранее"
    r"|благодарю|будьте добры|если можно"
    r"|(?:вы|при)шлите|отправьте|пришлите|выслать|прислать|направьте|дайте|мне|нам|еще раз|повторно|снова|просьба"
    r"|с уважением.{0,80})(?![\w-])"
)
_GREETING = re.compile(
    r"(?:(?:добр(?:ый|ое|ого)|доброго)\s+(?:день|вечер|утро|дня|вечера|утра|времени(?: суток)?)"
    r"|здравствуй(?:те)?|привет(?:ствую)?"
    r"|уважаем(?:ые|ый|ая)(?:\s+[\w.-]{1,40}){0,4}|коллеги|добрый"
    r"|hello|hi|dear\b.{0,60}|good (?:morning|day|evening))(?![\w-])"
    r"(?:[\s,]+(?:уважаемые\s+)?коллеги)?"
)
_QUOTES = str.maketrans(dict.fromkeys("\"'«»„“”‘’`*_<>()", " "))
_DRAFT = re.compile(r"черновик[аиу]?|чернов(?:ой|ая)(?: вариант| версия)?|draft")
_CODE_BESIDE = r"(?:\s*[,:;-]?\s*(?:код\s*)?[:№#]?\s*([a-z0-9][a-z0-9-]{3,30}))?"
_YES = re.compile(rf"да{_CODE_BESIDE}")
_NO = re.compile(rf"нет{_CODE_BESIDE}")


def normalised(line: str) -> str:
    """Return ``line`` for comparing: lower-case, ё as е, no quotes, one space between words, no closing marks."""
    plain = line.lower().replace("ё", "е").translate(_QUOTES)
    return " ".join(plain.split()).strip(" .,!?;:–—-")


def without_politeness(line: str) -> str:
    """Return a normalised line without «пожалуйста», «пришлите» and the like."""
    bare = " ".join(_POLITE.sub(" ", line).split())
    return re.sub(r"\s+([,.!?])", r"\1", bare).strip(" .,!?;:–—-")


def own_subject(subject: str) -> str:
    """Return what the person put into the subject: our own sent subject, its code and reply marks are taken off.

    Our subjects end with the short code in square brackets. What stands before a «Re:» chain or after the code is the
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
    while match := _PREFIX.match(subject):
        subject = subject[match.end() :]
    return subject.strip()


def first_line(message: ParsedMessage) -> str:
    """Return the first line of the person's own text that says something beyond a greeting, or ""."""
    for line in message.own_lines[:30]:
        plain = normalised(line)
        if greeting := _GREETING.match(plain):
            plain = plain[greeting.end() :].strip(" .,!?;:–—-")
            named = len(plain.split()) <= 3 and not _says_something(plain)
            if named:  # «Здравствуйте, Мария Ивановна»
                continue
        if plain:
            return plain
    return ""


def _says_something(line: str) -> bool:
    return read_command(line) is not None or is_draft_word(line) or is_yes(line)


def read_command(text: str) -> Command | None:
    """Return the command that ``text`` is as a whole, or None: running text with a command inside is none."""
    plain = without_politeness(normalised(text[:400]))
    if not plain:
        return None
    for form in _FORMS:
        match = form.words.match(plain)
        if match is None:
            continue
        rest = plain[match.end() :].strip(" :,.-")
        if not rest:
            if not form.needs_argument:
                return Command(form.name)
            continue
        if form.argument is not None and not _PROSE.match(rest) and (found := form.argument.fullmatch(rest)):
            return Command(form.name, found[1] if found.groups() else "")
    return None


def command_of(message: ParsedMessage, *, with_file: bool = False) -> Command | None:
    """Return the command a message gives: in its subject, else alone on its first line.

    ``with_file``: beside an attached file «Форма» on the first line says what is attached and asks for nothing.
    """
    found = read_command(own_subject(message.subject))
    return found if found or with_file else read_command(first_line(message))


def confirmation_of(message: ParsedMessage) -> Command | None:
    """Return ``ДА`` or ``НЕТ`` with the one-time code beside it ("" when only the word is there), or None."""
    for text in (own_subject(message.subject), first_line(message)):
        plain = without_politeness(normalised(text[:200]))
        for word, pattern in (("ДА", _YES), ("НЕТ", _NO)):
            if match := pattern.fullmatch(plain):
                return Command(word, (match[1] or "").upper())
    return None


def is_yes(text: str) -> bool:
    """Whether ``text`` is one of the words that answer our question."""
    plain = normalised(text[:200])
    return _YES.fullmatch(plain) is not None or _NO.fullmatch(plain) is not None


def is_draft_word(text: str) -> bool:
    """Whether ``text`` as a whole is the mark of a draft."""
    return _DRAFT.fullmatch(without_politeness(normalised(text[:200]))) is not None


def draft_marked(message: ParsedMessage) -> bool:
    """Return whether the return is marked as a draft: ЧЕРНОВИК leads the subject or is alone on the first line."""
    subject = without_politeness(normalised(own_subject(message.subject)[:200]))
    leading = _DRAFT.match(subject)
    if leading and not subject[leading.end() : leading.end() + 1].isalnum():
        return True
    return is_draft_word(first_line(message))
