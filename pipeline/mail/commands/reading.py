"""Commands by mail: which of the cabinet's words a person wrote, and which words are only our own subject coming back.

A command stands alone in the subject, or alone on the first line that is not a greeting, and further ones on the lines
after it; case, ё/е, quotes and politeness do not matter. Inside running text it is no command but part of a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.mail.message.parse import ParsedMessage

MOST_COMMANDS = 10  # of one message
MOST_NUMBERS = 500  # files of one command, as many as a publication may have
LONGEST_LINE = 2_000  # characters: nobody types a command, or a correction of a record, that is longer
_LINES = 30


@dataclass(frozen=True, slots=True)
class Command:
    """A command in its canonical spelling, like ``НЕ ПРИСТУПИЛИ``, and what was written after it.

    Numbers of files stand in ``argument`` parted by blanks, ranges written out. ``publication`` is the number or code
    named with «из публикации …» ("" without); ``page`` counts from 1.
    """

    name: str
    argument: str = ""
    publication: str = ""
    page: int = 1

    def __str__(self) -> str:
        said = f"{self.name} {self.argument}".strip()
        said += f" из публикации {self.publication}" if self.publication else ""
        return f"{said} страница {self.page}" if self.page > 1 else said


@dataclass(frozen=True, slots=True)
class _Form:
    """How a command may be spelled. ``words`` matches its words in normalised text, ``argument`` what may follow.

    ``numbers``: the argument is a list of numbers; ``listed``: it is words of a title. ``placed``: «из публикации …»
    may follow too; ``paged``: «страница …». What may not follow makes running text, which a person reads.
    """

    name: str
    words: re.Pattern[str]
    argument: re.Pattern[str] | None = None
    needs_argument: bool = False
    numbers: bool = False
    listed: bool = False
    placed: bool = False
    paged: bool = False


_LOGIN = r"[a-z][a-z0-9_.-]{1,40}\d[a-z0-9_.-]{0,10}"
_SIGN = r"(?:№|#|n|no|номера?)"
_NUMBER = rf"{_SIGN}? ?(\d{{1,9}})"
# What may stand between numbers of files, and what makes a range of two: taken off step by step, for one expression of
# all this would try every way of dividing the blanks.
_BETWEEN = re.compile(r"[,;&+№#]|(?<!\S)(?:и|с|n|no|номера?|файлы?)(?=\s|\d)")
_TO = re.compile(r"(?<=\d) ?(?:[-–—]|\.\.|…|до(?!\w)|по(?!\w)) ?(?=\d)")
_SPAN = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
# A publication by number or code, or a login: ours are Latin, so a Russian word after «форма» is running text.
_ABOUT = rf"(?:{_SIGN}?\s*(?=\d))?(\d{{1,9}}|[a-z][a-z0-9_.-]{{1,60}})"
_WORDS = r"([\w][\w.+-]{0,59}(?: [\w][\w.+-]{0,59}){0,2})"
_PLACE = re.compile(
    rf"(?:^|[ ,])(?:(?:из|по|к|от|в) )?публикаци[ияюей]{{1,2}} ?{_SIGN}? ?(\d{{1,9}}|[a-z][a-z0-9_.-]{{1,60}})$"
)
_PAGE = re.compile(rf"(?:^|[ ,])(?:страниц[аыуе]|стр\.?|лист) ?{_SIGN}? ?(\d{{1,4}})$")
# What follows a command's word in running text: «форма заполнена», «файлы прилагаю», «публикация не открывается».
_PROSE = re.compile(
    r"(?:не|нет|во|в|на|для|от|с|к|и|из|о|по|как|где|когда|что|уже|еще|я|мы|вы|за|прилага\w*|приложен\w*|отправ\w*|посыла\w*|высыла\w*"
    r"|направ\w*|заполн\w*|получ\w*|нужн\w*|готов\w*|исправ\w*|сдан\w*|вложен\w*|поврежд\w*|пуст\w*|бит\w*|открыва\w*|открыл\w*"
    r"|скача\w*|прочита\w*|загру\w*|верн\w*)(?!\w)"
)


def _form(
    name: str,
    words: str,
    argument: str | None = None,
    *,
    needed: bool = False,
    numbers: bool = False,
    listed: bool = False,
    placed: bool = False,
    paged: bool = False,
) -> _Form:
    pattern = re.compile(rf"\A(?:{argument})") if argument is not None else None
    return _Form(name, re.compile(rf"(?:{words})(?=\s|$|[№#:,])"), pattern, needed, numbers, listed, placed, paged)


# Longer spellings before shorter ones: «отчет скачивания» before «отчет n». Normalised text is lower-case, ё is е.
_FORMS = (
    _form("НЕ ПРИСТУПИЛИ", r"(?:кто )?(?:не ?приступил[иао]?|не начал[иао]?)(?: к работе)?", _ABOUT, placed=True),
    _form("СКАЧАТЬ ВСЁ", r"скачать все(?: файлы)?(?:\.zip)?|скачать файлы|все файлы|скачать$", placed=True),
    _form("ФАЙЛ", r"скачать(?: файлы?)?|файлы?", needed=True, numbers=True, placed=True),
    _form("ОТЧЕТ СКАЧИВАНИЯ", r"отчет(?: о| по)? скачивани(?:я|й|ю|и|ям|ях)|отчет о загрузках", placed=True),
    _form("СВОДКА", r"сводк[аиу]|публикации|список публикаций", paged=True),
    _form("НАЙТИ", r"найти|найди(?:те)?|поиск|искать", r"(.{1,200})", needed=True),
    _form("ПУБЛИКАЦИЯ", r"публикаци[яюи]", r"(\S.{0,120})"),
    _form("ФАЙЛЫ", r"список файлов|файлы", _WORDS, listed=True, placed=True, paged=True),
    _form("ФОРМА", r"форм[ауы]|бланк|шаблон", _ABOUT, placed=True),
    _form("СТАТУС", r"статус|состояние", _ABOUT, placed=True),
    _form("УЧАСТНИКИ", r"участники|список участников", _ABOUT, placed=True),
    _form("ДАННЫЕ", r"данные", _ABOUT, placed=True),
    _form("ЭКСПОРТ", r"экспорт(?: результатов)?|выгрузка", _ABOUT, placed=True),
    _form("ОТЧЕТ", r"отчет", _NUMBER, needed=True),
    _form("НАПОМНИТЬ", r"напомни(?:ть|те)?(?: всем)?|напоминание", _ABOUT, placed=True),
    _form("УВЕДОМЛЕНИЯ", r"уведомлени[яей]|список отчетов|отчеты"),
    _form(
        "ПАСПОРТ",
        r"паспорт",
        r"((?:(?:нов|полн|удал|убра|заме|измен|исправ|добав)\w{0,20} )?(?:эл\w{0,20}\.? ?)?"
        r"(?:адрес|почт|назван|наименован"
        r"|регион|телефон|ответственн|директор|руководител|контакт)\w{0,20}\s.{1,300}|.{0,80}[@:].{1,300})",
    ),
    _form("ПОМОЩЬ", r"помощь|помогите|справка|help|инструкция|команды"),
    _form(
        "АДРЕС",
        r"(?:новый )?адрес",
        rf"({_LOGIN}[\s:,–—-]{{1,9}}\S{{3,254}}(?:\s+\S{{1,254}}){{0,5}}|[^\s@]{{1,254}}@[^\s@]{{1,254}}(?:\s+(?:для\s+)?{_LOGIN})?)",
        needed=True,
    ),
    _form("ЗАДАЧИ", r"(?:мои )?(?:задачи|задания)"),
    _form(
        "ПРОДЛИТЬ",
        r"продли(?:ть|те)?(?: срок)?(?: для)?",
        rf"({_LOGIN}\s+до\s+.{{2,300}})",
        needed=True,
        placed=True,
    ),
    _form("ПРИНЯТЬ", r"(?:принять|прими(?:те)?)(?: исправлени[ея])?", needed=True, numbers=True),
    _form(
        "ОТКЛОНИТЬ",
        r"отклони(?:ть|те)?(?: исправлени[ея])?",
        # every way of parting the numbers begins with another character, so that there is one way to read them
        r"(?:№ ?|n ?)?(\d{1,9}(?:(?:[,;] ?(?:и )?| и | )(?:№ ?)?\d{1,9}){0,60}(?:[ ,.:;–—-]+[^ \d,.:;–—-].{0,300})?)",
        needed=True,
    ),
    _form(
        "ПОВТОРИТЬ",
        r"повтори(?:ть|те)?(?: письмо)?(?: для)?",
        rf"({_LOGIN}(?:[\s,]+(?:[№#]\s*)?(?:\d{{1,9}}|[a-z][a-z0-9_.-]{{1,60}}))?)",
        needed=True,
        placed=True,
    ),
    _form("ЭТО НЕ МЫ", r"это(?: были)? не мы|это(?: был)? не я", r"(?:код\s*)?([a-z0-9][a-z0-9-]{3,30})"),
)

_CODE = re.compile(r"\[[a-z][a-z0-9_.~-]{1,48}-\d{1,9}\]", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?<!\s)\s*(?:re|aw|antw|sv|vs|odp|fwd?|fw|wg|tr|rv|ответ|отв|ha|на|пересл|пер|переслано|fyi)\s*(?:(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})\s*)?:",
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
    r"(?:[ ,]{1,9}(?:уважаемые )?коллеги)?"
)
_QUOTES = str.maketrans(dict.fromkeys("\"'«»„“”‘’`*<>()", " "))
_EMPHASIS = re.compile(r"(?<!\w)_{1,9}|_{1,9}(?!\w)")  # «_форма_»; in logins and addresses the sign is their own
_DRAFT = re.compile(r"черновик[аиу]?|чернов(?:ой|ая)(?: вариант| версия)?|draft")
_CODE_BESIDE = r"(?: ?[,:;-]? ?(?:код ?)?[:№#]? ?([a-z0-9][a-z0-9-]{3,30}))?"
_YES = re.compile(rf"да{_CODE_BESIDE}")
_NO = re.compile(rf"нет{_CODE_BESIDE}")


def normalised(line: str) -> str:
    """Return ``line`` for comparing: lower-case, ё as е, no quotes, one space between words, no closing marks."""
    plain = _EMPHASIS.sub(" ", line.lower().replace("ё", "е").translate(_QUOTES))
    return " ".join(plain.split()).strip(" .,!?;:–—-")


def without_politeness(line: str) -> str:
    """Return a normalised line without «пожалуйста», «пришлите» and the like."""
    bare = " ".join(_POLITE.sub(" ", line).split())
    return re.sub(r" ([,.!?])", r"\1", bare).strip(" .,!?;:–—-")


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
    at = 0
    while match := _PREFIX.match(subject, at):
        at = match.end()
    return subject[at:].strip()


def subject_and_lines(message: ParsedMessage) -> list[str]:
    """Return the writer's own lines as written, after the subject: a command may be in either, or in both."""
    return [own_subject(message.subject), *message.own_lines[:_LINES]]


