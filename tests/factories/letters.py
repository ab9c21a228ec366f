"""Sample data for every kind of letter: the seed's own organisations, publication and instants, with a fixed clock.

``SAMPLES`` maps the name of a sample to its kind and data; the plainest sample of a kind has its name,
variants add a word (``publication-soon``). Golden files and pictures are made of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.catalogue import text
from pipeline.mail.commands.words import commands_for
from pipeline.mail.letters.data import Example
from pipeline.mail.letters.kinds import letter_examples
from pipeline.mail.letters.render import (
    Mailbox,
    Renderer,
)
from pipeline.model import Letter, Role
from tests.factories import alert_letters, cabinet_letters, publication_letters, roster_letters, several_letters

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NOW = datetime(2021, 8, 30, 17, 41, tzinfo=UTC)
SENDER = Mailbox("exchange@kabinet.test", "Кабинет сбора данных")
REPLY_TO = "exchange+a1.spo240065.2.1.k7q2mzx4pd3f@kabinet.test"
TITLE = "Расписание проведения ВПР СПО в образовательных организациях"

_ORGANISATION = {
    "login": "spo240065",
    "name": (
        'Муниципальное бюджетное учреждение "Организационно-ресурсный центр учреждений образования Канского района"'
    ),
    "code": "spo240065-2",
}
_COORDINATOR = {
    "login": "spo_coord_24",
    "name": "Региональный координатор, Красноярский край",
    "code": "spo_coord_24-2",
}
_NOBODY = {"login": "", "name": ""}
_ALWAYS = {
    "support": "support@kabinet.test",
    "phone": "8 (000) 123-45-67",
    "service": "Кабинет сбора данных",
    "reply_to": REPLY_TO,
}
_PUBLICATION = {
    "code": "vpr-spo-2021-schedule",
    "title": TITLE,
    "section": "ВПР СПО",
    "number": 2,
    "contact": "Иванова Анна Петровна, 8 (000) 765-43-21",
}
_COLLECTION = {
    "title": "Сбор расписания проведения ВПР СПО в образовательных организациях",
    "opens_at": "2021-08-30T17:41:00+00:00",
    "closes_at": "2021-09-07T15:00:00+00:00",
    "state": "open",
}
_TEXT = """Уважаемые коллеги!

Вам необходимо заполнить форму сбора данных «Расписание проведения ВПР СПО».

Даты проведения проверочных работ определяются образовательной организацией самостоятельно либо устанавливаются \
ОИВ субъекта РФ в соответствии с планом-графиком проведения ВПР СПО.

