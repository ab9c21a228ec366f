"""Answers to our own question «это письмо от вас?»: ``ЭТО НЕ МЫ``, and the words ``ДА`` and ``НЕТ``.

Only the first is a command among others; the other two answer when nothing else is said (``reading.read_answer``).
"""

from __future__ import annotations

import re

from pipeline.mail.commands.command import EVERYBODY, Argument, Effect, Kind, Word, spelled, taking

_CODE = r"([a-z0-9][a-z0-9-]{3,30})"
_CODE_BESIDE = rf"(?: ?[,:;-]? ?(?:код ?)?[:№#]? ?{_CODE})?"

NOT_US = Word(
    id="not_us",
    name="ЭТО НЕ МЫ",
    spelling=spelled(r"это(?: были)? не мы|это(?: был)? не я"),
    roles=EVERYBODY,
    effect=Effect.CONFIRMS,
    argument=taking(Kind.CODE, rf"(?:код\s*)?{_CODE}"),
    examples={"Это не мы!": "ЭТО НЕ МЫ", "это был не я, код k7qx-2mrt-4pla": "ЭТО НЕ МЫ k7qx-2mrt-4pla"},
    questions=("Это не мы отправляли",),
)
YES = Word(
    id="yes",
    name="ДА",
    spelling=re.compile(rf"да{_CODE_BESIDE}"),
    roles=EVERYBODY,
    effect=Effect.CONFIRMS,
    argument=Argument(Kind.CODE),
    examples={"«Да», пожалуйста.": "ДА", "да, код: k7qx-2mrt-4pla": "ДА K7QX-2MRT-4PLA"},
    questions=("Да, мы это отправили вчера", "Данные"),
)
NO = Word(
    id="no",
    name="НЕТ",
    spelling=re.compile(rf"нет{_CODE_BESIDE}"),
    roles=EVERYBODY,
    effect=Effect.CONFIRMS,
    argument=Argument(Kind.CODE),
    examples={"Нет!": "НЕТ", "нет K7QX-2MRT-4PLA": "НЕТ K7QX-2MRT-4PLA"},
    questions=("Нет, это не так",),
)
COMMANDS = (NOT_US,)
ANSWERS = (YES, NO)
