"""Sample data for the letters that answer commands of the cabinet: files, lists, search, data, reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_PUBLISHED = "2021-08-30T17:41:00+00:00"
_LATER = "2021-09-14T05:00:00+00:00"
_TITLE = "Расписание проведения ВПР СПО в образовательных организациях"


def file(number: int, title: str, name: str, size: int, **parts: Any) -> dict[str, Any]:
    """A file as ``cabinet.storage.file_data`` gives it; available and never issued unless said otherwise."""
    values = {
        "number": number,
        "title": title,
        "name": name,
        "size": size,
        "available_from": _PUBLISHED,
        "available": True,
        "attached": False,
        "locked": False,
        "taken_at": None,
        "sent_at": None,
        "waiting": False,
    }
    return values | parts


_PLAN = file(1, "План-график ВПР СПО в 2021 году", "План-график ВПР СПО 2021.pdf", 87_040, sent_at=_PUBLISHED)
_ADVICE = file(
    2, "Методические рекомендации", "Методические рекомендации.pdf", 1_258_291, taken_at="2021-08-31T06:12:00+00:00"
)
_KEYS = file(
    3, "Ключи и критерии оценивания", "Ключи и критерии.zip", 2_516_582, available_from=_LATER, available=False
)
_SAMPLES_OF_WORKS = file(4, "Образцы работ", "Образцы работ.docx", 412_000)
_WAITING = file(5, "Памятка организатору", "Памятка.pdf", 51_200, waiting=True)
_STORAGES = [
    {"title": "План-график ВПР СПО в 2021 году", "files": [_PLAN]},
    {"title": "Материалы", "files": [_ADVICE, _KEYS, _SAMPLES_OF_WORKS, _WAITING]},
]
_LISTED = {"storages": _STORAGES, "shown": 5, "total": 5, "page": 1, "pages": 1, "all": 5, "query": "", "unknown": ""}
_NONE_LEFT: dict[str, Any] = {"refused": [], "refused_left": 0, "unknown": ""}
_EARLY = {**_KEYS, "reason": "early"}
_LOCKED = {**_KEYS, "locked": True, "available": True, "available_from": _PUBLISHED, "reason": "locked"}
_HUGE = {**file(6, "Видеоинструкция", "Видеоинструкция.mp4", 48_234_496), "reason": "too_large"}


def _line(number: int, title: str, **parts: Any) -> dict[str, Any]:
    values = {
        "number": number,
        "section": "ВПР СПО",
        "title": title,
        "published_at": _PUBLISHED,
        "files": 0,
        "new": True,
        "state": None,
        "closes_at": None,
        "status": None,
    }
    return values | parts


_OPEN = {"state": "open", "closes_at": "2021-09-07T15:00:00+00:00"}
_ITEMS = [
    _line(3, "Сбор данных об участниках ВПР СПО, обучающихся на 1 курсе", **_OPEN, status="not_started"),
    _line(2, _TITLE, **_OPEN, status="submitted", files=5, new=False),
    _line(1, "Инструкция по работе в Личном кабинете Федеральной информационной системы оценки качества образования"),
    _line(4, "Как обратиться в службу технической поддержки", section="Техническая поддержка", new=False),
]
_SECTIONS = [{"title": "ВПР СПО", "new": 2, "all": 3}, {"title": "Техническая поддержка", "new": 0, "all": 1}]
_TABLES = [
    {
        "sheet": "РАБОТЫ НА БЛАНКЕ",
        "header": ["Предмет", "Дата 1й курс", "Дата «Завершившие»", "Количество аудиторий", "Количество участников"],
        "rows": [
            ["Обществознание", "15.09.2021", "16.09.2021", "1", "2"],
            ["Химия", "17.09.2021", "18.09.2021", "3", "4"],
            ["Математика", "19.09.2021", "20.09.2021", "5", "6"],
            ["Русский язык", "21.09.2021", "22.09.2021", "7", "8"],
        ],
    }
]
_DATA = {
    "title": _TITLE,
    "number": 2,
    "status": "submitted",
    "begun_at": "2021-08-27T10:37:00+00:00",
    "handed_in_at": "2021-08-27T10:56:00+00:00",
    "return": 17,
    "rows": [{"sheet": "РАБОТЫ НА БЛАНКЕ", "count": 4}, {"sheet": "РАБОТЫ НА КОМПЬЮТЕРЕ", "count": 0}],
    "tables": _TABLES,
    "left": 0,
    "withheld": False,
}
_BEGUN = {**_DATA, "title": "Сбор данных об участниках", "status": "in_progress", "handed_in_at": None, "return": None}
_BEGUN |= {"rows": [], "tables": []}
_WITHHELD = {**_DATA, "title": "Сведения об учащихся", "tables": [], "withheld": True}


def _report(number: int, what: str, state: str, **parts: Any) -> dict[str, Any]:
    values = {"number": number, "what": what, "about": _TITLE, "at": "2021-08-27T18:12:00+00:00", "state": state}
    return values | {"ready": state == "готов к загрузке", "new": False} | parts


def _not_obeyed(command: str, named: str, **parts: Any) -> dict[str, Any]:
    values = {"command": command, "asked": f"{command} {named}", "why": "unknown", "named": named, "title": ""}
    return values | {"coordinator": False} | parts


_REPORTS = [
    _report(447, "Экспорт результатов", "формируется", at="2021-08-28T06:00:00+00:00"),
    _report(446, "Экспорт результатов", "готов к загрузке", new=True),
    _report(445, "Список участников", "готов к загрузке"),
]
_LETTERS = [
    {**_report(0, "Принято", "отправлено", new=True), "number": None},
    {**_report(0, "Публикация", "отправлено"), "number": None},
]
_WAIT = [
    {"login": "sch050016", "name": 'Муниципальное бюджетное общеобразовательное учреждение "Лицей №51"', "flags": []},
    {"login": "spo240068", "name": "Отдел образования администрации Краснотуранского района", "flags": []},
]
_COUNTS = {"total": 13, "not_started": 9, "in_progress": 3, "submitted": 1}

PLAIN = "exchange@kabinet.test"
"""Where letters about no publication are answered to: without a tag."""

Make = Callable[..., Any]


def samples(
    organisation: Make, coordinator: Make, alone: Make, school: Mapping[str, Any], region: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the samples by name; the makers are those of ``tests.factories.letters``."""
    about = {"login": school["login"], "name": school["name"]}
    nobody: dict[str, Any] = {"asked": "", "reason": "", "about": about, "own": False, "items_left": 0}
    packed = {"part": 1, "parts": 3, "archive": "Скачать всё, часть 1 из 3.zip", "size": 10_400_000, "whole": True}
    packed |= {"files": [_PLAN, _ADVICE], "rest": "", "rest_count": 0}
    return {
        "file_list": organisation("file_list", **_LISTED),
        "file_list-coordinator": coordinator(
            "file_list",
            **{**_LISTED, "storages": [{"title": "Материалы", "files": [_ADVICE, {**_KEYS, "locked": True}]}]},
        ),
        "file_list-found": organisation(
            "file_list",
            **{**_LISTED, "storages": [_STORAGES[0]], "shown": 1, "total": 41, "pages": 2, "query": "план", "all": 120},
        ),
        "file_list-missed": organisation("file_list", **{**_LISTED, "query": "география", "missed": True}),
        "file_list-unknown": organisation("file_list", **{**_LISTED, "unknown": "9, 12-14"}),
        "file_list-none": alone(
            school, "file_list", reply_to=PLAIN, **{**_LISTED, "storages": [], "shown": 0, "total": 0, "all": 0}
        ),
        "file_issued": organisation("file_issued", files=[_ADVICE], **_NONE_LEFT),
        "file_issued-partly": organisation(
            "file_issued", files=[_PLAN, _ADVICE], refused=[_EARLY, _HUGE], refused_left=0, unknown="9"
        ),
        "files_zip": organisation("files_zip", **{**packed, "parts": 1, "archive": "Скачать всё.zip"}, **_NONE_LEFT),
        "files_zip-part": organisation("files_zip", **packed, refused=[_EARLY], refused_left=0, unknown=""),
        "files_zip-rest": organisation(
            "files_zip", **{**packed, "part": 3, "rest": "81-120", "rest_count": 40}, **_NONE_LEFT
        ),
        "file_refused": organisation("file_refused", refused=[_EARLY], refused_left=0, unknown=""),
        "file_refused-locked": coordinator("file_refused", refused=[_LOCKED], refused_left=0, unknown=""),
        "file_refused-several": organisation("file_refused", refused=[_EARLY, _HUGE], refused_left=1, unknown="9"),
        "summary": alone(
            school, "summary", reply_to=PLAIN, sections=_SECTIONS, items=_ITEMS, page=1, pages=2, new=2, total=24
        ),
        "summary-empty": alone(
            school, "summary", reply_to=PLAIN, sections=[], items=[], page=1, pages=1, new=0, total=0
        ),
        "found": alone(
            school,
            "found",
            reply_to=PLAIN,
            query="расписание",
            items=[_ITEMS[1]],
            total=1,
            near=[],
            files_left=0,
            files=[{**_PLAN, "publication": 2}, {**_KEYS, "publication": 2}],
        ),
        "found-near": alone(
            school,
            "found",
            reply_to=PLAIN,
            query="расписание экзаменов",
            items=[],
            total=0,
            near=[_ITEMS[1]],
            files=[],
            files_left=0,
        ),
        "found-nothing": alone(
            school, "found", reply_to=PLAIN, query="география", items=[], total=0, near=[], files=[], files_left=0
        ),
        "summary-no_page": alone(
            school,
            "summary",
            reply_to=PLAIN,
            sections=_SECTIONS,
            items=_ITEMS,
            page=2,
            pages=2,
            no_page=9,
            new=2,
            total=24,
        ),
        "not_obeyed": alone(school, "not_obeyed", reply_to=PLAIN, **_not_obeyed("ФОРМА", "spo240066")),
        "not_obeyed-file": alone(
            school, "not_obeyed", reply_to=PLAIN, **_not_obeyed("ФАЙЛ", "9", asked="ФАЙЛ 2 из публикации 9")
        ),
        "not_obeyed-coordinator": alone(
            region, "not_obeyed", reply_to=PLAIN, **_not_obeyed("УЧАСТНИКИ", "spo240065", coordinator=True)
        ),
        "not_obeyed-no_collection": alone(
            school, "not_obeyed", reply_to=PLAIN, **_not_obeyed("ФОРМА", "1", why="no_collection", title=_TITLE)
        ),
        "not_obeyed-several": alone(
            region,
            "not_obeyed",
            reply_to=PLAIN,
            **_not_obeyed("ЭКСПОРТ", "3, 2", why="several", asked="ЭКСПОРТ 2 из публикации 3", coordinator=True),
        ),
        "which_publication": alone(school, "which_publication", reply_to=PLAIN, asked="ФАЙЛ 2", items=_ITEMS[:2]),
        "notifications": alone(
            region, "notifications", reply_to=PLAIN, items=_REPORTS, total=21, new=1, since=_PUBLISHED
        ),
        "notifications-letters": alone(
            school, "notifications", reply_to=PLAIN, items=_LETTERS, total=2, new=1, since=None
        ),
        "notifications-none": alone(school, "notifications", reply_to=PLAIN, items=[], total=0, new=0, since=None),
        "data": organisation("data", **{**nobody, "own": True}, items=[_DATA]),
        "data-several": alone(school, "data", **{**nobody, "own": True}, items=[_DATA, _BEGUN, _WITHHELD]),
        "data-coordinator": coordinator("data", **{**nobody, "asked": "spo240065"}, items=[_DATA]),
        "data-not_in_region": alone(
            region, "data", **{**nobody, "asked": "spo770001", "reason": "not_in_region", "about": None}, items=[]
        ),
        "data-no_login": alone(region, "data", **{**nobody, "reason": "no_login", "about": None}, items=[]),
        "not_started": coordinator("not_started", rows=_WAIT, counts=_COUNTS, left=0, attached=False),
        "not_started-many": coordinator(
            "not_started", rows=_WAIT, counts={**_COUNTS, "not_started": 450, "total": 500}, left=448, attached=True
        ),
        "not_started-all_begun": coordinator(
            "not_started", rows=[], counts={**_COUNTS, "not_started": 0, "total": 4}, left=0, attached=False
        ),
        "not_started-nothing_open": alone(region, "not_started", rows=[], counts=None, left=0, attached=False),
        "report_again": coordinator(
            "report_again", report_number=446, state="ready", what="Экспорт результатов", made_at=_PUBLISHED
        ),
        "report_again-forming": coordinator(
            "report_again", report_number=447, state="forming", what="Экспорт результатов", made_at=None
        ),
        "report_again-unknown": alone(region, "report_again", report_number=9, state="unknown", what="", made_at=None),
    }
