"""The record of a login and its corrections: ``ПАСПОРТ``, ``АДРЕС``, ``ЗАДАЧИ``, ``ПРИНЯТЬ``, ``ОТКЛОНИТЬ``."""

from __future__ import annotations

from pipeline.mail.commands.command import (
    COORDINATORS,
    EVERYBODY,
    LOGIN,
    NUMBERS,
    Effect,
    Kind,
    Word,
    in_letters,
    shown,
    spelled,
    taking,
)
from pipeline.model import Role

PASSPORT = Word(
    id="passport",
    name="ПАСПОРТ",
    spelling=spelled(r"паспорт"),
    roles=EVERYBODY,
    effect=Effect.DEPENDS,
    argument=taking(
        Kind.CORRECTIONS,
        r"((?:(?:нов|полн|удал|убра|заме|измен|исправ|добав)\w{0,20} )?(?:эл\w{0,20}\.? ?)?"
        r"(?:адрес|почт|назван|наименован"
        r"|регион|телефон|ответственн|директор|руководител|контакт)\w{0,20}\s.{1,300}|.{0,80}[@:].{1,300})",
    ),
    takes_lines=True,
    examples={"паспорт": "ПАСПОРТ", "ПАСПОРТ адрес new@school.test": "ПАСПОРТ адрес new@school.test"},
    questions=("Паспорт безопасности школы",),
)
ADDRESS = Word(
    id="address",
    name="АДРЕС",
    spelling=spelled(r"(?:новый )?адрес"),
    roles=EVERYBODY,
    effect=Effect.CHANGES,
    argument=taking(
        Kind.ADDRESS,
        rf"({LOGIN}[\s:,–—-]{{1,9}}\S{{3,254}}(?:\s+\S{{1,254}}){{0,5}}"
        rf"|[^\s@]{{1,254}}@[^\s@]{{1,254}}(?:\s+(?:для\s+)?{LOGIN})?)",
        needed=True,
    ),
    takes_lines=True,
    shown={Role.ORGANISATION: "АДРЕС new@school.test", Role.COORDINATOR: "АДРЕС spo240065 new@school.test"},
    examples={
        "Новый адрес new@school.test": "АДРЕС new@school.test",
        "АДРЕС spo240065 new@school.test": "АДРЕС spo240065 new@school.test",
        "адрес spo240065 вместо old@school.test new@school.test": (
            "АДРЕС spo240065 вместо old@school.test new@school.test"
        ),
    },
    questions=("Адрес изменился", "Адрес"),
)
TASKS = Word(
    id="tasks",
    name="ЗАДАЧИ",
    spelling=spelled(r"(?:мои )?(?:задачи|задания)"),
    roles=COORDINATORS,
    buttons=in_letters("tasks", passport="coordinator"),
    examples={"Задачи": "ЗАДАЧИ", "мои задания": "ЗАДАЧИ"},
    questions=("Задачи решены", "ЗАДАЧИ 2"),
)
ACCEPT = Word(
    id="accept",
    name="ПРИНЯТЬ",
    spelling=spelled(r"(?:принять|прими(?:те)?)(?: исправлени[ея])?"),
    roles=COORDINATORS,
    effect=Effect.CHANGES,
    argument=NUMBERS,
    shown=shown("ПРИНЯТЬ 17"),
    examples={"Принять 17": "ПРИНЯТЬ 17", "Примите исправления 12, 14": "ПРИНЯТЬ 12 14"},
    questions=("Примите к сведению", "Принять"),
)
# Every way of parting the numbers begins with another character, so that there is one way to read them.
DECLINE = Word(
    id="decline",
    name="ОТКЛОНИТЬ",
    spelling=spelled(r"отклони(?:ть|те)?(?: исправлени[ея])?"),
    roles=COORDINATORS,
    effect=Effect.CHANGES,
    argument=taking(
        Kind.NUMBERS_AND_REASON,
        r"(?:№ ?|n ?)?(\d{1,9}(?:(?:[,;] ?(?:и )?| и | )(?:№ ?)?\d{1,9}){0,60}"
        r"(?:[ ,.:;–—-]+[^ \d,.:;–—-].{0,300})?)",
        needed=True,
    ),
    takes_lines=True,
    shown=shown("ОТКЛОНИТЬ 17"),
    examples={"отклонить №17": "ОТКЛОНИТЬ 17", "Отклоните 12: адрес чужой": "ОТКЛОНИТЬ 12: адрес чужой"},
    questions=("Отклонить нельзя", "Отклонить"),
)
COMMANDS = (PASSPORT, ADDRESS, TASKS, ACCEPT, DECLINE)