def first_line(message: ParsedMessage) -> str:
    """Return the first line of the person's own text that says something beyond a greeting, or ""."""
    return next(_said(message.own_lines[:_LINES]), "")


def said_lines(message: ParsedMessage) -> list[str]:
    """Return the person's own lines up to a signature: lower-case with е for ё, marks kept, a greeting taken off."""
    found: list[str] = []
    for line in message.own_lines[:_LINES]:
        plain = " ".join(line.lower().replace("ё", "е").translate(_QUOTES).split())
        if _SIGNED.match(plain):
            break
        if greeting := _GREETING.match(plain):
            plain = plain[greeting.end() :].strip(" .,!;:–—-")
        if plain:
            found.append(plain)
    return found


def _said(lines: Iterable[str]) -> Iterator[str]:
    """The lines, normalised, that say something beyond a greeting."""
    for line in lines:
        plain = normalised(line)
        if greeting := _GREETING.match(plain):
            plain = plain[greeting.end() :].strip(" .,!?;:–—-")
            named = len(plain.split()) <= 3 and not _says_something(plain)
            if named:  # «Здравствуйте, Мария Ивановна»
                continue
        if plain:
            yield plain


def _says_something(line: str) -> bool:
    return read_command(line) is not None or is_draft_word(line) or is_yes(line)


