"""Looking around: ``СВОДКА``, ``НАЙТИ``, ``ПУБЛИКАЦИЯ``."""

from __future__ import annotations

from pipeline.mail.commands.command import EVERYBODY, Kind, Word, in_letters, shown, spelled, taking

SUMMARY = Word(
    id="summary",
    name="СВОДКА",
    spelling=spelled(r"сводк[аиу]|публикации|список публикаций"),
    roles=EVERYBODY,
    paged=True,
    buttons=in_letters(
        *("file_list", "file_refused", "found", "not_obeyed", "notifications", "which_publication", "withdrawn"),
        publication="not collection",
        coordinator_publication="not collection",
    ),
    examples={
        "Сводка": "СВОДКА",
        "публикации": "СВОДКА",
        "Список публикаций, пожалуйста": "СВОДКА",
        "СВОДКА стр. 2": "СВОДКА страница 2",
    },
    questions=("СВОДКА из публикации 2", "Сводка не пришла"),
)
FIND = Word(
    id="find",
    name="НАЙТИ",
    spelling=spelled(r"найти|найди(?:те)?|поиск|искать"),
    roles=EVERYBODY,
    argument=taking(Kind.TEXT, r"(.{1,200})", needed=True),
    shown=shown("НАЙТИ расписание"),
    examples={"НАЙТИ расписание ВПР": "НАЙТИ расписание впр", "Найдите: план-график": "НАЙТИ план-график"},
    questions=("Найти не могу", "Найти"),
)
PUBLICATION = Word(
    id="publication",
    name="ПУБЛИКАЦИЯ",
    spelling=spelled(r"публикаци[яюи]"),
    roles=EVERYBODY,
    argument=taking(Kind.TEXT, r"(\S.{0,120})"),
    ends_with_publication=True,
    shown=shown("ПУБЛИКАЦИЯ 2"),
    examples={
        "Публикация": "ПУБЛИКАЦИЯ",
        "Публикация 2": "ПУБЛИКАЦИЯ 2",
        "публикацию расписание": "ПУБЛИКАЦИЯ расписание",
    },
    questions=("Публикация не открывается", "Публикация отклонена"),
)
COMMANDS = (SUMMARY, FIND, PUBLICATION)