Форму необходимо заполнить в соответствии с [инструкцией](https://example.org/instruction.pdf) и \
**загрузить не позднее 18:00 мск 7 сентября 2021 года.**
"""
_PLAN = {
    "number": 1,
    "title": "План-график ВПР СПО в 2021 году",
    "name": "План-график ВПР СПО 2021.pdf",
    "size": 87_040,
    "available_from": "2021-08-30T17:41:00+00:00",
    "attached": True,
    "locked": False,
}
_KEYS = {
    "number": 2,
    "title": "Ключи и критерии оценивания",
    "name": "Ключи и критерии.zip",
    "size": 1_258_291,
    "available_from": "2021-09-14T05:00:00+00:00",
    "available": False,
    "attached": False,
    "locked": False,
}
_CRITERIA = {
    **_KEYS,
    "number": 3,
    "title": "Методические рекомендации",
    "name": "Методические рекомендации.pdf",
    "available_from": "2021-08-30T17:41:00+00:00",
    "available": True,
}
_STORAGES = [{"title": "План-график ВПР СПО в 2021 году", "files": [_PLAN, _KEYS, _CRITERIA]}]
_LOCKED = [{"title": "План-график ВПР СПО в 2021 году", "files": [_PLAN, {**_KEYS, "locked": True}, _CRITERIA]}]
_COUNTS = {"total": 13, "not_started": 9, "in_progress": 3, "submitted": 1}
_HEADER = [
    "Предмет",
    "Дата 1й курс",
    "Количество аудиторий 1й курс",
    "Количество участников 1й курс",
    "Дата «Завершившие»",
    "Количество аудиторий «Завершившие»",
    "Количество участников «Завершившие»",
]
_VALUES = [
    {
        "sheet": "РАБОТЫ НА БЛАНКЕ",
        "header": _HEADER,
        "rows": [
            ["Обществознание", "15.09.2021", "1", "12", "16.09.2021", "2", "25"],
            ["Химия", "17.09.2021", "3", "40", "18.09.2021", "4", "52"],
            ["Математика", "20.09.2021", "5", "70", "", "", ""],
            ["Русский язык", "21.09.2021", "7", "98", "22.09.2021", "8", "112"],
        ],
    },
    {
        "sheet": "РАБОТЫ НА КОМПЬЮТЕРЕ",
        "header": _HEADER,
        "rows": [["Иностранный (английский) язык", "28.09.2021", "2", "24", "", "", ""]],
    },
]
_ROWS = [{"sheet": "РАБОТЫ НА БЛАНКЕ", "count": 4}, {"sheet": "РАБОТЫ НА КОМПЬЮТЕРЕ", "count": 1}]


def _finding(sheet: str, cell: str, column: str, value: str, message: str, severity: str = "error") -> dict[str, Any]:
    return {"sheet": sheet, "cell": cell, "column": column, "value": value, "message": message, "severity": severity}


_FINDINGS = [
    _finding(
        "РАБОТЫ НА БЛАНКЕ",
        "C7",
        "Количество аудиторий 1й курс",
        "двенадцать",
        "Нужно число цифрами. Число должно быть между 1 и 100.",
    ),
    _finding(
        "РАБОТЫ НА БЛАНКЕ",
        "C8",
        "Количество аудиторий 1й курс",
        "250",
        "Число должно быть между 1 и 100. Исправьте число.",
    ),
    _finding(
        "РАБОТЫ НА БЛАНКЕ",
        "B9",
        "Дата 1й курс",
        "9/15/2021",
        "Дата записана непонятно. Напишите ее так: 15.09.2021 (день.месяц.год).",
    ),
    _finding(
        "РАБОТЫ НА БЛАНКЕ",
        "A10",
        "Предмет",
        "Руский язык",
        "Такого значения нет в списке. Выберите из списка, например: Русский язык.",
    ),
    _finding(
        "РАБОТЫ НА КОМПЬЮТЕРЕ", "A6", "Предмет", "", "Выберите предмет из списка: без него строка не принимается."
    ),
]
_WARNING = _finding(
    "РАБОТЫ НА БЛАНКЕ",
    "D8",
    "Количество участников 1й курс",
    "70",
    "В аудитории больше 15 человек. Если это верно, оставьте как есть.",
    "warning",
)
_BEGUN: list[dict[str, Any]] = [
    {
        "login": "spo240065",
        "name": _ORGANISATION["name"],
        "status": "submitted",
        "begun_at": "2021-08-27T10:37:00+00:00",
        "handed_in_at": "2021-08-27T10:56:00+00:00",
        "flags": ["исправление не принято"],
    },
    {
        "login": "spo240067",
        "name": 'Муниципальное казенное учреждение "Управление образования Кежемского района"',
        "status": "in_progress",
        "begun_at": "2021-08-27T10:37:00+00:00",
        "handed_in_at": None,
        "flags": [],
    },
    {
        "login": "spo240069",
        "name": (
            "Муниципальное автономное образовательное учреждение дополнительного образования"
            " «Центр дополнительного образования»"
        ),
        "status": "in_progress",
        "begun_at": "2021-08-26T13:53:00+00:00",
        "handed_in_at": None,
        "flags": [],
    },
    {
        "login": "spo240071",
        "name": "Управление образования администрации Минусинского района",
        "status": "in_progress",
        "begun_at": "2021-08-26T13:57:00+00:00",
        "handed_in_at": None,
        "flags": [],
    },
]
_NAMED = [
    {"login": "sch050016", "name": 'Муниципальное бюджетное общеобразовательное учреждение "Лицей №51"'},
    {
        "login": "spo240066",
        "name": 'Муниципальное бюджетное образовательное учреждение дополнительного образования "Центр "Радуга"',
    },
    {"login": "spo240068", "name": "Отдел образования администрации Краснотуранского района"},
    {"login": "spo240070", "name": 'Муниципальное казенное учреждение "Центр сопровождения учреждений"'},
    {
        "login": "spo240072",
        "name": ("Муниципальное бюджетное учреждение дополнительного образования Нижнеингашский центр «Радуга»"),
    },
    {
        "login": "spo240073",
        "name": 'Муниципальное казенное учреждение "Партизанский межшкольный методический центр"',
    },
    {
        "login": "spo240074",
        "name": "Муниципальное казенное учреждение «Управление образования администрации Саянского района»",
    },
    {"login": "spo240075", "name": "Управление образования Администрации Сухобузимского района Красноярского края"},
    {
        "login": "spo240076",
        "name": "Таймырское муниципальное казенное учреждение «Информационный методический центр»",
    },
]
_WAITING: list[dict[str, Any]] = [{**row, "flags": []} for row in _NAMED]
_AT = "2021-08-31T06:12:00+00:00"
_AFTER = "2021-09-07T15:04:00+00:00"


@dataclass(frozen=True)
class Sample:
    """A kind of letter with data for it."""

    kind: str
    data: Mapping[str, Any]


_FILES = {"files_total": 0, "files_left": 0}
_USUAL: Mapping[str, Mapping[str, Any]] = {
    "publication": {**_FILES, "accepted": False, "prefilled": False},
    "coordinator_publication": _FILES,
    "confirm": {"reason": "", "corrections": []},
    "doubted": {"corrections": []},
    "question": {"served": []},
    "summary": {"no_page": None},
}
"""What letters of a kind always hold and most samples have nothing to say of."""


def _of(who: Mapping[str, Any], kind: str, /, collection: Mapping[str, Any] | None = None, **data: Any) -> Sample:
    about = {"publication": _PUBLICATION, "collection": {**_COLLECTION, **(collection or {})}}
    return Sample(kind, {**_ALWAYS, **who, **about, **_USUAL.get(kind, {}), **data})


def _alone(who: Mapping[str, Any], kind: str, /, **data: Any) -> Sample:
    """A letter about no publication: it has neither code nor a reply address of its own."""
    return Sample(kind, {**_ALWAYS, **who, "code": "", "reply_to": "", **_USUAL.get(kind, {}), **data})


def _organisation(kind: str, /, **data: Any) -> Sample:
    return _of(_ORGANISATION, kind, **data)


def _coordinator(kind: str, /, **data: Any) -> Sample:
    return _of(_COORDINATOR, kind, **data)


def _unreadable(reason: str, file_name: str) -> Sample:
    message = text(f"workbook.unreadable.{reason}")
    return _organisation(
        "unreadable", received_at=_AT, file_name=file_name, reason=reason, message=message, form_attached=True
    )


def _no_workbook(cause: str, *files: tuple[str, str], form_attached: bool = True) -> Sample:
    attachments = [{"name": name, "type": type_} for name, type_ in files]
    return _organisation(
        "no_workbook", received_at=_AT, cause=cause, attachments=attachments, form_attached=form_attached
    )


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SOON = {"opens_at": "2021-09-01T06:00:00+00:00", "state": "soon"}
_CLOSED = {"state": "closed"}
_DIGEST = {
    "counts": _COUNTS,
    "region": "24",
    "participants": _BEGUN,
    "not_started": _WAITING,
    "day": "2021-08-31T18:12:00+00:00",
    "report_number": 446,
    "undelivered": [],
    "corrections": 0,
    "downloads": None,
}
_UNDELIVERED = [
    {
        "login": "spo240066",
        "name": _WAITING[1]["name"],
        "address": "spo240066@example.org",
        "since": "2021-08-28T06:00:00+00:00",
        "reason": "такого ящика нет",
    },
    {
        "login": "spo240068",
        "name": _WAITING[2]["name"],
        "address": "spo240068@example.org",
        "since": "2021-08-30T17:45:00+00:00",
        "reason": "ящик переполнен",
    },
]
_KEPT = {
    "received_at": _AT,
    "rows": _ROWS,
    "findings": _FINDINGS[:2],
    "errors": 2,
    "warnings": 0,
    "findings_left": 0,
}
_ACCEPTED = {
    "number": 17,
    "received_at": _AT,
    "late": False,
    "rows": _ROWS,
    "values": _VALUES,
    "values_left": 0,
    "warnings": [],
    "repaired": [],
    "first": True,
    "withheld": False,
}
_OF_SHEETS = [
    _finding(
        "РАБОТЫ НА БЛАНКЕ",
        "A5",
        "",
        "",
        "Объединённые ячейки A5:A7: отмените объединение и заполните каждую ячейку отдельно.",
    ),
    _finding(
        "Филиал",
        "A5",
        "",
        "",
        "Лист «Филиал» повторяет таблицу листа «РАБОТЫ НА БЛАНКЕ», на нём 3 строки с данными. Они не взяты: перенесите "
        "нужные строки на лист «РАБОТЫ НА БЛАНКЕ», а лист «Филиал» удалите.",
    ),
]
_REJECTED = {
    "received_at": _AT,
    "findings": _FINDINGS,
    "errors": 5,
    "warnings": 0,
    "findings_left": 0,
    "standing": False,
    "repaired": [],
    "file_name": "Форма spo240065 заполненная.xlsx",
    "withheld": False,
}
_STATUS_ITEMS = [
    {
        "title": TITLE,
        "status": "submitted",
        "begun_at": "2021-08-27T10:37:00+00:00",
        "handed_in_at": "2021-08-27T10:56:00+00:00",
        "state": "open",
        "closes_at": "2021-09-07T15:00:00+00:00",
    },
    {
        "title": "Сбор данных об участниках ВПР СПО, обучающихся на 1 курсе в 2021/2022 учебном году",
        "status": "not_started",
        "begun_at": None,
        "handed_in_at": None,
        "state": "open",
        "closes_at": "2021-09-07T15:00:00+00:00",
    },
]

_CODE, _CODE_TO = "K7QX-2MRT-4PLA", "exchange+c-k7qx2mrt4pla@kabinet.test"
_UNTIL = "2021-09-03T06:12:00+00:00"
_LOST: dict[str, Any] = {
    "receipts": [
        {
            "number": 57,
            "sender": "kansk@school.test",
            "received_at": _AT,
            "reason": text("reason.attempts_exhausted"),
            "answered": True,
        },
        {
            "number": 61,
            "sender": "",
            "received_at": _AT,
            "reason": text("reason.raised", what="OSError"),
            "answered": False,
        },
    ],
    "letters": [
        {
            "number": 102,
            "what": text("notice.letter.accepted"),
            "address": "kansk@school.test",
            "login": "spo240065",
            "reason": text("reason.left_in_doubt"),
            "doubtful": True,
        }
    ],
    "reports": [
        {
            "number": 446,
            "publication": "vpr-spo-2021",
            "asked_by": "spo_coord_24",
            "reason": text("reason.report_raised", what="OSError"),
        }
    ],
    "left": 3,
}
_HELD = {
    "sender": "director.kansk@example.org",
    "subject": "Re: Расписание",
    "received_at": _AT,
    "expires_at": _UNTIL,
    "confirm_code": _CODE,
    "confirm_to": _CODE_TO,
}
_ANSWERED = {
    "text": "Добрый день!\n\nНапишите «Не участвуем» в первой строке третьего листа, остальное оставьте пустым.",
    "asked_at": _AT,
    "asked": "Добрый день!\nУ нас нет компьютерного класса, что писать на третьем листе?",
    "subject": "Вопрос по форме",
}

_LONGER = {
    "closes_at": "2021-09-10T15:00:00+00:00",
    "extended_from": "2021-09-07T15:00:00+00:00",
    "state": "open",
}
_CLOSES = "2021-09-07T15:00:00+00:00"
_UNTIL_10 = _LONGER["closes_at"]
_EXTENDED_STILL = [{**row, "until": _UNTIL_10} for row in (_NAMED[0], _NAMED[4])]
_PASSED_OVER = {"handed_in": 4, "recently": 2, "enough": 1, "no_address": 1, "closed": 0}
_NOBODY_LEFT = dict.fromkeys(_PASSED_OVER, 0)
_ASKED = {"asked": "spo240067", "organisation": _BEGUN[1]["name"]}
_GRANTED: dict[str, Any] = {"why": "", "letters": 1, "at": None, "untold": False, "reopened": 0}
_DEADLINES: dict[str, Sample] = {
    "extended": _organisation(
        "extended",
        collection=_LONGER,
        change="extended",
        before=_CLOSES,
        again=False,
        coordinator=False,
        prefilled=False,
    ),
    "extended-again": _organisation(
        "extended", collection=_LONGER, change="extended", before=_CLOSES, again=True, coordinator=True, prefilled=True
    ),
    "extended-shortened": _organisation(
        "extended",
        collection={**_LONGER, "closes_at": "2021-09-09T15:00:00+00:00"},
        change="shortened",
        before=_UNTIL_10,
        again=False,
        coordinator=False,
        prefilled=False,
    ),
    "extended-closed": _organisation(
        "extended",
        collection=_CLOSED,
        change="closed",
        before=_UNTIL_10,
        again=False,
        coordinator=False,
        prefilled=False,
    ),
    "extension_result": _coordinator("extension_result", result="done", **_ASKED, **_GRANTED, until=_UNTIL_10),
    "extension_result-reopened": _coordinator(
        "extension_result",
        collection=_CLOSED,
        result="done",
        **_ASKED,
        until=_UNTIL_10,
        **_GRANTED | {"why": "болезнь ответственного", "letters": 0, "reopened": 2},
    ),
    "extension_result-tomorrow": _coordinator(
        "extension_result",
        result="done",
        **_ASKED,
        until=_UNTIL_10,
        **_GRANTED | {"at": "2021-08-31T05:00:00+00:00"},
    ),
    "extension_result-tonight": _coordinator(
        "extension_result",
        result="done",
        **_ASKED,
        until="2021-09-07T20:59:00+00:00",
        **_GRANTED | {"letters": 0, "at": "2021-09-08T05:00:00+00:00", "untold": True},
    ),
    "extension_result-passed_on": _coordinator(
        "extension_result",
        result="passed_on",
        **_ASKED,
        until="2021-09-20T15:00:00+00:00",
        furthest="2021-09-10T15:00:00+00:00",
    ),
    "extension_result-unclear": _coordinator(
        "extension_result", result="unclear", asked="spo240067", words="следующей недели"
    ),
    "extension_result-not_later": _coordinator(
        "extension_result", result="not_later", asked="spo240067", until="2021-09-05T15:00:00+00:00"
    ),
    "extension_result-unknown_login": _coordinator("extension_result", result="unknown_login", asked="spo250001"),
    "reminded": _coordinator(
        "reminded", result="done", asked="", written=5, letters=6, at=None, passed_over=_PASSED_OVER, most=5
    ),
    "reminded-tomorrow": _coordinator(
        "reminded",
        result="done",
        asked="spo240067",
        written=1,
        letters=1,
        at="2021-09-01T06:00:00+00:00",
        passed_over=_NOBODY_LEFT,
        most=5,
    ),
    "reminded-nobody": _coordinator(
        "reminded", result="done", asked="", written=0, letters=0, at=None, passed_over=_PASSED_OVER, most=5
    ),
    "reminded-unknown": _coordinator("reminded", result="unknown_login", asked="spo999999"),
    "reminded-no_collection": _coordinator("reminded", result="no_collection", asked="", named="3"),
    "repeated": _coordinator(
        "repeated",
        result="done",
        **_ASKED,
        titles=[TITLE],
        addresses=["office@example.org"],
        dead=["old@example.org"],
        at=None,
    ),
    "repeated-no_address": _coordinator("repeated", result="no_address", asked="spo240067"),
}

SAMPLES: dict[str, Sample] = {
    "publication": _organisation("publication", text=_TEXT, edition=1, storages=_STORAGES, files_total=3, files_left=0),
    "publication-soon": _organisation("publication", collection=_SOON, text=_TEXT, edition=2, storages=[]),
    "publication-notice": Sample(
        "publication",
        {
            **_ALWAYS,
            **_USUAL["publication"],
            **_ORGANISATION,
            "publication": {
                **_PUBLICATION,
                "title": (
                    "Инструкция по работе в Личном кабинете Федеральной информационной системы"
                    " оценки качества образования"
                ),
            },
            "collection": None,
            "text": "Уважаемые коллеги!\n\nНаправляем инструкцию:\n\n1. для координаторов;\n2. для организаций.\n",
            "edition": 1,
            "storages": [],
        },
    ),
    "coordinator_publication": _coordinator(
        "coordinator_publication",
        text=_TEXT,
        edition=1,
        storages=_LOCKED,
        counts=_COUNTS,
        files_total=18,
        files_left=15,
    ),
    "reminder": _organisation("reminder", days_left=3, number=1, prefilled=False),
    "reminder-tomorrow": _organisation("reminder", days_left=1, number=2, prefilled=False),
    **_DEADLINES,
    "digest": _coordinator("digest", **{**_DIGEST, "downloads": {"number": 447, "organisations": 13, "taken": 4}}),
    "digest-corrections": _coordinator("digest", **{**_DIGEST, "corrections": 3}),
    "digest-late": _coordinator(
        "digest", **{**_DIGEST, "day": "2021-08-31T23:00:00+00:00", "of_day": "2021-08-31T15:00:00+00:00"}
    ),
    "digest-undelivered": _coordinator("digest", **{**_DIGEST, "undelivered": _UNDELIVERED}),
    "closing": _coordinator("closing", collection=_CLOSED, **{**_DIGEST, "day": _AFTER}, extended=[], last=False),
    "closing-extended": _coordinator(
        "closing", collection=_CLOSED, **{**_DIGEST, "day": _AFTER}, extended=_EXTENDED_STILL, last=False
    ),
    "closing-last": _coordinator(
        "closing", collection=_CLOSED, **{**_DIGEST, "day": "2021-09-10T15:04:00+00:00"}, extended=[], last=True
    ),
    "export_ready": _coordinator("export_ready", report_number=446, rows=21),
    "export_forming": _coordinator("export_forming", report_number=446),
    "downloads": _coordinator(
        "downloads",
        report_number=447,
        organisations=13,
        taken=4,
        files=[
            {"number": 1, "title": "План-график ВПР СПО в 2021 году", "sent": 13, "taken": 0},
            {"number": 2, "title": "Ключи и критерии оценивания", "sent": 0, "taken": 4},
            {"number": 3, "title": "Методические рекомендации", "sent": 0, "taken": 1},
        ],
        files_left=2,
    ),
    "downloads-none": _coordinator("downloads", report_number=None, organisations=0, taken=0, files=[], files_left=0),
    "participants_list": _coordinator("participants_list", counts=_COUNTS, report_number=445),
    "accepted": _organisation("accepted", **_ACCEPTED),
    "accepted-warnings": _organisation(
        "accepted",
        **{
            **_ACCEPTED,
            "number": 18,
            "first": False,
            "warnings": [_WARNING],
            "values_left": 3,
            "repaired": [
                "Лист «РАБОТЫ НА БЛАНКЕ», ячейка B6: дата записана текстом «15.09.2021», принята как дата.",
                "Лист «РАБОТЫ НА БЛАНКЕ»: 2 строки были скрыты фильтром, они прочитаны тоже.",
            ],
        },
    ),
    "accepted-unproven": _organisation("accepted", **_ACCEPTED, undo_code=_CODE, undo_to=_CODE_TO),
    "accepted-late": _organisation(
        "accepted", collection=_CLOSED, **{**_ACCEPTED, "late": True, "received_at": _AFTER}
    ),
    "rejected": _organisation("rejected", **_REJECTED),
    "rejected-standing": _organisation(
        "rejected",
        **{**_REJECTED, "errors": 61, "warnings": 1, "findings_left": 57, "standing": True, "repaired": []},
    ),
    "rejected-unmarked": _organisation(
        "rejected", **{**_REJECTED, "errors": 2, "findings": _OF_SHEETS, "marked": False, "repaired": []}
    ),
    "unreadable": _unreadable("encrypted", "расписание.xlsx"),
    "unreadable-damaged": _unreadable("damaged", "Форма spo240065.xlsx"),
    "unreadable-old_xls": _unreadable("old_xls", "расписание.xls"),
    "unreadable-pdf": _unreadable("pdf", "Форма spo240065.xlsx"),
    "unreadable-wrong_version": _organisation(
        "unreadable",
        received_at=_AT,
        file_name="Форма spo240065.xlsx",
        reason="wrong_version",
        message=text("answer.wrong_version"),
        form_attached=True,
    ),
    "no_workbook": _no_workbook("scan", ("скан_расписания.pdf", "application/pdf"), ("IMG_2041.jpg", "image/jpeg")),
    "no_workbook-closed": _organisation(
        "no_workbook",
        collection=_CLOSED,
        received_at=_AT,
        cause="scan",
        attachments=[{"name": "IMG_2041.jpg", "type": "image/jpeg"}],
        form_attached=False,
    ),
    "no_workbook-pdf": _no_workbook("pdf", ("Расписание с печатью.pdf", "application/pdf")),
    "no_workbook-word": _no_workbook("word", ("Расписание.docx", _DOCX)),
    "no_workbook-archive": _no_workbook("archive", ("расписание.rar", "application/vnd.rar")),
    "no_workbook-other": _no_workbook("other", ("Расписание.docx", _DOCX), ("приказ.pdf", "application/pdf")),
    "no_workbook-link": _no_workbook("link"),
    "no_workbook-nothing": _no_workbook("nothing", form_attached=False),
    "no_workbook-encrypted": _no_workbook("encrypted", ("smime.p7m", "application/pkcs7-mime")),
    "no_workbook-winmail": _no_workbook("winmail", ("winmail.dat", "application/ms-tnef")),
    "draft_kept-unproven": _organisation("draft_kept", **_KEPT, undo_code=_CODE, undo_to=_CODE_TO),
    "draft_kept": _organisation("draft_kept", **_KEPT),
    "draft_kept-clean": _organisation("draft_kept", **{**_KEPT, "findings": [], "errors": 0}),
    "early": _organisation("early", collection=_SOON, **{**_KEPT, "findings": [], "errors": 0}),
    "incident": _organisation("incident", received_at=_AT, file_name="Форма spo240065.xlsx"),
    "incident-message": _alone(_ORGANISATION, "incident", received_at=_AT, file_name=""),
    "attention": _alone(_NOBODY, "attention", **_LOST, restored=None),
    "attention-restored": _alone(
        _NOBODY,
        "attention",
        receipts=[],
        letters=[],
        reports=[],
        left=0,
        restored={"stopped_at": _AT, "doubtful": 214},
    ),
    "held": _alone(_NOBODY, "held", received_at=_AT, reason="unknown_sender", asked=False),
    "held-foreign": _alone(_NOBODY, "held", received_at=_AT, reason="conflict_sender", asked=False, form=False),
    "held-several_logins": _alone(_NOBODY, "held", received_at=_AT, reason="several_logins", asked=False),
    "held-asked": _alone(_NOBODY, "held", received_at=_AT, reason="conflict_altered", asked=True),
    "confirm": _organisation("confirm", **_HELD, files=["Форма spo240065.xlsx"], command=""),
    "confirm-again": _organisation("confirm", **_HELD, files=["Форма spo240065.xlsx"], command="", again=True),
    "confirm-command": _organisation("confirm", **_HELD, files=[], command="ФОРМА"),
    "confirm-unproven": _organisation(
        "confirm", **_HELD | {"sender": "spo240065@school.test"}, files=[], command="АДРЕС a@b.test", reason="unproven"
    ),
    "confirm-corrections": _organisation(
        "confirm",
        **_HELD | {"sender": "spo240065@school.test"},
        files=[],
        command="ПАСПОРТ",
        reason="unproven",
        corrections=[
            {"field": "address", "value": "new@school.test"},
            {"field": "name", "value": "Канский педагогический колледж"},
        ],
    ),
    "doubted": _alone(
        _ORGANISATION,
        "doubted",
        **_HELD | {"sender": "spo240065@school.test"},
        files=[],
        command="АДРЕС new@mail.test",
    ),
    "doubted-several": _alone(
        _NOBODY,
        "doubted",
        sender="uo@district.test",
        subject="Re: Расписание",
        received_at=_AT,
        files=["Форма spo240065.xlsx"],
        command="",
    ),
    "which": _alone(
        _NOBODY,
        "which",
        received_at=_AT,
        subject="Расписание",
        expires_at=_UNTIL,
        choices=[
            {"login": login, "name": name, "confirm_code": shown, "confirm_to": _CODE_TO}
            for login, name, shown in (
                ("spo240065", _ORGANISATION["name"], _CODE),
                ("spo240071", _BEGUN[3]["name"], "QWER-TYUI-2345"),
            )
        ],
    ),
    "confirm_result": _organisation("confirm_result", result="refused"),
    "confirm_result-undone": _organisation("confirm_result", result="undone"),
    "confirm_result-disputed": _organisation("confirm_result", result="disputed"),
    "confirm_result-spent": _alone(_ORGANISATION, "confirm_result", result="spent"),
    "confirm_result-settled": _alone(_ORGANISATION, "confirm_result", result="settled"),
    "confirm_result-acknowledged": _organisation("confirm_result", result="acknowledged"),
    "confirm_result-wrong_code": _alone(_ORGANISATION, "confirm_result", result="wrong_code"),
    "confirm_result-which_one": _alone(_NOBODY, "confirm_result", result="which_one"),
    "form": _organisation("form", prefilled=True, withheld=False, given=False),
    "form-soon": _organisation("form", collection=_SOON, prefilled=False, withheld=False, given=False),
    "form-closed": _organisation("form", collection=_CLOSED, prefilled=True, withheld=False, given=False),
    "form-empty": _organisation("form", prefilled=False, withheld=False, given=False),
    "status": _alone(_ORGANISATION, "status", items=_STATUS_ITEMS),
    "status-handed_in": _alone(_ORGANISATION, "status", items=_STATUS_ITEMS[:1]),
    "help": _alone(_ORGANISATION, "help", coordinator=False, commands=sorted(commands_for(Role.ORGANISATION))),
    "help-understood": _alone(
        _ORGANISATION,
        "help",
        coordinator=False,
        commands=sorted(commands_for(Role.ORGANISATION)),
        understood={"asked": "помащь", "command": "ПОМОЩЬ"},
    ),
    "help-coordinator": _alone(_COORDINATOR, "help", coordinator=True, commands=sorted(commands_for(Role.COORDINATOR))),
    "question_passed": _organisation("question_passed", received_at=_AT, passed=True),
    "question_passed-nobody": _alone(_NOBODY, "question_passed", received_at=_AT, passed=True),
    "question_passed-undone": _organisation(
        "question_passed", received_at=_AT, passed=True, undone=["ПРОДЛИТЬ spo240066 как получится"]
    ),
    "question_passed-alone": _alone(_ORGANISATION, "question_passed", received_at=_AT, passed=True),
    "question": _organisation(
        "question",
        sender="school-kansk@example.org",
        subject="Re: вопрос по форме",
        text="Добрый день!\nУ нас нет компьютерного класса, что писать на третьем листе?\n\nС уважением, секретарь",
        trust="tag+sender",
        received_at=_AT,
        answer_to="exchange+q-1-17-k7q2mzx4pd3fk7q2@kabinet.test",
    ),
    "question-several": _alone(
        _NOBODY,
        "question",
        sender="uo@district.example.org",
        subject="срок",
        text="Когда срок?",
        trust="sender",
        received_at=_AT,
        answer_to="exchange+q-1-18-k7q2mzx4pd3fk7q2@kabinet.test",
        served=[
            {"login": "spo240065", "name": _ORGANISATION["name"]},
            {"login": "spo240071", "name": _BEGUN[3]["name"]},
        ],
    ),
    "question_answered": _organisation("question_answered", **_ANSWERED, files=["Памятка.pdf"]),
    "question_answered-stranger": _alone(_NOBODY, "question_answered", **_ANSWERED, files=[]),
}


def _of_example(example: Example) -> tuple[str, Sample]:
    """An example that a kind brings with it, and its name."""
    kind = example.data.kind
    data: dict[str, Any] = {**example.data.as_json()}
    if data.pop("seed", None):
        data |= {"confirm_code": _CODE, "confirm_to": _CODE_TO}
    if data.pop("undo_seed", None):
        data |= {"undo_code": _CODE, "undo_to": _CODE_TO}
    who = {"organisation": _ORGANISATION, "coordinator": _COORDINATOR, "nobody": _NOBODY}[example.reader]
    state = {"soon": _SOON, "open": None, "closed": _CLOSED}[example.collection]
    made = _of(who, kind, collection=state, **data) if example.about_publication else _alone(who, kind, **data)
    return (f"{kind}-{example.variant}" if example.variant else kind), made


SAMPLES |= map(_of_example, letter_examples())
SAMPLES |= publication_letters.samples(_organisation, _coordinator, _COUNTS)
SAMPLES |= roster_letters.samples(_alone, _ORGANISATION, _COORDINATOR)
SAMPLES |= alert_letters.samples(_alone, _NOBODY)
SAMPLES |= cabinet_letters.samples(_organisation, _coordinator, _alone, _ORGANISATION, _COORDINATOR)
SAMPLES |= several_letters.samples(
    _organisation,
    _coordinator,
    _alone,
    _ORGANISATION,
    _COORDINATOR,
    {"text": _TEXT, "edition": 1, "storages": _STORAGES, "files_total": 3, "files_left": 0},
)


def renderer() -> Renderer:
    """The renderer over the project's own templates."""
    return Renderer(TEMPLATES)


def longest_of_each_kind() -> dict[str, Sample]:
    """The variant of each kind that has most to say, for checks too slow for all of them."""
    made = renderer()
    chosen: dict[str, tuple[int, str]] = {}
    for name, sample in SAMPLES.items():
        length = len(made.render(sample.kind, sample.data).text)
        chosen[sample.kind] = max(chosen.get(sample.kind, (0, "")), (length, name))
    return {name: SAMPLES[name] for _, name in chosen.values()}


def letter(kind: str = "publication", /, **fields: Any) -> Letter:
    """A letter row of ``kind`` with the sample's data, to the organisation of Fig. 20's first line."""
    values: dict[str, Any] = {
        "key": f"{kind}:1",
        "kind": kind,
        "address": "spo240065@example.org",
        "message_id": "<a1.spo240065.2.1.k7q2mzx4pd3f.0011223344556677@kabinet.test>",
        "created_at": NOW,
        "due_at": NOW,
        "data": SAMPLES[kind].data,
        "publication": "vpr-spo-2021-schedule",
        "login": "spo240065",
        "tag": "a1.spo240065.2.1.k7q2mzx4pd3f",
    }
    return Letter(**{**values, **fields})