def read_command(text: str) -> Command | None:
    """Return the command that ``text`` is as a whole, or None: running text with a command inside is none.

    Nor is a line longer than ``LONGEST_LINE``.
    """
    if len(text) > LONGEST_LINE:
        return None
    plain = without_politeness(normalised(text[:400]))
    if not plain:
        return None
    for form in _FORMS:
        match = form.words.match(plain)
        if match is not None and (found := _with_argument(form, plain[match.end() :].strip(_MARKS))) is not None:
            return found
    return None


_MARKS = " :,.-"


def _with_argument(form: _Form, rest: str) -> Command | None:
    """The command of ``form`` with what follows its words; None when that is running text."""
    publication, page = "", 1
    for said, place in ((_PAGE, False), (_PLACE, True), (_PAGE, False)):  # in either order
        found = said.search(rest) if (form.placed if place else form.paged) else None
        if found is None:
            continue
        rest = rest[: found.start()].strip(_MARKS)
        publication, page = (found[1], page) if place else (publication, max(1, int(found[1])))
    if not rest:
        return None if form.needs_argument else Command(form.name, "", publication, page)
    if form.numbers:
        listed = _listed_numbers(rest)
        return Command(form.name, listed, publication, page) if listed else None
    words = rest.split() if form.listed else [rest]
    if form.argument is None or any(map(_PROSE.match, words)):
        return None
    found = form.argument.fullmatch(rest)
    if found is None:
        return None
    return Command(form.name, found[1] if found.groups() else "", publication, page)


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


