"""A collection, as those see it who hand in and those who watch: ``ФОРМА``, ``СТАТУС``, ``ДАННЫЕ``, ``УЧАСТНИКИ``,
``НЕ ПРИСТУПИЛИ``."""

from __future__ import annotations

from pipeline.mail.commands.command import (
    ABOUT,
    COORDINATORS,
    EVERYBODY,
    ORGANISATIONS,
    Word,
    in_letters,
    spelled,
)
from pipeline.model import Role

FORM = Word(
    id="form",
    name="ФОРМА",
    spelling=spelled(r"форм[ауы]|бланк|шаблон"),
    roles=ORGANISATIONS,
    argument=ABOUT,
    placed=True,
    of_collection=True,
    ends_with_publication=True,
    buttons=in_letters(
        *("accepted", "accepted_elsewhere", "confirm_result", "draft_kept", "early", "last_call", "no_workbook"),
        *("rejected", "reminder", "status", "too_large", "unreadable"),
        data="own",
        extended="open",
        publication="collection",
    ),
    examples={
        "«Форма».": "ФОРМА",
        "Пришлите, пожалуйста, форму ещё раз": "ФОРМА",
        "ФОРМА spo240065": "ФОРМА spo240065",
        "форма n2-plan": "ФОРМА n2-plan",
        "Бланк из публикации 2": "ФОРМА из публикации 2",
    },
    questions=("Форма заполнена", "Форма во вложении", "Формат файла", "ФОРМА 2 3"),
)
STATUS = Word(
    id="status",
    name="СТАТУС",
    spelling=spelled(r"статус|состояние"),
    roles=ORGANISATIONS,
    argument=ABOUT,
    placed=True,
    of_collection=True,
    buttons=in_letters(
        *(
            "accepted",
            "accepted_elsewhere",
            "confirm_result",
            "draft_kept",
            "early",
            "ended",
            "extended",
            "form",
            "incident",
        ),
        *("last_call", "late", "limit", "no_workbook", "rejected", "reminder", "too_large", "unreadable"),
        data="own",
        passport="not coordinator",
        publication="collection",
    ),
    examples={"Статус?": "СТАТУС", "СТАТУС №2": "СТАТУС 2", "Статус из публикации №2": "СТАТУС из публикации 2"},
    questions=("Статус заявки неизвестен",),
)
DATA = Word(
    id="data",
    name="ДАННЫЕ",
    spelling=spelled(r"данные"),
    roles=EVERYBODY,
    argument=ABOUT,
    placed=True,
    of_collection=True,
    of_login=COORDINATORS,
    shown={Role.COORDINATOR: "ДАННЫЕ spo240065"},
    examples={
        "Данные": "ДАННЫЕ",
        "данные SPO240065": "ДАННЫЕ spo240065",
        "ДАННЫЕ spo240065 из публикации 2": "ДАННЫЕ spo240065 из публикации 2",
    },
    questions=("Данные отправлены",),
)
PARTICIPANTS = Word(
    id="participants",
    name="УЧАСТНИКИ",
    spelling=spelled(r"участники|список участников"),
    roles=COORDINATORS,
    argument=ABOUT,
    placed=True,
    of_collection=True,
    buttons=in_letters(
        *("closing", "digest", "export_forming", "export_ready", "extension_result", "not_started"),
        *("participants_list", "reminded", "repeated", "tasks"),
        coordinator_publication="collection",
        data="not own",
    ),
    examples={"Участники": "УЧАСТНИКИ", "УЧАСТНИКИ 2": "УЧАСТНИКИ 2", "Список участников": "УЧАСТНИКИ"},
    questions=("Участники уже сдали", "УЧАСТНИКИ страница 2"),
)
NOT_STARTED = Word(
    id="not_started",
    name="НЕ ПРИСТУПИЛИ",
    spelling=spelled(r"(?:кто )?(?:не ?приступил[иао]?|не начал[иао]?)(?: к работе)?"),
    roles=COORDINATORS,
    argument=ABOUT,
    placed=True,
    of_collection=True,
    examples={
        "не приступили": "НЕ ПРИСТУПИЛИ",
        "Кто не приступил?": "НЕ ПРИСТУПИЛИ",
        "Не приступили vpr-spo-2021": "НЕ ПРИСТУПИЛИ vpr-spo-2021",
    },
    questions=("Не приступили, потому что форма не открывается",),
)
COMMANDS = (FORM, STATUS, DATA, PARTICIPANTS, NOT_STARTED)
