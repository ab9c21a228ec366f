"""What a coordinator does for organisations: ``НАПОМНИТЬ``, ``ПРОДЛИТЬ``, ``ПОВТОРИТЬ``."""

from __future__ import annotations

from pipeline.mail.commands.command import (
    ABOUT,
    COORDINATORS,
    LOGIN,
    Command,
    Effect,
    Kind,
    Word,
    in_letters,
    shown,
    spelled,
    taking,
)


def login_and_publication(command: Command) -> tuple[str, str]:
    """Return the login in the argument of ``REPEAT`` and the publication named there or behind it, "" without one."""
    code, _, named = command.argument.replace(",", " ").partition(" ")
    return code, named.strip(" №#") or command.publication


def login_and_moment(command: Command) -> tuple[str, str]:
    """Return the login in the argument of ``EXTEND`` and the moment's words: «по» stays there, it names a whole day."""
    code, _, words = command.argument.partition(" ")
    return code, words.strip().removeprefix("до ").strip()


def _behind_the_login(command: Command) -> str:
    return login_and_publication(command)[1]


def _alone_or_at_the_end(command: Command) -> str:
    return command.publication or command.argument


def _at_the_end(command: Command) -> str:
    return command.publication


REMIND = Word(
    id="remind",
    name="НАПОМНИТЬ",
    spelling=spelled(r"напомни(?:ть|те)?(?: всем)?|напоминание"),
    roles=COORDINATORS,
    effect=Effect.CHANGES,
    argument=ABOUT,
    placed=True,
    publication_in=_alone_or_at_the_end,
    ends_with_publication=True,
    buttons=in_letters(closing="open", digest="open"),
    examples={
        "напомнить": "НАПОМНИТЬ",
        "НАПОМНИТЬ spo240065": "НАПОМНИТЬ spo240065",
        "Напомните всем из публикации vpr-2": "НАПОМНИТЬ из публикации vpr-2",
    },
    questions=("Напомните, когда закрывается приём",),
)
# «по 10 сентября», «по пятницу», and not «по болезни»
_THROUGH = r"по\s+(?=\d|сегодня|завтра|послезавтра|понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)"
EXTEND = Word(
    id="extend",
    name="ПРОДЛИТЬ",
    spelling=spelled(r"продли(?:ть|те)?(?: срок)?(?: для)?"),
    roles=COORDINATORS,
    effect=Effect.CHANGES,
    argument=taking(Kind.LOGIN_AND_MOMENT, rf"({LOGIN}\s+(?:до\s+|{_THROUGH}).{{2,300}})", needed=True),
    placed=True,
    publication_in=_at_the_end,
    ends_with_publication=True,
    shown=shown("ПРОДЛИТЬ spo240065 до 10.09.2021"),
    examples={
        "ПРОДЛИТЬ spo240065 до 10.09.2021": "ПРОДЛИТЬ spo240065 до 10.09.2021",
        "Продлить spo240065 по 10/09/21": "ПРОДЛИТЬ spo240065 по 10/09/21",
        "Продлите spo240065 по пятницу из публикации 2": "ПРОДЛИТЬ spo240065 по пятницу из публикации 2",
        "Продлите срок для spo240065 до завтра, болезнь из публикации 2": (
            "ПРОДЛИТЬ spo240065 до завтра, болезнь из публикации 2"
        ),
    },
    questions=("Продлите нам, пожалуйста, срок до пятницы", "Продлить", "Продлить spo240065 по болезни"),
)
REPEAT = Word(
    id="repeat",
    name="ПОВТОРИТЬ",
    spelling=spelled(r"повтори(?:ть|те)?(?: письмо)?(?: для)?"),
    roles=COORDINATORS,
    effect=Effect.CHANGES,
    argument=taking(
        Kind.LOGIN_AND_PUBLICATION,
        rf"({LOGIN}(?:[\s,]+(?:[№#]\s*)?(?:\d{{1,9}}|[a-z][a-z0-9_.-]{{1,60}}))?)",
        needed=True,
    ),
    placed=True,
    publication_in=_behind_the_login,
    ends_with_publication=True,
    shown=shown("ПОВТОРИТЬ spo240065"),
    examples={
        "повторить spo240065": "ПОВТОРИТЬ spo240065",
        "Повторите письмо для spo240065 2": "ПОВТОРИТЬ spo240065 2",
    },
    questions=("Повторите, пожалуйста, письмо", "Повторить"),
)
COMMANDS = (REMIND, EXTEND, REPEAT)