def commands_of(message: ParsedMessage, *, with_file: bool = False) -> tuple[Command, ...]:
    """Return the commands a message gives, each once: in its subject, and alone on lines from the first one on.

    The lines count as far as each is a command. ``with_file``: beside an attached file «Форма» on the first line says
    what is attached and asks for nothing.
    """
    found: dict[Command, None] = {}
    if named := read_command(own_subject(message.subject)):
        found[named] = None
    if not with_file:
        for line in _said(message.own_lines[:_LINES]):
            if not without_politeness(line):
                continue
            command = read_command(line)
            if command is None:
                break
            found[command] = None
    return tuple(found)[:MOST_COMMANDS]


_SIGNED = re.compile(r"(?:с уважением|с благодарностью|благодарю|спасибо|исп(?:олнитель)?\b|тел(?:ефон)?\b)")
_ASKING = 8
_QUESTION = re.compile(r"\?(?=[\s)»\"!?.]|$)")  # and not within an address of the web


def left_over(message: ParsedMessage, *, with_file: bool = False) -> bool:
    """Whether a message with commands says more than them: a question, or a sentence of some length.

    Signatures are no such thing. What is left over goes on as a question, so that nothing written is lost.
    ``with_file``: beside a workbook every letter has a sentence, so only a question counts.
    """
    for line in message.own_lines[:200]:
        plain = normalised(line)
        if _SIGNED.match(plain):
            return False
        if not without_politeness(plain) or _GREETING.fullmatch(plain) or read_command(line) or is_draft_word(line):
            continue
        if _QUESTION.search(line):
            return True
        if not with_file and len(plain.split()) >= _ASKING and not any(char.isdigit() for char in plain):
            return True
    return False


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
