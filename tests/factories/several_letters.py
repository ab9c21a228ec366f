"""Sample data for letters that tell of several collections at once, of caps, and of letters that are repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

_SCHEDULE = "Расписание проведения ВПР СПО в образовательных организациях"
_PEOPLE = "Сбор данных об участниках ВПР СПО, обучающихся на 1 курсе в 2021/2022 учебном году"
_ROOMS = "Готовность аудиторий"
_OPEN = {
    "title": "Сбор данных",
    "opens_at": "2021-08-30T17:41:00+00:00",
    "closes_at": "2021-09-07T15:00:00+00:00",
    "extended_from": None,
    "state": "open",
}
_UNTIL, _MORNING = "2021-08-31T17:42:00+00:00", "2021-08-31T05:00:00+00:00"
_COUNTS = {"total": 13, "not_started": 9, "in_progress": 3, "submitted": 1}
_DONE = {"total": 13, "not_started": 0, "in_progress": 1, "submitted": 12}
_WAIT = [
    {"login": "spo240066", "name": 'Учреждение дополнительного образования "Центр "Радуга"', "flags": []},
    {"login": "spo240068", "name": "Отдел образования администрации Краснотуранского района", "flags": []},
]
_OVER = {"handed_in": 4, "recently": 2, "enough": 0, "no_address": 1, "closed": 0}
_ASKED = {"asked": "spo240067", "organisation": "Управление образования Кежемского района"}


def _notice(sample: Any) -> Any:
    """The same letter about a publication without a collection."""
    return replace(sample, data={**sample.data, "collection": None})


def _of(number: int, title: str, **data: Any) -> dict[str, Any]:
    return {"title": title, "number": number, **data}


def _report(number: int, title: str, report_number: int, **data: Any) -> dict[str, Any]:
    return _of(number, title, report_number=report_number, **data)


def samples(
    organisation: Callable[..., Any],
    coordinator: Callable[..., Any],
    alone: Callable[..., Any],
    school: Mapping[str, Any],
    watcher: Mapping[str, Any],
    letter: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the samples by name; ``letter`` is what a publication's letter says."""
    limit = {
        "allowance": "answers",
        "cap": "cap_address",
        "capped": "",
        "coordinator": False,
        "until": _UNTIL,
        "not_done": [],
    }
    form = {"prefilled": False, "withheld": False, "given": False, "collection": _OPEN}
    reminded = {"asked": "", "result": "done", "at": None, "most": 5, "written": 7}
    return {
        "limit": alone(watcher, "limit", **{**limit, "coordinator": True, "not_done": ["ЭКСПОРТ", "НЕ ПРИСТУПИЛИ"]}),
        "limit-login": alone(school, "limit", **{**limit, "cap": "cap_login", "capped": "spo240065"}),
        "limit-receipts": alone(school, "limit", **{**limit, "allowance": "receipts"}),
        "form-several": alone(
            school,
            "form",
            several=[
                _of(2, _SCHEDULE, **{**form, "prefilled": True}, file="Форма spo240065, публикация 2.xlsx"),
                _of(3, _PEOPLE, **{**form, "given": True}, file="Форма spo240065, публикация 3.xlsx"),
                _of(5, _ROOMS, **form, file="Форма spo240065, публикация 5.xlsx"),
            ],
        ),
        "participants_list-several": alone(
            watcher,
            "participants_list",
            several=[_report(2, _SCHEDULE, 445, counts=_COUNTS), _report(3, _PEOPLE, 446, counts=_DONE)],
        ),
        "export_forming-several": alone(
            watcher,
            "export_forming",
            several=[_report(2, _SCHEDULE, 446), _report(3, _PEOPLE, 447), _report(5, _ROOMS, 448)],
        ),
        "export_ready-several": alone(
            watcher,
            "export_ready",
            several=[_report(2, _SCHEDULE, 446, rows=21), _report(3, _PEOPLE, 447, rows=0)],
        ),
        "not_started-several": alone(
            watcher,
            "not_started",
            several=[
                _of(2, _SCHEDULE, counts=_COUNTS, rows=_WAIT, left=7, attached=True),
                _of(3, _PEOPLE, counts=_DONE, rows=[], left=0, attached=False),
            ],
        ),
        "not_started-several_begun": alone(
            watcher,
            "not_started",
            several=[
                _of(number, title, counts=_DONE, rows=[], left=0, attached=False)
                for number, title in ((2, _SCHEDULE), (3, _PEOPLE))
            ],
        ),
        "reminded-several": alone(
            watcher,
            "reminded",
            **reminded,
            several=[
                _of(2, _SCHEDULE, written=7, passed_over=_OVER),
                _of(3, _PEOPLE, written=0, passed_over=dict.fromkeys(_OVER, 0) | {"handed_in": 13}),
            ],
        ),
        "publication-repeated": organisation("publication", **letter, again="repeated"),
        "publication-repeated_notice": _notice(organisation("publication", **letter, again="repeated")),
        "publication-asked_for": _notice(organisation("publication", **letter, again="asked")),
        "coordinator_publication-asked_for": _notice(
            coordinator("coordinator_publication", **letter, counts=_COUNTS, again="asked")
        ),
        "repeated-night": coordinator(
            "repeated",
            result="done",
            **_ASKED,
            titles=[_SCHEDULE],
            addresses=["office@example.org"],
            dead=[],
            at=_MORNING,
        ),
        "repeated-already": coordinator(
            "repeated", result="already", **_ASKED, last="2021-08-30T17:12:00+00:00", next=_UNTIL, at=None, most=3
        ),
        "repeated-waits": coordinator(
            "repeated", result="already", **_ASKED, last=_MORNING, next="2021-08-31T06:00:00+00:00", at=_MORNING, most=3
        ),
        "repeated-enough": coordinator("repeated", result="enough", **_ASKED, last=None, next=_UNTIL, at=None, most=3),
        "repeated-closed": coordinator("repeated", collection={"state": "closed"}, result="closed", **_ASKED),
        "repeated-unknown_publication": coordinator(
            "repeated", result="unknown_publication", **_ASKED, named="география"
        ),
        "extension_result-already": coordinator(
            "extension_result", result="already", **_ASKED, until="2021-09-10T15:00:00+00:00"
        ),
        "question_passed-later": alone(school, "question_passed", received_at=_UNTIL, passed=False),
    }
